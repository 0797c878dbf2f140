-- The six tables as the original tracker's importer made them in January 2026. A database that already has them is
-- taken over as it is: this file only adds what is missing.

CREATE TABLE IF NOT EXISTS combat_engagement (
    id SERIAL PRIMARY KEY,
    session_date DATE NOT NULL,
    round_number INTEGER NOT NULL,
    map_name VARCHAR(64) NOT NULL,
    engagement_id INTEGER NOT NULL,
    start_time_ms INTEGER NOT NULL,
    end_time_ms INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    target_guid VARCHAR(32) NOT NULL,
    target_name VARCHAR(64) NOT NULL,
    target_team VARCHAR(10) NOT NULL,
    outcome VARCHAR(20) NOT NULL,
    total_damage_taken INTEGER NOT NULL,
    killer_guid VARCHAR(32),
    killer_name VARCHAR(64),
    position_path JSONB NOT NULL DEFAULT '[]',
    start_x REAL NOT NULL,
    start_y REAL NOT NULL,
    start_z REAL NOT NULL,
    end_x REAL NOT NULL,
    end_y REAL NOT NULL,
    end_z REAL NOT NULL,
    distance_traveled REAL NOT NULL,
    attackers JSONB NOT NULL DEFAULT '[]',
    num_attackers INTEGER NOT NULL,
    is_crossfire BOOLEAN NOT NULL DEFAULT FALSE,
    crossfire_delay_ms INTEGER,
    crossfire_participants JSONB,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (session_date, round_number, engagement_id)
);
CREATE INDEX IF NOT EXISTS idx_engagement_session ON combat_engagement (session_date, round_number);
CREATE INDEX IF NOT EXISTS idx_engagement_map ON combat_engagement (map_name);
CREATE INDEX IF NOT EXISTS idx_engagement_target ON combat_engagement (target_guid);
CREATE INDEX IF NOT EXISTS idx_engagement_outcome ON combat_engagement (outcome);
CREATE INDEX IF NOT EXISTS idx_engagement_crossfire ON combat_engagement (is_crossfire) WHERE is_crossfire;

CREATE TABLE IF NOT EXISTS player_teamplay_stats (
    id SERIAL PRIMARY KEY,
    player_guid VARCHAR(32) NOT NULL UNIQUE,
    player_name VARCHAR(64) NOT NULL,
    crossfire_participations INTEGER DEFAULT 0,
    crossfire_kills INTEGER DEFAULT 0,
    crossfire_damage INTEGER DEFAULT 0,
    crossfire_final_blows INTEGER DEFAULT 0,
    avg_crossfire_delay_ms REAL,
    solo_kills INTEGER DEFAULT 0,
    solo_engagements INTEGER DEFAULT 0,
    times_targeted INTEGER DEFAULT 0,
    times_focused INTEGER DEFAULT 0,
    focus_escapes INTEGER DEFAULT 0,
    focus_deaths INTEGER DEFAULT 0,
    solo_escapes INTEGER DEFAULT 0,
    solo_deaths INTEGER DEFAULT 0,
    avg_escape_distance REAL,
    avg_engagement_duration_ms REAL,
    total_damage_taken INTEGER DEFAULT 0,
    total_damage_dealt_crossfire INTEGER DEFAULT 0,
    first_seen TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    last_updated TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS idx_teamplay_guid ON player_teamplay_stats (player_guid);
CREATE INDEX IF NOT EXISTS idx_teamplay_crossfire ON player_teamplay_stats (crossfire_kills DESC);

CREATE TABLE IF NOT EXISTS crossfire_pairs (
    id SERIAL PRIMARY KEY,
    player1_guid VARCHAR(32) NOT NULL,
    player1_name VARCHAR(64),
    player2_guid VARCHAR(32) NOT NULL,
    player2_name VARCHAR(64),
    crossfire_count INTEGER DEFAULT 0,
    crossfire_kills INTEGER DEFAULT 0,
    total_combined_damage INTEGER DEFAULT 0,
    avg_delay_ms REAL,
    games_together INTEGER DEFAULT 0,
    first_played TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    last_played TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (player1_guid, player2_guid)
);
CREATE INDEX IF NOT EXISTS idx_pairs_player1 ON crossfire_pairs (player1_guid);
CREATE INDEX IF NOT EXISTS idx_pairs_player2 ON crossfire_pairs (player2_guid);

CREATE TABLE IF NOT EXISTS map_kill_heatmap (
    id SERIAL PRIMARY KEY,
    map_name VARCHAR(64) NOT NULL,
    grid_x INTEGER NOT NULL,
    grid_y INTEGER NOT NULL,
    grid_size INTEGER DEFAULT 512,
    total_kills INTEGER DEFAULT 0,
    axis_kills INTEGER DEFAULT 0,
    allies_kills INTEGER DEFAULT 0,
    total_deaths INTEGER DEFAULT 0,
    axis_deaths INTEGER DEFAULT 0,
    allies_deaths INTEGER DEFAULT 0,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (map_name, grid_x, grid_y)
);
CREATE INDEX IF NOT EXISTS idx_kill_heatmap_map ON map_kill_heatmap (map_name);

CREATE TABLE IF NOT EXISTS map_movement_heatmap (
    id SERIAL PRIMARY KEY,
    map_name VARCHAR(64) NOT NULL,
    grid_x INTEGER NOT NULL,
    grid_y INTEGER NOT NULL,
    grid_size INTEGER DEFAULT 512,
    traversal_count INTEGER DEFAULT 0,
    combat_count INTEGER DEFAULT 0,
    escape_count INTEGER DEFAULT 0,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (map_name, grid_x, grid_y)
);
CREATE INDEX IF NOT EXISTS idx_movement_heatmap_map ON map_movement_heatmap (map_name);

CREATE TABLE IF NOT EXISTS player_track (
    id SERIAL PRIMARY KEY,
    session_date DATE NOT NULL,
    round_number INTEGER NOT NULL,
    map_name VARCHAR(64) NOT NULL,
    player_guid VARCHAR(32) NOT NULL,
    player_name VARCHAR(64) NOT NULL,
    team VARCHAR(10) NOT NULL,
    player_class VARCHAR(16) NOT NULL,
    spawn_time_ms INTEGER NOT NULL,
    death_time_ms INTEGER,
    duration_ms INTEGER,
    first_move_time_ms INTEGER,
    time_to_first_move_ms INTEGER,
    sample_count INTEGER NOT NULL,
    path JSONB NOT NULL DEFAULT '[]',
    total_distance REAL,
    avg_speed REAL,
    sprint_percentage REAL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (session_date, round_number, player_guid, spawn_time_ms)
);
CREATE INDEX IF NOT EXISTS idx_track_session ON player_track (session_date, round_number);
CREATE INDEX IF NOT EXISTS idx_track_player ON player_track (player_guid);
CREATE INDEX IF NOT EXISTS idx_track_map ON player_track (map_name);
CREATE INDEX IF NOT EXISTS idx_track_class ON player_track (player_class);

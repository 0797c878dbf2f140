-- The same tables as in PostgreSQL, kept small: a player's guid and name stand once in `player`, a path is packed, and what
-- belongs to a round stands once in `tracker_file`. The views carry the names and columns of the original tracker's
-- tables and take inserts; names that are not in it mean the same in both databases.

-- One row per tracker file that was ever imported. `replaced_by` names the better copy that stands for the round now.
CREATE TABLE tracker_file (
    id INTEGER PRIMARY KEY,
    content_hash TEXT NOT NULL UNIQUE,
    replaced_by TEXT,
    file_name TEXT,
    map_name TEXT NOT NULL,
    written_at TEXT NOT NULL,
    session_date TEXT NOT NULL,
    round_number INTEGER NOT NULL,
    round_raw INTEGER,
    round_start_unix INTEGER NOT NULL DEFAULT 0,
    round_end_unix INTEGER NOT NULL DEFAULT 0,
    tracker TEXT NOT NULL,
    tracker_version TEXT,
    state_source TEXT NOT NULL,
    sample_interval_ms INTEGER,
    complete INTEGER NOT NULL,
    lives INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    fights INTEGER NOT NULL,
    header TEXT NOT NULL,
    imported_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_tracker_file_round ON tracker_file (map_name, round_start_unix);
CREATE INDEX idx_tracker_file_session ON tracker_file (session_date);

-- Every player who was ever seen, once per name; the only place with guids and names of base rows.
CREATE TABLE player (
    id INTEGER PRIMARY KEY,
    guid TEXT NOT NULL,
    name TEXT NOT NULL
);
CREATE INDEX idx_player ON player (guid, name);

CREATE TABLE present (
    file_id INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    is_bot INTEGER NOT NULL,
    PRIMARY KEY (file_id, player_id)
) WITHOUT ROWID;
CREATE INDEX idx_present_player ON present (player_id);

CREATE TABLE track (
    file_id INTEGER NOT NULL,
    life INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    team TEXT NOT NULL,
    player_class TEXT NOT NULL,
    spawn_time_ms INTEGER NOT NULL,
    death_time_ms INTEGER,
    duration_ms INTEGER,
    first_move_time_ms INTEGER,
    time_to_first_move_ms INTEGER,
    sample_count INTEGER NOT NULL,
    declared_samples INTEGER NOT NULL,
    death_type TEXT,
    is_bot INTEGER NOT NULL,
    total_distance REAL,
    avg_speed REAL,
    sprint_percentage REAL,
    peak_speed REAL,
    alive_ms INTEGER,
    stance_standing_ms INTEGER,
    stance_crouching_ms INTEGER,
    stance_prone_ms INTEGER,
    stance_low_ms INTEGER,
    sprint_ms INTEGER,
    PRIMARY KEY (file_id, life)
) WITHOUT ROWID;
CREATE INDEX idx_track_player ON track (player_id);

-- The paths, apart from the figures so that those are read without them. `life` numbers are below 1048576.
CREATE TABLE track_path (
    id INTEGER PRIMARY KEY,     -- file_id * 1048576 + life
    packed BLOB NOT NULL
);

CREATE TABLE fight (
    file_id INTEGER NOT NULL,
    fight INTEGER NOT NULL,
    engagement_id INTEGER NOT NULL,
    start_time_ms INTEGER NOT NULL,
    end_time_ms INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    target_id INTEGER NOT NULL,
    target_team TEXT NOT NULL,
    outcome TEXT NOT NULL,
    total_damage_taken INTEGER NOT NULL,
    killer_guid_id INTEGER,
    killer_name_id INTEGER,
    distance_traveled REAL,
    num_attackers INTEGER NOT NULL,
    is_crossfire INTEGER NOT NULL,
    crossfire_delay_ms INTEGER,
    packed BLOB NOT NULL,
    PRIMARY KEY (file_id, fight)
) WITHOUT ROWID;
CREATE INDEX idx_fight_target ON fight (target_id);

CREATE TABLE fight_attacker (
    file_id INTEGER NOT NULL,
    fight INTEGER NOT NULL,
    place INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    team TEXT NOT NULL,
    damage INTEGER NOT NULL,
    hits INTEGER NOT NULL,
    got_kill INTEGER NOT NULL,
    PRIMARY KEY (file_id, fight, place)
) WITHOUT ROWID;
CREATE INDEX idx_attacker_player ON fight_attacker (player_id);

-- Who fired together: `listed` as the file lists them, `counts` each player once (and all attackers where the file
-- lists none), stand-ins left out.
CREATE TABLE fight_participant (
    file_id INTEGER NOT NULL,
    fight INTEGER NOT NULL,
    place INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    listed INTEGER NOT NULL,
    counts INTEGER NOT NULL,
    PRIMARY KEY (file_id, fight, place)
) WITHOUT ROWID;
CREATE INDEX idx_participant_player ON fight_participant (player_id);

CREATE TABLE revived (
    file_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    medic_id INTEGER NOT NULL,
    x REAL,
    y REAL,
    z REAL,
    PRIMARY KEY (file_id, place)
) WITHOUT ROWID;

-- Each file's own heatmaps: the base rows of map_kill_heatmap and map_movement_heatmap.
CREATE TABLE kill_cell (
    file_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    map_name TEXT NOT NULL,
    grid_x INTEGER NOT NULL,
    grid_y INTEGER NOT NULL,
    axis_kills INTEGER NOT NULL,
    allies_kills INTEGER NOT NULL,
    PRIMARY KEY (file_id, place)
) WITHOUT ROWID;
CREATE INDEX idx_kill_cell_map ON kill_cell (map_name);

CREATE TABLE movement_cell (
    file_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    map_name TEXT NOT NULL,
    grid_x INTEGER NOT NULL,
    grid_y INTEGER NOT NULL,
    traversal_count INTEGER NOT NULL,
    combat_count INTEGER NOT NULL,
    escape_count INTEGER NOT NULL,
    PRIMARY KEY (file_id, place)
) WITHOUT ROWID;
CREATE INDEX idx_movement_cell_map ON movement_cell (map_name);

-- Guids and names that do not fit PostgreSQL's columns: what stands there, and the whole text as a JSON string.
CREATE TABLE long_text (
    fitted TEXT PRIMARY KEY,
    whole TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE player_movement_stats (
    id INTEGER PRIMARY KEY,
    player_guid TEXT NOT NULL UNIQUE,
    player_name TEXT NOT NULL,
    is_bot INTEGER NOT NULL,
    rounds INTEGER NOT NULL,
    lives INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    alive_ms INTEGER NOT NULL,
    total_distance REAL NOT NULL,
    avg_speed REAL,
    peak_speed REAL,
    avg_time_to_first_move_ms REAL,
    stance_standing_ms INTEGER NOT NULL,
    stance_crouching_ms INTEGER NOT NULL,
    stance_prone_ms INTEGER NOT NULL,
    stance_low_ms INTEGER NOT NULL,
    sprint_ms INTEGER,
    sprint_percentage REAL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    last_updated TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE player_teamplay_stats (
    id INTEGER PRIMARY KEY,
    player_guid TEXT NOT NULL UNIQUE,
    player_name TEXT NOT NULL,
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
    first_seen TEXT DEFAULT CURRENT_TIMESTAMP,
    last_updated TEXT DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_teamplay_crossfire ON player_teamplay_stats (crossfire_kills DESC);

CREATE TABLE crossfire_pairs (
    id INTEGER PRIMARY KEY,
    player1_guid TEXT NOT NULL,
    player1_name TEXT,
    player2_guid TEXT NOT NULL,
    player2_name TEXT,
    crossfire_count INTEGER DEFAULT 0,
    crossfire_kills INTEGER DEFAULT 0,
    total_combined_damage INTEGER DEFAULT 0,
    avg_delay_ms REAL,
    games_together INTEGER DEFAULT 0,
    first_played TEXT DEFAULT CURRENT_TIMESTAMP,
    last_played TEXT DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (player1_guid, player2_guid)
);
CREATE INDEX idx_pairs_player2 ON crossfire_pairs (player2_guid);

CREATE TABLE map_kill_heatmap (
    id INTEGER PRIMARY KEY,
    map_name TEXT NOT NULL,
    grid_x INTEGER NOT NULL,
    grid_y INTEGER NOT NULL,
    grid_size INTEGER DEFAULT 512,
    total_kills INTEGER DEFAULT 0,
    axis_kills INTEGER DEFAULT 0,
    allies_kills INTEGER DEFAULT 0,
    total_deaths INTEGER DEFAULT 0,
    axis_deaths INTEGER DEFAULT 0,
    allies_deaths INTEGER DEFAULT 0,
    created_at TEXT DEFAULT CURRENT_TIMESTAMP,
    updated_at TEXT DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (map_name, grid_x, grid_y)
);

CREATE TABLE map_movement_heatmap (
    id INTEGER PRIMARY KEY,
    map_name TEXT NOT NULL,
    grid_x INTEGER NOT NULL,
    grid_y INTEGER NOT NULL,
    grid_size INTEGER DEFAULT 512,
    traversal_count INTEGER DEFAULT 0,
    combat_count INTEGER DEFAULT 0,
    escape_count INTEGER DEFAULT 0,
    created_at TEXT DEFAULT CURRENT_TIMESTAMP,
    updated_at TEXT DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (map_name, grid_x, grid_y)
);

CREATE VIEW player_track AS
SELECT t.file_id * 1048576 + t.life AS id, f.session_date, f.round_number, f.map_name,
       p.guid AS player_guid, p.name AS player_name, t.team, t.player_class,
       t.spawn_time_ms, t.death_time_ms, t.duration_ms, t.first_move_time_ms, t.time_to_first_move_ms,
       t.sample_count, t.total_distance, t.avg_speed, t.sprint_percentage, f.imported_at AS created_at,
       t.file_id, f.content_hash AS file_hash, t.life, f.written_at, f.round_start_unix, f.round_end_unix,
       t.death_type, f.tracker_version, f.sample_interval_ms, f.state_source, t.is_bot, t.declared_samples, t.alive_ms,
       t.peak_speed, t.stance_standing_ms / 1000.0 AS stance_standing_sec,
       t.stance_crouching_ms / 1000.0 AS stance_crouching_sec, t.stance_prone_ms / 1000.0 AS stance_prone_sec,
       t.stance_low_ms / 1000.0 AS stance_low_sec, t.sprint_ms / 1000.0 AS sprint_sec,
       (SELECT packed FROM track_path WHERE track_path.id = t.file_id * 1048576 + t.life) AS packed
FROM track t JOIN tracker_file f ON f.id = t.file_id JOIN player p ON p.id = t.player_id;

CREATE TRIGGER insert_player_track INSTEAD OF INSERT ON player_track BEGIN
    INSERT INTO player (guid, name) SELECT NEW.player_guid, NEW.player_name
    WHERE NOT EXISTS (SELECT 1 FROM player WHERE guid = NEW.player_guid AND name = NEW.player_name);
    INSERT INTO track VALUES (
        NEW.file_id, NEW.life,
        (SELECT id FROM player WHERE guid = NEW.player_guid AND name = NEW.player_name LIMIT 1),
        NEW.team, NEW.player_class, NEW.spawn_time_ms, NEW.death_time_ms, NEW.duration_ms, NEW.first_move_time_ms,
        NEW.time_to_first_move_ms, NEW.sample_count, NEW.declared_samples, NEW.death_type, NEW.is_bot,
        NEW.total_distance, NEW.avg_speed, NEW.sprint_percentage, NEW.peak_speed, NEW.alive_ms,
        CAST(ROUND(NEW.stance_standing_sec * 1000) AS INTEGER), CAST(ROUND(NEW.stance_crouching_sec * 1000) AS INTEGER),
        CAST(ROUND(NEW.stance_prone_sec * 1000) AS INTEGER), CAST(ROUND(NEW.stance_low_sec * 1000) AS INTEGER),
        CAST(ROUND(NEW.sprint_sec * 1000) AS INTEGER));
    INSERT INTO track_path VALUES (NEW.file_id * 1048576 + NEW.life, NEW.packed);
END;

CREATE VIEW combat_engagement AS
SELECT e.file_id * 1048576 + e.fight AS id, f.session_date, f.round_number, f.map_name, e.engagement_id,
       e.start_time_ms, e.end_time_ms, e.duration_ms, p.guid AS target_guid, p.name AS target_name, e.target_team,
       e.outcome, e.total_damage_taken,
       (SELECT guid FROM player WHERE player.id = e.killer_guid_id) AS killer_guid,
       (SELECT name FROM player WHERE player.id = e.killer_name_id) AS killer_name,
       e.distance_traveled, e.num_attackers, e.is_crossfire, e.crossfire_delay_ms, f.imported_at AS created_at,
       e.file_id, f.content_hash AS file_hash, e.fight, f.written_at, f.round_start_unix, f.round_end_unix, e.packed
FROM fight e JOIN tracker_file f ON f.id = e.file_id JOIN player p ON p.id = e.target_id;

CREATE TRIGGER insert_combat_engagement INSTEAD OF INSERT ON combat_engagement BEGIN
    INSERT INTO player (guid, name) SELECT NEW.target_guid, NEW.target_name
    WHERE NOT EXISTS (SELECT 1 FROM player WHERE guid = NEW.target_guid AND name = NEW.target_name);
    INSERT INTO player (guid, name) SELECT COALESCE(NEW.killer_guid, ''), COALESCE(NEW.killer_name, '')
    WHERE NOT EXISTS (SELECT 1 FROM player WHERE guid = COALESCE(NEW.killer_guid, '')
                      AND name = COALESCE(NEW.killer_name, ''))
      AND COALESCE(NEW.killer_guid, NEW.killer_name) IS NOT NULL;
    INSERT INTO fight VALUES (
        NEW.file_id, NEW.fight, NEW.engagement_id, NEW.start_time_ms, NEW.end_time_ms, NEW.duration_ms,
        (SELECT id FROM player WHERE guid = NEW.target_guid AND name = NEW.target_name LIMIT 1),
        NEW.target_team, NEW.outcome, NEW.total_damage_taken,
        CASE WHEN NEW.killer_guid IS NOT NULL THEN (SELECT id FROM player WHERE guid = NEW.killer_guid
            AND name = COALESCE(NEW.killer_name, '') LIMIT 1) END,
        CASE WHEN NEW.killer_name IS NOT NULL THEN (SELECT id FROM player WHERE guid = COALESCE(NEW.killer_guid, '')
            AND name = NEW.killer_name LIMIT 1) END,
        NEW.distance_traveled, NEW.num_attackers, NEW.is_crossfire, NEW.crossfire_delay_ms, NEW.packed);
END;

CREATE VIEW engagement_attacker AS
SELECT a.file_id, a.fight, a.place, p.guid AS player_guid, p.name AS player_name, a.team, a.damage, a.hits, a.got_kill
FROM fight_attacker a JOIN player p ON p.id = a.player_id;

CREATE TRIGGER insert_engagement_attacker INSTEAD OF INSERT ON engagement_attacker BEGIN
    INSERT INTO player (guid, name) SELECT NEW.player_guid, NEW.player_name
    WHERE NOT EXISTS (SELECT 1 FROM player WHERE guid = NEW.player_guid AND name = NEW.player_name);
    INSERT INTO fight_attacker VALUES (NEW.file_id, NEW.fight, NEW.place,
        (SELECT id FROM player WHERE guid = NEW.player_guid AND name = NEW.player_name LIMIT 1),
        NEW.team, NEW.damage, NEW.hits, NEW.got_kill);
END;

CREATE VIEW crossfire_participant AS
SELECT c.file_id, c.fight, c.place, p.guid AS player_guid, c.listed, c.counts
FROM fight_participant c JOIN player p ON p.id = c.player_id;

CREATE TRIGGER insert_crossfire_participant INSTEAD OF INSERT ON crossfire_participant BEGIN
    INSERT INTO player (guid, name) SELECT NEW.player_guid, ''
    WHERE NOT EXISTS (SELECT 1 FROM player WHERE guid = NEW.player_guid);
    INSERT INTO fight_participant VALUES (NEW.file_id, NEW.fight, NEW.place,
        (SELECT id FROM player WHERE guid = NEW.player_guid LIMIT 1), NEW.listed, NEW.counts);
END;

CREATE VIEW round_player AS
SELECT r.file_id, p.guid AS player_guid, p.name AS player_name, r.is_bot
FROM present r JOIN player p ON p.id = r.player_id;

CREATE TRIGGER insert_round_player INSTEAD OF INSERT ON round_player BEGIN
    INSERT INTO player (guid, name) SELECT NEW.player_guid, NEW.player_name
    WHERE NOT EXISTS (SELECT 1 FROM player WHERE guid = NEW.player_guid AND name = NEW.player_name);
    INSERT INTO present VALUES (NEW.file_id,
        (SELECT id FROM player WHERE guid = NEW.player_guid AND name = NEW.player_name LIMIT 1), NEW.is_bot);
END;

CREATE VIEW revive AS
SELECT r.file_id, r.place, r.time_ms, p.guid AS player_guid, p.name AS player_name, m.guid AS medic_guid, r.x, r.y, r.z
FROM revived r JOIN player p ON p.id = r.player_id JOIN player m ON m.id = r.medic_id;

CREATE TRIGGER insert_revive INSTEAD OF INSERT ON revive BEGIN
    INSERT INTO player (guid, name) SELECT NEW.player_guid, NEW.player_name
    WHERE NOT EXISTS (SELECT 1 FROM player WHERE guid = NEW.player_guid AND name = NEW.player_name);
    INSERT INTO player (guid, name) SELECT NEW.medic_guid, ''
    WHERE NOT EXISTS (SELECT 1 FROM player WHERE guid = NEW.medic_guid);
    INSERT INTO revived VALUES (NEW.file_id, NEW.place, NEW.time_ms,
        (SELECT id FROM player WHERE guid = NEW.player_guid AND name = NEW.player_name LIMIT 1),
        (SELECT id FROM player WHERE guid = NEW.medic_guid LIMIT 1), NEW.x, NEW.y, NEW.z);
END;

-- A file takes all that belongs to it along.
CREATE TRIGGER delete_tracker_file AFTER DELETE ON tracker_file BEGIN
    DELETE FROM track WHERE file_id = OLD.id;
    DELETE FROM track_path WHERE id >= OLD.id * 1048576 AND id < (OLD.id + 1) * 1048576;
    DELETE FROM fight WHERE file_id = OLD.id;
    DELETE FROM fight_attacker WHERE file_id = OLD.id;
    DELETE FROM fight_participant WHERE file_id = OLD.id;
    DELETE FROM present WHERE file_id = OLD.id;
    DELETE FROM revived WHERE file_id = OLD.id;
    DELETE FROM kill_cell WHERE file_id = OLD.id;
    DELETE FROM movement_cell WHERE file_id = OLD.id;
END;

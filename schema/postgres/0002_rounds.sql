-- Rounds get an identity: every life and engagement belongs to one tracker file. Only adds; no row of January 2026 is lost.

-- One row per tracker file that was ever imported. `replaced_by` names the better copy that stands for the round now.
CREATE TABLE tracker_file (
    id SERIAL PRIMARY KEY,
    content_hash VARCHAR(128) NOT NULL UNIQUE,
    replaced_by VARCHAR(128),
    file_name TEXT,
    map_name VARCHAR(64) NOT NULL,
    written_at TIMESTAMP NOT NULL,
    session_date DATE NOT NULL,
    round_number INTEGER NOT NULL,
    round_raw INTEGER,
    round_start_unix BIGINT NOT NULL DEFAULT 0,
    round_end_unix BIGINT NOT NULL DEFAULT 0,
    tracker VARCHAR(16) NOT NULL,
    tracker_version VARCHAR(64),
    state_source VARCHAR(64) NOT NULL,
    sample_interval_ms BIGINT,
    complete BOOLEAN NOT NULL,
    lives INTEGER NOT NULL,
    samples BIGINT NOT NULL,
    fights INTEGER NOT NULL,
    header TEXT NOT NULL,
    imported_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_tracker_file_round ON tracker_file (map_name, round_start_unix);
CREATE INDEX idx_tracker_file_session ON tracker_file (session_date);

-- The players of a round, by their last name in it. Stand-ins such as SLOT5 mean no player and are not here.
CREATE TABLE round_player (
    file_id INTEGER NOT NULL REFERENCES tracker_file (id) ON DELETE CASCADE,
    player_guid VARCHAR(32) NOT NULL,
    player_name VARCHAR(64) NOT NULL,
    is_bot BOOLEAN NOT NULL,
    PRIMARY KEY (file_id, player_guid)
);
CREATE INDEX idx_round_player ON round_player (player_guid);

-- The original tracker's table, more exact: which round, how the life ended, how it moved; and the path in its packed form.
ALTER TABLE player_track
    ADD COLUMN file_id INTEGER REFERENCES tracker_file (id) ON DELETE CASCADE,
    ADD COLUMN file_hash VARCHAR(128),
    ADD COLUMN life INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN written_at TIMESTAMP,
    ADD COLUMN round_start_unix BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN round_end_unix BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN death_type VARCHAR(20),
    ADD COLUMN tracker_version VARCHAR(64),
    ADD COLUMN sample_interval_ms BIGINT,
    ADD COLUMN state_source VARCHAR(64),
    ADD COLUMN is_bot BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN declared_samples BIGINT,
    ADD COLUMN alive_ms BIGINT,
    ADD COLUMN peak_speed REAL,
    ADD COLUMN stance_standing_sec REAL,
    ADD COLUMN stance_crouching_sec REAL,
    ADD COLUMN stance_prone_sec REAL,
    ADD COLUMN stance_low_sec REAL,
    ADD COLUMN sprint_sec REAL,
    ADD COLUMN packed BYTEA;
ALTER TABLE player_track ALTER COLUMN packed SET STORAGE EXTERNAL;

-- The fights likewise, and their attackers as rows.
ALTER TABLE combat_engagement
    ADD COLUMN file_id INTEGER REFERENCES tracker_file (id) ON DELETE CASCADE,
    ADD COLUMN file_hash VARCHAR(128),
    ADD COLUMN fight INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN written_at TIMESTAMP,
    ADD COLUMN round_start_unix BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN round_end_unix BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN packed BYTEA;
ALTER TABLE combat_engagement ALTER COLUMN packed SET STORAGE EXTERNAL;

CREATE TABLE engagement_attacker (
    file_id INTEGER NOT NULL REFERENCES tracker_file (id) ON DELETE CASCADE,
    fight INTEGER NOT NULL,
    place INTEGER NOT NULL,
    player_guid VARCHAR(32) NOT NULL,
    player_name VARCHAR(64) NOT NULL,
    team VARCHAR(10) NOT NULL,
    damage BIGINT NOT NULL,
    hits BIGINT NOT NULL,
    got_kill BOOLEAN NOT NULL,
    PRIMARY KEY (file_id, fight, place)
);
CREATE INDEX idx_attacker_player ON engagement_attacker (player_guid);

-- Who fired together: `listed` as the file lists them, `counts` each player once (and all attackers where the file
-- lists none), stand-ins left out.
CREATE TABLE crossfire_participant (
    file_id INTEGER NOT NULL REFERENCES tracker_file (id) ON DELETE CASCADE,
    fight INTEGER NOT NULL,
    place INTEGER NOT NULL,
    player_guid VARCHAR(32) NOT NULL,
    listed BOOLEAN NOT NULL,
    counts BOOLEAN NOT NULL,
    PRIMARY KEY (file_id, fight, place)
);
CREATE INDEX idx_participant_player ON crossfire_participant (player_guid);

-- Who was revived, when and where.
CREATE TABLE revive (
    file_id INTEGER NOT NULL REFERENCES tracker_file (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    player_guid VARCHAR(32) NOT NULL,
    player_name VARCHAR(64) NOT NULL,
    medic_guid VARCHAR(32) NOT NULL,
    x REAL,
    y REAL,
    z REAL,
    PRIMARY KEY (file_id, place)
);

-- Each file's own heatmaps: the base rows of map_kill_heatmap and map_movement_heatmap. Rows without a file carry
-- what was counted before January 2026's database was taken over.
CREATE TABLE kill_cell (
    file_id INTEGER REFERENCES tracker_file (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    map_name VARCHAR(64) NOT NULL,
    grid_x INTEGER NOT NULL,
    grid_y INTEGER NOT NULL,
    axis_kills BIGINT NOT NULL,
    allies_kills BIGINT NOT NULL,
    UNIQUE (file_id, place)
);
CREATE INDEX idx_kill_cell_map ON kill_cell (map_name);

CREATE TABLE movement_cell (
    file_id INTEGER REFERENCES tracker_file (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    map_name VARCHAR(64) NOT NULL,
    grid_x INTEGER NOT NULL,
    grid_y INTEGER NOT NULL,
    traversal_count BIGINT NOT NULL,
    combat_count BIGINT NOT NULL,
    escape_count BIGINT NOT NULL,
    UNIQUE (file_id, place)
);
CREATE INDEX idx_movement_cell_map ON movement_cell (map_name);

-- Guids and names that do not fit their columns: what stands there, and the whole text as a JSON string.
CREATE TABLE long_text (
    fitted VARCHAR(64) PRIMARY KEY,
    whole TEXT NOT NULL
);

-- How each player moves, over all lives.
CREATE TABLE player_movement_stats (
    id SERIAL PRIMARY KEY,
    player_guid VARCHAR(32) NOT NULL UNIQUE,
    player_name VARCHAR(64) NOT NULL,
    is_bot BOOLEAN NOT NULL,
    rounds INTEGER NOT NULL,
    lives INTEGER NOT NULL,
    samples BIGINT NOT NULL,
    alive_ms BIGINT NOT NULL,
    total_distance DOUBLE PRECISION NOT NULL,
    avg_speed REAL,
    peak_speed REAL,
    avg_time_to_first_move_ms REAL,
    stance_standing_ms BIGINT NOT NULL,
    stance_crouching_ms BIGINT NOT NULL,
    stance_prone_ms BIGINT NOT NULL,
    stance_low_ms BIGINT NOT NULL,
    sprint_ms BIGINT,
    sprint_percentage REAL,
    first_seen DATE NOT NULL,
    last_seen DATE NOT NULL,
    last_updated TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- What was there before. Its lives and fights get a round each (per date, map and number as it stood), which the
-- program fills in from the paths in the same transaction.
INSERT INTO tracker_file (content_hash, map_name, written_at, session_date, round_number, round_raw, tracker, state_source,
                          complete, lives, samples, fights, header)
SELECT 'january-2026:' || session_date || ':' || round_number || ':' || map_name,
       map_name, session_date, session_date, round_number, round_number, '4.0', 'pm_flags', TRUE, 0, 0, 0, ''
FROM (SELECT session_date, round_number, map_name FROM player_track
      UNION
      SELECT session_date, round_number, map_name FROM combat_engagement) AS before
ORDER BY session_date, round_number, map_name;

UPDATE player_track t SET file_id = f.id, file_hash = f.content_hash, life = p.place
FROM tracker_file f,
     (SELECT id AS track_id, row_number() OVER (PARTITION BY session_date, round_number, map_name ORDER BY id) - 1 AS place
      FROM player_track) AS p
WHERE f.session_date = t.session_date AND f.round_number = t.round_number AND f.map_name = t.map_name
  AND p.track_id = t.id;

UPDATE combat_engagement e SET file_id = f.id, file_hash = f.content_hash, fight = p.place
FROM tracker_file f,
     (SELECT id AS fight_id, row_number() OVER (PARTITION BY session_date, round_number, map_name ORDER BY engagement_id) - 1 AS place
      FROM combat_engagement) AS p
WHERE f.session_date = e.session_date AND f.round_number = e.round_number AND f.map_name = e.map_name
  AND p.fight_id = e.id;

INSERT INTO kill_cell (place, map_name, grid_x, grid_y, axis_kills, allies_kills)
SELECT row_number() OVER (ORDER BY map_name, grid_x, grid_y) - 1, map_name, grid_x, grid_y,
       COALESCE(axis_kills, 0), COALESCE(allies_kills, 0)
FROM map_kill_heatmap;

INSERT INTO movement_cell (place, map_name, grid_x, grid_y, traversal_count, combat_count, escape_count)
SELECT row_number() OVER (ORDER BY map_name, grid_x, grid_y) - 1, map_name, grid_x, grid_y,
       COALESCE(traversal_count, 0), COALESCE(combat_count, 0), COALESCE(escape_count, 0)
FROM map_movement_heatmap;

-- The January keys lacked the map and the round: the second map of a day with the same number was lost.
DO $$
DECLARE found RECORD;
BEGIN
    FOR found IN SELECT conrelid::regclass AS tbl, conname FROM pg_constraint
                 WHERE contype = 'u' AND conrelid IN ('player_track'::regclass, 'combat_engagement'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.tbl, found.conname);
    END LOOP;
END $$;

ALTER TABLE player_track ALTER COLUMN file_id SET NOT NULL, ALTER COLUMN file_hash SET NOT NULL;
ALTER TABLE combat_engagement ALTER COLUMN file_id SET NOT NULL, ALTER COLUMN file_hash SET NOT NULL;
CREATE UNIQUE INDEX player_track_key ON player_track (session_date, map_name, round_number, round_start_unix,
    round_end_unix, COALESCE(written_at, 'epoch'), player_guid, spawn_time_ms, file_id, life);
CREATE UNIQUE INDEX player_track_file ON player_track (file_id, life);
CREATE UNIQUE INDEX combat_engagement_file ON combat_engagement (file_id, fight);

-- Demos that were read for their kills, so that a search reads only new and changed files. `path_hash` is the SHA-256 of
-- `path`; `reader` numbers what was read out of them; `complaints` has a line for each fault.
CREATE TABLE demo_file (
    id SERIAL PRIMARY KEY,
    path_hash VARCHAR(64) NOT NULL UNIQUE,
    path TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL,
    reader INTEGER NOT NULL,
    refused BOOLEAN NOT NULL,
    complaints TEXT NOT NULL
);

-- A death that a demo tells of, in the file's order. `entry` is the demo's name within an archive. Places are those of
-- victim and killer, missing where they were out of view; `nth` of `run` kills in a row.
CREATE TABLE demo_kill (
    file_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    entry TEXT NOT NULL,
    map_name VARCHAR(64) NOT NULL,
    round_raw INTEGER,
    time_ms INTEGER NOT NULL,
    server_time_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    means TEXT NOT NULL,
    weapon INTEGER,
    head_shot BOOLEAN NOT NULL,
    victim_slot INTEGER NOT NULL,
    victim_name VARCHAR(64) NOT NULL,
    victim_team VARCHAR(10),
    victim_x REAL,
    victim_y REAL,
    victim_z REAL,
    killer_slot INTEGER,
    killer_name VARCHAR(64),
    killer_team VARCHAR(10),
    killer_x REAL,
    killer_y REAL,
    killer_z REAL,
    nth INTEGER NOT NULL,
    run INTEGER NOT NULL,
    PRIMARY KEY (file_id, place)
);
CREATE INDEX idx_demo_kill_killer ON demo_kill (killer_name, run);

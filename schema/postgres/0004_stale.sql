-- Players and maps whose figures no longer fit the rounds: written in the transaction that changes a round, gone when
-- the figures have been computed anew. `kind` is 'player' (then `name` is a guid) or 'map'.
CREATE TABLE stale_figure (
    kind VARCHAR(8) NOT NULL,
    name VARCHAR(64) NOT NULL,
    PRIMARY KEY (kind, name)
);

-- Whether `proximity verify` found the round damaged; an import of its file replaces it.
ALTER TABLE tracker_file ADD COLUMN damaged BOOLEAN NOT NULL DEFAULT FALSE;

-- Copies of a round lie close in time. Without these an import looks through every file for each new one.
CREATE INDEX idx_tracker_file_written ON tracker_file (written_at);
CREATE INDEX idx_tracker_file_start ON tracker_file (round_start_unix);

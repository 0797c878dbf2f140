-- Answers of a bot that show players by name, one row for each of those players: by `player`, a hash of the name without its
-- colours, so that an answer can be removed once that player is forgotten. `is_due` says that it is to be. `sent` is in seconds
-- since 1970; rows older than three months are dropped.
CREATE TABLE discord_shown (
    channel_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    player TEXT NOT NULL,
    sent INTEGER NOT NULL,
    is_due INTEGER NOT NULL,
    PRIMARY KEY (message_id, player)
) WITHOUT ROWID;

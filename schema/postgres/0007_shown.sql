-- Answers of a bot that show players by name, one row for each of those players: by `player`, a hash of the name without its
-- colours, so that an answer can be removed once that player is forgotten. `is_due` says that it is to be. `sent` is in seconds
-- since 1970; rows older than three months are dropped.
CREATE TABLE discord_shown (
    channel_id VARCHAR(32) NOT NULL,
    message_id VARCHAR(32) NOT NULL,
    player VARCHAR(64) NOT NULL,
    sent BIGINT NOT NULL,
    is_due BOOLEAN NOT NULL,
    PRIMARY KEY (message_id, player)
);

-- Players who are shown under another name, in rounds to come too: `player` is a hash of the GUID, `guid` and `name` are what
-- stands in its place.
CREATE TABLE hidden_player (
    player VARCHAR(64) PRIMARY KEY,
    guid VARCHAR(32) NOT NULL,
    name VARCHAR(64) NOT NULL
);
-- The channel of a Discord server that its admins chose for messages about sessions.
CREATE TABLE discord_channel (
    guild_id VARCHAR(32) PRIMARY KEY,
    channel_id VARCHAR(32) NOT NULL
);

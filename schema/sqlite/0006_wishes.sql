-- Players who are shown under another name, in rounds to come too: `player` is a hash of the GUID, `guid` and `name` are what
-- stands in its place.
CREATE TABLE hidden_player (
    player TEXT PRIMARY KEY,
    guid TEXT NOT NULL,
    name TEXT NOT NULL
) WITHOUT ROWID;
-- The channel of a Discord server that its admins chose for messages about sessions.
CREATE TABLE discord_channel (
    guild_id TEXT PRIMARY KEY,
    channel_id TEXT NOT NULL
) WITHOUT ROWID;

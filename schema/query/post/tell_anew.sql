-- Messages about sessions that a player was in.
UPDATE discord_post SET fingerprint = '' WHERE session_date IN (
    SELECT f.session_date FROM tracker_file f JOIN round_player r ON r.file_id = f.id WHERE r.player_guid = $1)

SELECT player_guid, player_name, packed FROM player_track WHERE file_id = $1 ORDER BY life

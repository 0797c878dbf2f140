SELECT player_guid FROM round_player WHERE file_id = $1

SELECT time_ms, player_guid, player_name, medic_guid, x, y, z FROM revive WHERE file_id = $1 ORDER BY place

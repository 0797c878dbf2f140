SELECT fight, player_guid, player_name FROM engagement_attacker WHERE file_id = $1 ORDER BY fight, place

SELECT fight, player_guid FROM crossfire_participant WHERE file_id = $1 AND listed ORDER BY fight, place

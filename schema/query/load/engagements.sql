SELECT fight, target_guid, target_name, killer_guid, killer_name, packed FROM combat_engagement
WHERE file_id = $1 ORDER BY fight

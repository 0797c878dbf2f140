SELECT guid, name FROM (
    SELECT player_guid AS guid, player_name AS name FROM player_track
    UNION SELECT target_guid, target_name FROM combat_engagement
    UNION SELECT COALESCE(killer_guid, ''), COALESCE(killer_name, '') FROM combat_engagement
          WHERE COALESCE(killer_guid, killer_name) IS NOT NULL
    UNION SELECT player_guid, player_name FROM engagement_attacker
    UNION SELECT player_guid, player_name FROM round_player
    UNION SELECT player_guid, player_name FROM revive
    UNION SELECT player_guid, '' FROM crossfire_participant
    UNION SELECT medic_guid, '' FROM revive
) AS everybody
ORDER BY guid COLLATE "C", name COLLATE "C"

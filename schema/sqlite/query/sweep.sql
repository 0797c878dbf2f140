-- Players whom no row mentions any more.
DELETE FROM player WHERE id NOT IN (
    SELECT player_id FROM track UNION SELECT target_id FROM fight
    UNION SELECT killer_guid_id FROM fight WHERE killer_guid_id IS NOT NULL
    UNION SELECT killer_name_id FROM fight WHERE killer_name_id IS NOT NULL
    UNION SELECT player_id FROM fight_attacker UNION SELECT player_id FROM fight_participant
    UNION SELECT player_id FROM present UNION SELECT player_id FROM revived UNION SELECT medic_id FROM revived);

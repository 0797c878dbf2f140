-- The files in which the guid $1 is, in whatever role.
SELECT file_id FROM player_track WHERE player_guid = $1
UNION SELECT file_id FROM round_player WHERE player_guid = $1
UNION SELECT file_id FROM combat_engagement WHERE target_guid = $1 OR killer_guid = $1
UNION SELECT file_id FROM engagement_attacker WHERE player_guid = $1
UNION SELECT file_id FROM crossfire_participant WHERE player_guid = $1
UNION SELECT file_id FROM revive WHERE player_guid = $1 OR medic_guid = $1
ORDER BY 1

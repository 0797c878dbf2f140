SELECT engagement_id, start_time_ms, end_time_ms, duration_ms, target_guid, target_name, target_team, outcome,
       total_damage_taken, killer_guid, killer_name, num_attackers, is_crossfire, position_path, attackers,
       crossfire_participants, crossfire_delay_ms, start_x, start_y, start_z, end_x, end_y, end_z, distance_traveled
FROM combat_engagement WHERE file_id = $1 ORDER BY fight

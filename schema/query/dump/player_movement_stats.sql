SELECT player_guid, player_name, is_bot, rounds, lives, samples, alive_ms, total_distance, avg_speed, peak_speed,
       avg_time_to_first_move_ms, stance_standing_ms, stance_crouching_ms, stance_prone_ms, stance_low_ms, sprint_ms,
       sprint_percentage, first_seen, last_seen
FROM player_movement_stats ORDER BY {bytes player_guid}

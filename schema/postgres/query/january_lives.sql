SELECT player_guid, player_name, team, player_class, spawn_time_ms, death_time_ms, first_move_time_ms, sample_count, path
FROM player_track WHERE file_id = $1 ORDER BY life

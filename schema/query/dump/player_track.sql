SELECT t.file_hash, t.life, t.session_date, t.round_number, t.map_name, t.player_guid, t.player_name, t.team,
       t.player_class, t.spawn_time_ms, t.death_time_ms, t.duration_ms, t.first_move_time_ms, t.time_to_first_move_ms,
       t.sample_count, t.declared_samples, t.death_type, t.is_bot, t.total_distance, t.avg_speed, t.sprint_percentage,
       t.peak_speed, t.alive_ms, t.stance_standing_sec, t.stance_crouching_sec, t.stance_prone_sec, t.stance_low_sec,
       t.sprint_sec, t.written_at, t.round_start_unix, t.round_end_unix, t.tracker_version, t.sample_interval_ms,
       t.state_source, t.packed
FROM player_track t ORDER BY {bytes t.file_hash}, t.life

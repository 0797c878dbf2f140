SELECT e.file_hash, e.fight, e.session_date, e.round_number, e.map_name, e.engagement_id, e.start_time_ms,
       e.end_time_ms, e.duration_ms, e.target_guid, e.target_name, e.target_team, e.outcome, e.total_damage_taken,
       e.killer_guid, e.killer_name, e.distance_traveled, e.num_attackers, e.is_crossfire, e.crossfire_delay_ms,
       e.written_at, e.round_start_unix, e.round_end_unix, e.packed
FROM combat_engagement e ORDER BY {bytes e.file_hash}, e.fight

-- The original tracker's "all tracks", farthest first.
SELECT player_name, player_class, map_name, session_date, round_number, duration_ms, total_distance, avg_speed,
       sprint_percentage
FROM selected
ORDER BY total_distance DESC, written_at, {bytes file_hash}, life

-- The lives of a round: whose, from when to when.
SELECT player_name, spawn_time_ms, death_time_ms FROM player_track
WHERE file_id = $1 AND death_time_ms IS NOT NULL

-- The original tracker's "average reaction time by class".
SELECT player_class, CAST(SUM(time_to_first_move_ms) AS double precision) / COUNT(*) AS avg_reaction_ms, COUNT(*)
FROM selected
WHERE time_to_first_move_ms IS NOT NULL
GROUP BY player_class
ORDER BY avg_reaction_ms, {bytes player_class}

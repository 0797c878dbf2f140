-- The original tracker's "sprint usage by class"; classes of which nothing is recorded come last.
SELECT player_class,
       CAST(SUM({whole sprint_percentage * 1000}) AS double precision) / NULLIF(COUNT(sprint_percentage), 0) / 1000
           AS avg_sprint_pct, COUNT(*)
FROM selected
GROUP BY player_class
ORDER BY CASE WHEN COUNT(sprint_percentage) = 0 THEN 1 ELSE 0 END, avg_sprint_pct DESC, {bytes player_class}

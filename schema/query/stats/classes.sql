SELECT player_class, COUNT(*), CAST(SUM(alive_ms) AS bigint),
       CAST(SUM({whole total_distance * 10}) AS double precision) / 10,
       CAST(SUM({whole avg_speed * 1000}) AS double precision) / NULLIF(COUNT(avg_speed), 0) / 1000,
       MAX(peak_speed),
       CAST(SUM({whole stance_standing_sec * 1000}) AS double precision) * 100
           / NULLIF(SUM(CASE WHEN stance_standing_sec IS NOT NULL THEN alive_ms END), 0),
       CAST(SUM({whole stance_crouching_sec * 1000}) AS double precision) * 100
           / NULLIF(SUM(CASE WHEN stance_crouching_sec IS NOT NULL THEN alive_ms END), 0),
       CAST(SUM({whole stance_prone_sec * 1000}) AS double precision) * 100
           / NULLIF(SUM(CASE WHEN stance_prone_sec IS NOT NULL THEN alive_ms END), 0),
       CAST(SUM({whole stance_low_sec * 1000}) AS double precision) * 100
           / NULLIF(SUM(CASE WHEN stance_low_sec IS NOT NULL THEN alive_ms END), 0)
FROM selected
GROUP BY player_class
ORDER BY {bytes player_class}

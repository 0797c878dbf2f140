-- The original tracker's "fastest players", one row each under the name of the last round. Stand-in guids mean no
-- player.
SELECT s.player_guid,
       (SELECT r.player_name FROM round_player r JOIN tracker_file f ON f.id = r.file_id
        WHERE r.player_guid = s.player_guid ORDER BY f.written_at DESC, {bytes f.content_hash} DESC LIMIT 1),
       COUNT(*), COUNT(DISTINCT s.file_id),
       CAST(SUM({whole s.avg_speed * 1000}) AS double precision) / NULLIF(COUNT(s.avg_speed), 0) / 1000 AS speed,
       CAST(SUM({whole s.total_distance * 10}) AS double precision) / 10, CAST(SUM(s.alive_ms) AS bigint),
       MAX(s.peak_speed)
FROM selected s
WHERE s.player_guid IN (SELECT player_guid FROM round_player)
GROUP BY s.player_guid
HAVING COUNT(*) >= $5
ORDER BY CASE WHEN COUNT(s.avg_speed) = 0 THEN 1 ELSE 0 END, speed DESC, {bytes s.player_guid}

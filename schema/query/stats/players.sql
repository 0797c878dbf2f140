-- The original tracker's "fastest players", one row each under the name of the last round, with what engagements say of
-- them. Stand-in guids mean no player.
SELECT s.player_guid,
       (SELECT r.player_name FROM round_player r JOIN tracker_file f ON f.id = r.file_id
        WHERE r.player_guid = s.player_guid ORDER BY f.written_at DESC, {bytes f.content_hash} DESC LIMIT 1),
       COUNT(*), COUNT(DISTINCT s.file_id),
       (SELECT COUNT(*) FROM engagement_attacker a JOIN combat_engagement e ON e.file_id = a.file_id AND e.fight = a.fight
        WHERE a.player_guid = s.player_guid AND a.got_kill AND e.outcome = 'killed'
          AND a.file_id IN (SELECT CAST(value AS integer) FROM {list $1})
          AND (CAST($3 AS text) IS NULL OR a.team IN (SELECT value FROM {list $3}))),
       (SELECT COUNT(*) FROM combat_engagement e
        WHERE e.target_guid = s.player_guid AND e.outcome = 'killed'
          AND e.file_id IN (SELECT CAST(value AS integer) FROM {list $1})
          AND (CAST($3 AS text) IS NULL OR e.target_team IN (SELECT value FROM {list $3}))),
       (SELECT CAST(COALESCE(SUM(a.damage), 0) AS bigint) FROM engagement_attacker a
        WHERE a.player_guid = s.player_guid
          AND a.file_id IN (SELECT CAST(value AS integer) FROM {list $1})
          AND (CAST($3 AS text) IS NULL OR a.team IN (SELECT value FROM {list $3}))),
       CAST(SUM({whole s.avg_speed * 1000}) AS double precision) / NULLIF(COUNT(s.avg_speed), 0) / 1000 AS speed,
       CAST(SUM({whole s.total_distance * 10}) AS double precision) / 10, CAST(SUM(s.alive_ms) AS bigint),
       MAX(s.peak_speed)
FROM selected s
WHERE s.player_guid IN (SELECT player_guid FROM round_player)
GROUP BY s.player_guid
HAVING COUNT(*) >= $5
ORDER BY CASE WHEN COUNT(s.avg_speed) = 0 THEN 1 ELSE 0 END, speed DESC, {bytes s.player_guid}

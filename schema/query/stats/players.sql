-- The original tracker's "fastest players", one row each under the name of the last round, with what engagements say of
-- them. Stand-in guids mean no player. Files that begin with the same round are its parts, one round. Kills, deaths and
-- damage are those of the report: kills of enemies (analysis::Deaths::enemy_kills), one for each death of a victim; lives
-- that ended in a death, other deaths within a life of which an engagement or only a revive tells; damage to the other side.
, file_round AS (
    -- Files of a map that begin within two seconds of each other are parts of one round, as in analysis::parts.
    SELECT b.id AS file_id, LOWER(b.map_name) || ' ' ||
           SUM(b.fresh) OVER (PARTITION BY LOWER(b.map_name) ORDER BY b.round_start_unix, b.id) AS round
    FROM (SELECT id, map_name, round_start_unix, CASE WHEN round_start_unix - LAG(round_start_unix)
              OVER (PARTITION BY LOWER(map_name) ORDER BY round_start_unix, id) <= 2 THEN 0 ELSE 1 END AS fresh
          FROM tracker_file WHERE round_start_unix > 0) b
    UNION ALL SELECT id, 'file ' || id FROM tracker_file WHERE COALESCE(round_start_unix, 0) <= 0)
SELECT s.player_guid,
       (SELECT r.player_name FROM round_player r JOIN tracker_file f ON f.id = r.file_id
        WHERE r.player_guid = s.player_guid ORDER BY f.written_at DESC, {bytes f.content_hash} DESC LIMIT 1),
       COUNT(*),
       COUNT(DISTINCT o.round),
       (SELECT COUNT(DISTINCT e.id) FROM engagement_attacker a
        JOIN combat_engagement e ON e.file_id = a.file_id AND e.fight = a.fight
        WHERE a.player_guid = s.player_guid AND e.killer_guid = a.player_guid AND e.outcome = 'killed'
          AND e.target_guid <> a.player_guid AND (a.team <> e.target_team OR a.team NOT IN ('AXIS', 'ALLIES'))
          AND a.file_id IN (SELECT CAST(value AS integer) FROM {list $1})
          AND (CAST($3 AS text) IS NULL OR a.team IN (SELECT value FROM {list $3}))
          AND NOT EXISTS (SELECT 1 FROM combat_engagement x WHERE x.file_id = e.file_id
                AND x.target_guid = e.target_guid AND x.target_name = e.target_name
                AND x.outcome IN ('killed', 'teamkill') AND x.end_time_ms BETWEEN e.end_time_ms - 100 AND e.end_time_ms
                AND (x.end_time_ms < e.end_time_ms OR x.fight < e.fight))),
       COUNT(CASE WHEN s.death_type IN ('killed', 'teamkill', 'selfkill', 'fallen', 'world') THEN 1 END)
       + (SELECT COUNT(*) FROM combat_engagement e
          WHERE e.target_guid = s.player_guid AND e.outcome IN ('killed', 'teamkill')
            AND e.file_id IN (SELECT CAST(value AS integer) FROM {list $1})
            AND (CAST($3 AS text) IS NULL OR e.target_team IN (SELECT value FROM {list $3}))
            AND EXISTS (SELECT 1 FROM player_track t WHERE t.file_id = e.file_id AND t.player_guid = e.target_guid
                AND t.spawn_time_ms <= e.end_time_ms AND t.death_time_ms >= e.end_time_ms)
            AND NOT EXISTS (SELECT 1 FROM player_track t WHERE t.file_id = e.file_id AND t.player_guid = e.target_guid
                AND t.death_type IN ('killed', 'teamkill', 'selfkill', 'fallen', 'world')
                AND t.death_time_ms BETWEEN e.end_time_ms - 100 AND e.end_time_ms + 100))
       + (SELECT COUNT(*) FROM revive v
          WHERE v.player_guid = s.player_guid AND v.file_id IN (SELECT CAST(value AS integer) FROM {list $1})
            AND NOT EXISTS (SELECT 1 FROM combat_engagement e WHERE e.file_id = v.file_id
                AND e.target_guid = v.player_guid AND e.outcome IN ('killed', 'teamkill')
                AND e.end_time_ms BETWEEN v.time_ms - 40000 AND v.time_ms)),
       (SELECT CAST(COALESCE(SUM(a.damage), 0) AS bigint) FROM engagement_attacker a
        JOIN combat_engagement e ON e.file_id = a.file_id AND e.fight = a.fight
        WHERE a.player_guid = s.player_guid AND a.team <> e.target_team AND a.damage > 0
          AND a.file_id IN (SELECT CAST(value AS integer) FROM {list $1})
          AND (CAST($3 AS text) IS NULL OR a.team IN (SELECT value FROM {list $3}))),
       CAST(SUM({whole s.avg_speed * 1000}) AS double precision) / NULLIF(COUNT(s.avg_speed), 0) / 1000 AS speed,
       CAST(SUM({whole s.total_distance * 10}) AS double precision) / 10, CAST(SUM(s.alive_ms) AS bigint),
       MAX(s.peak_speed)
FROM selected s JOIN file_round o ON o.file_id = s.file_id
WHERE s.player_guid IN (SELECT player_guid FROM round_player)
GROUP BY s.player_guid
HAVING COUNT(*) >= $5
ORDER BY CASE WHEN COUNT(s.avg_speed) = 0 THEN 1 ELSE 0 END, speed DESC, {bytes s.player_guid}

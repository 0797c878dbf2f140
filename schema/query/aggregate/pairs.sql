-- Who of the players whose figures are stale fires together with whom; the definitions are those of `analysis::crossfire`.
INSERT INTO crossfire_pairs (player1_guid, player1_name, player2_guid, player2_name, crossfire_count, crossfire_kills,
    total_combined_damage, avg_delay_ms, games_together, first_played, last_played)
WITH wanted AS (SELECT name AS guid FROM stale_figure WHERE kind = 'player'),
file_round AS (
    -- Files of a map that begin within two seconds of each other are parts of one round, as in analysis::parts.
    SELECT b.id AS file_id, LOWER(b.map_name) || ' ' ||
           SUM(b.fresh) OVER (PARTITION BY LOWER(b.map_name) ORDER BY b.round_start_unix, b.id) AS round
    FROM (SELECT id, map_name, round_start_unix, CASE WHEN round_start_unix - LAG(round_start_unix)
              OVER (PARTITION BY LOWER(map_name) ORDER BY round_start_unix, id) <= 2 THEN 0 ELSE 1 END AS fresh
          FROM tracker_file WHERE round_start_unix > 0) b
    UNION ALL SELECT id, 'file ' || id FROM tracker_file WHERE COALESCE(round_start_unix, 0) <= 0),
near AS (
    SELECT c.file_id, c.fight FROM crossfire_participant c
    WHERE c.counts AND c.player_guid IN (SELECT guid FROM wanted) GROUP BY c.file_id, c.fight),
pair AS (
    SELECT n.file_id, n.fight, a.player_guid AS guid1, b.player_guid AS guid2,
           (SELECT COALESCE(SUM(x.damage), 0) FROM engagement_attacker x
            WHERE x.file_id = n.file_id AND x.fight = n.fight AND x.player_guid IN (a.player_guid, b.player_guid))
               AS damage
    FROM near n
    JOIN crossfire_participant a ON a.file_id = n.file_id AND a.fight = n.fight AND a.counts
    JOIN crossfire_participant b ON b.file_id = n.file_id AND b.fight = n.fight AND b.counts
         AND {bytes a.player_guid} < {bytes b.player_guid}
    WHERE a.player_guid IN (SELECT guid FROM wanted) OR b.player_guid IN (SELECT guid FROM wanted))
SELECT p.guid1,
       (SELECT r.player_name FROM round_player r JOIN tracker_file g ON g.id = r.file_id
        WHERE r.player_guid = p.guid1 ORDER BY g.written_at DESC, {bytes g.content_hash} DESC LIMIT 1),
       p.guid2,
       (SELECT r.player_name FROM round_player r JOIN tracker_file g ON g.id = r.file_id
        WHERE r.player_guid = p.guid2 ORDER BY g.written_at DESC, {bytes g.content_hash} DESC LIMIT 1),
       COUNT(*), SUM(CASE WHEN e.outcome = 'killed' THEN 1 ELSE 0 END), {int SUM(p.damage)},
       CAST(SUM(e.crossfire_delay_ms) AS double precision) / NULLIF(COUNT(e.crossfire_delay_ms), 0),
       COUNT(DISTINCT o.round), MIN(f.written_at), MAX(f.written_at)
FROM pair p
JOIN combat_engagement e ON e.file_id = p.file_id AND e.fight = p.fight
JOIN tracker_file f ON f.id = p.file_id
JOIN file_round o ON o.file_id = p.file_id
GROUP BY p.guid1, p.guid2

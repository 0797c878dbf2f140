-- The rounds that the migration made, in the order their first rows were written.
SELECT f.id, f.content_hash, f.session_date, f.map_name, f.round_raw,
       EXISTS (SELECT 1 FROM tracker_file z WHERE z.session_date = f.session_date AND z.round_raw = 0 AND z.header = '')
FROM tracker_file f
LEFT JOIN (SELECT file_id, MIN(id) AS first FROM player_track GROUP BY file_id) t ON t.file_id = f.id
LEFT JOIN (SELECT file_id, MIN(id) AS first FROM combat_engagement GROUP BY file_id) e ON e.file_id = f.id
WHERE f.header = ''
ORDER BY f.session_date, COALESCE(t.first, 2147483647), COALESCE(e.first, 2147483647), f.id

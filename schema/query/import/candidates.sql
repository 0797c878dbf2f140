-- Files that may hold the same round: same map, and the same start, or an end between $3 and $4, or a round of the
-- January 2026 database on the day $5.
SELECT id, content_hash FROM tracker_file
WHERE replaced_by IS NULL AND LOWER(map_name) = LOWER($1)
  AND ((round_start_unix = $2 AND round_start_unix <> 0) OR (written_at BETWEEN $3 AND $4)
       OR (content_hash LIKE 'january-2026:%' AND session_date = $5))
ORDER BY id

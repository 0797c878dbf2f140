-- Files that may hold the same round where one of two was made of demos, which do not know their date: same map and number,
-- and made of demos, too, unless the new file ($3) is.
SELECT id, content_hash FROM tracker_file
WHERE replaced_by IS NULL AND LOWER(map_name) = LOWER($1) AND round_raw = $2
  AND ($3 = 'demo' OR header LIKE '%"recordings":{%')
ORDER BY id

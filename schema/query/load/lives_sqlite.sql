SELECT p.guid, p.name, w.packed
FROM track t JOIN player p ON p.id = t.player_id JOIN track_path w ON w.id = t.file_id * 1048576 + t.life
WHERE t.file_id = $1 ORDER BY t.life

SELECT COALESCE(f.content_hash, ''), c.place, c.map_name, c.grid_x, c.grid_y, c.traversal_count, c.combat_count,
       c.escape_count
FROM movement_cell c LEFT JOIN tracker_file f ON f.id = c.file_id
ORDER BY {bytes COALESCE(f.content_hash, '')}, c.place

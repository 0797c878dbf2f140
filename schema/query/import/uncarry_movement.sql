-- What file $1 counted is its own now, and no longer carried over from before.
UPDATE movement_cell SET
    traversal_count = traversal_count - LEAST(traversal_count, (SELECT COALESCE(SUM(c.traversal_count), 0) FROM movement_cell c
        WHERE c.file_id = $1 AND c.grid_x = movement_cell.grid_x AND c.grid_y = movement_cell.grid_y)),
    combat_count = combat_count - LEAST(combat_count, (SELECT COALESCE(SUM(c.combat_count), 0) FROM movement_cell c
        WHERE c.file_id = $1 AND c.grid_x = movement_cell.grid_x AND c.grid_y = movement_cell.grid_y)),
    escape_count = escape_count - LEAST(escape_count, (SELECT COALESCE(SUM(c.escape_count), 0) FROM movement_cell c
        WHERE c.file_id = $1 AND c.grid_x = movement_cell.grid_x AND c.grid_y = movement_cell.grid_y))
WHERE file_id IS NULL AND LOWER(map_name) = LOWER($2)

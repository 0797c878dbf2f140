-- What file $1 counted is its own now, and no longer carried over from before.
UPDATE movement_cell SET
    traversal = traversal - LEAST(traversal, (SELECT COALESCE(SUM(c.traversal), 0) FROM movement_cell c
        WHERE c.file_id = $1 AND c.grid_x = movement_cell.grid_x AND c.grid_y = movement_cell.grid_y)),
    combat = combat - LEAST(combat, (SELECT COALESCE(SUM(c.combat), 0) FROM movement_cell c
        WHERE c.file_id = $1 AND c.grid_x = movement_cell.grid_x AND c.grid_y = movement_cell.grid_y)),
    escape = escape - LEAST(escape, (SELECT COALESCE(SUM(c.escape), 0) FROM movement_cell c
        WHERE c.file_id = $1 AND c.grid_x = movement_cell.grid_x AND c.grid_y = movement_cell.grid_y))
WHERE file_id IS NULL AND LOWER(map_name) = LOWER($2)

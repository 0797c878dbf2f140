-- What file $1 counted is its own now, and no longer carried over from before.
UPDATE kill_cell SET
    axis_kills = axis_kills - LEAST(axis_kills, (SELECT COALESCE(SUM(c.axis_kills), 0) FROM kill_cell c
        WHERE c.file_id = $1 AND c.grid_x = kill_cell.grid_x AND c.grid_y = kill_cell.grid_y)),
    allies_kills = allies_kills - LEAST(allies_kills, (SELECT COALESCE(SUM(c.allies_kills), 0) FROM kill_cell c
        WHERE c.file_id = $1 AND c.grid_x = kill_cell.grid_x AND c.grid_y = kill_cell.grid_y))
WHERE file_id IS NULL AND LOWER(map_name) = LOWER($2)

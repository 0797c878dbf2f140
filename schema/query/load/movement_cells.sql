SELECT grid_x, grid_y, traversal, combat, escape FROM movement_cell WHERE file_id = $1 ORDER BY place

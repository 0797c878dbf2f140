SELECT grid_x, grid_y, traversal_count, combat_count, escape_count FROM movement_cell WHERE file_id = $1 ORDER BY place

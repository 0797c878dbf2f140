SELECT grid_x, grid_y, axis_kills, allies_kills FROM kill_cell WHERE file_id = $1 ORDER BY place

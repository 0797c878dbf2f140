SELECT map_name, grid_x, grid_y, grid_size, traversal_count, combat_count, escape_count
FROM map_movement_heatmap ORDER BY {bytes map_name}, grid_x, grid_y

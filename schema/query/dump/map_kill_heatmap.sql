SELECT map_name, grid_x, grid_y, grid_size, total_kills, axis_kills, allies_kills, total_deaths, axis_deaths,
       allies_deaths
FROM map_kill_heatmap ORDER BY {bytes map_name}, grid_x, grid_y

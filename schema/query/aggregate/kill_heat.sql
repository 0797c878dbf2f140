-- Where kills happen on the maps whose figures are stale. Deaths are the other side's kills.
INSERT INTO map_kill_heatmap (map_name, grid_x, grid_y, grid_size, total_kills, axis_kills, allies_kills, total_deaths,
    axis_deaths, allies_deaths)
SELECT c.map_name, c.grid_x, c.grid_y, 512,
       {int SUM(c.axis_kills + c.allies_kills)}, {int SUM(c.axis_kills)}, {int SUM(c.allies_kills)},
       {int SUM(c.axis_kills + c.allies_kills)}, {int SUM(c.allies_kills)}, {int SUM(c.axis_kills)}
FROM kill_cell c WHERE c.map_name IN (SELECT name FROM stale_figure WHERE kind = 'map')
GROUP BY c.map_name, c.grid_x, c.grid_y

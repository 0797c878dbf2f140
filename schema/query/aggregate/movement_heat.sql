-- Where players walk, take damage and escape on the maps whose figures are stale.
INSERT INTO map_movement_heatmap (map_name, grid_x, grid_y, grid_size, traversal_count, combat_count, escape_count)
SELECT c.map_name, c.grid_x, c.grid_y, 512, {int SUM(c.traversal_count)}, {int SUM(c.combat_count)},
       {int SUM(c.escape_count)}
FROM movement_cell c WHERE c.map_name IN (SELECT name FROM stale_figure WHERE kind = 'map')
GROUP BY c.map_name, c.grid_x, c.grid_y

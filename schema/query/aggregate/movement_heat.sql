-- Where players walk, are hit and escape on the maps in $1.
INSERT INTO map_movement_heatmap (map_name, grid_x, grid_y, grid_size, traversal_count, combat_count, escape_count)
SELECT c.map_name, c.grid_x, c.grid_y, 512, {int SUM(c.traversal_count)}, {int SUM(c.combat_count)},
       {int SUM(c.escape_count)}
FROM movement_cell c WHERE c.map_name IN (SELECT value FROM {list $1})
GROUP BY c.map_name, c.grid_x, c.grid_y

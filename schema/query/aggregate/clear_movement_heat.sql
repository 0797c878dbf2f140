DELETE FROM map_movement_heatmap WHERE map_name IN (SELECT value FROM {list $1})

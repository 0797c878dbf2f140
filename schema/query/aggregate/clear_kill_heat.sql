DELETE FROM map_kill_heatmap WHERE map_name IN (SELECT value FROM {list $1})

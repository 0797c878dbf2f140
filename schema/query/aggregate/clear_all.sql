DELETE FROM player_movement_stats;
DELETE FROM player_teamplay_stats;
DELETE FROM crossfire_pairs;
DELETE FROM map_kill_heatmap;
DELETE FROM map_movement_heatmap;

-- Takes the six tables and all they hold away.
DROP TABLE IF EXISTS player_track, combat_engagement, player_teamplay_stats, crossfire_pairs, map_kill_heatmap,
    map_movement_heatmap;

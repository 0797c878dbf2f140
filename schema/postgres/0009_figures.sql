-- Figures that an earlier version settled counted each part of a round that was recorded in parts as a round of its own. All are
-- stale from now on, and computed anew.
INSERT INTO stale_figure (kind, name)
SELECT 'player', player_guid FROM round_player
UNION SELECT 'player', player_guid FROM player_movement_stats
UNION SELECT 'player', player_guid FROM player_teamplay_stats
UNION SELECT 'player', player1_guid FROM crossfire_pairs
UNION SELECT 'player', player2_guid FROM crossfire_pairs
UNION SELECT 'map', map_name FROM kill_cell
UNION SELECT 'map', map_name FROM movement_cell
UNION SELECT 'map', map_name FROM map_kill_heatmap
UNION SELECT 'map', map_name FROM map_movement_heatmap
WHERE TRUE
ON CONFLICT DO NOTHING;

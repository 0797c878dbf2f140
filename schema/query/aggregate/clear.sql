-- Stale figures go, each table's in one statement.
DELETE FROM player_movement_stats WHERE player_guid IN (SELECT name FROM stale_figure WHERE kind = 'player');
DELETE FROM player_teamplay_stats WHERE player_guid IN (SELECT name FROM stale_figure WHERE kind = 'player');
DELETE FROM crossfire_pairs
WHERE player1_guid IN (SELECT name FROM stale_figure WHERE kind = 'player')
   OR player2_guid IN (SELECT name FROM stale_figure WHERE kind = 'player');
DELETE FROM map_kill_heatmap WHERE map_name IN (SELECT name FROM stale_figure WHERE kind = 'map');
DELETE FROM map_movement_heatmap WHERE map_name IN (SELECT name FROM stale_figure WHERE kind = 'map');

-- The figures of the players of round $1 and of its map are stale from now on.
INSERT INTO stale_figure (kind, name)
SELECT 'player', player_guid FROM round_player WHERE file_id = $1
UNION SELECT 'map', map_name FROM tracker_file WHERE id = $1
ON CONFLICT DO NOTHING

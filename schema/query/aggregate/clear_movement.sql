DELETE FROM player_movement_stats WHERE player_guid IN (SELECT value FROM {list $1})

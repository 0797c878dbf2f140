DELETE FROM player_teamplay_stats WHERE player_guid IN (SELECT value FROM {list $1})

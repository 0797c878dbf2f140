DELETE FROM crossfire_pairs
WHERE player1_guid IN (SELECT value FROM {list $1}) OR player2_guid IN (SELECT value FROM {list $1})

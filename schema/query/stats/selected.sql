WITH selected AS (
    SELECT t.* FROM player_track t
    WHERE t.file_id IN (SELECT CAST(value AS integer) FROM {list $1})
      AND (CAST($2 AS text) IS NULL OR t.player_guid || '
' || t.player_name IN (SELECT value FROM {list $2}))
      AND (CAST($3 AS text) IS NULL OR t.team IN (SELECT value FROM {list $3}))
      AND (CAST($4 AS text) IS NULL OR t.player_class IN (SELECT value FROM {list $4}))
      AND t.alive_ms IS NOT NULL)

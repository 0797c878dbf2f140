SELECT map_name, COUNT(*), CAST(SUM(lives) AS bigint), CAST(SUM(samples) AS bigint) FROM tracker_file
WHERE replaced_by IS NULL GROUP BY map_name ORDER BY COUNT(*) DESC, {bytes map_name}

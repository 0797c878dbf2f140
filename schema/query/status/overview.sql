SELECT COUNT(CASE WHEN replaced_by IS NULL THEN 1 END), COUNT(replaced_by),
       CAST(COALESCE(SUM(CASE WHEN replaced_by IS NULL THEN lives END), 0) AS bigint),
       CAST(COALESCE(SUM(CASE WHEN replaced_by IS NULL THEN samples END), 0) AS bigint),
       CAST(COALESCE(SUM(CASE WHEN replaced_by IS NULL THEN fights END), 0) AS bigint),
       (SELECT COUNT(DISTINCT player_guid) FROM round_player),
       COUNT(DISTINCT CASE WHEN replaced_by IS NULL THEN session_date END),
       MIN(CASE WHEN replaced_by IS NULL THEN session_date END),
       MAX(CASE WHEN replaced_by IS NULL THEN session_date END)
FROM tracker_file

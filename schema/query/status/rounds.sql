-- Every round that is kept, in the order they were kept.
SELECT id, file_name, map_name, session_date, lives, samples, fights FROM tracker_file
WHERE replaced_by IS NULL ORDER BY id

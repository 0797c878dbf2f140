-- Every file of a date, and copies of other dates for which such a file stands.
SELECT id, map_name, replaced_by, lives, samples FROM tracker_file
WHERE session_date = $1
   OR replaced_by IN (SELECT content_hash FROM tracker_file WHERE session_date = $1)
ORDER BY id

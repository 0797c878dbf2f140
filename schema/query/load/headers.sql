-- Every round that is kept, in the order they were written.
SELECT id, session_date, round_number, lives, samples, fights, header FROM tracker_file
WHERE replaced_by IS NULL ORDER BY written_at, {bytes map_name}, {bytes content_hash}

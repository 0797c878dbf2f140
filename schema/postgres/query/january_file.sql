UPDATE tracker_file SET header = $2, round_number = $3, written_at = $4, lives = $5, samples = $6, fights = $7,
    tracker = $8
WHERE id = $1

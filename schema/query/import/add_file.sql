INSERT INTO tracker_file (content_hash, replaced_by, file_name, map_name, written_at, session_date, round_number,
    round_raw, round_start_unix, round_end_unix, tracker, tracker_version, state_source, sample_interval_ms, complete,
    lives, samples, fights, header)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
RETURNING id

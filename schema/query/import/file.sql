SELECT content_hash, replaced_by, file_name, map_name, written_at, session_date, round_number, round_raw,
       round_start_unix, round_end_unix, tracker, tracker_version, state_source, sample_interval_ms, complete, lives,
       samples, fights, header
FROM tracker_file WHERE id = $1

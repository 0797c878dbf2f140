DELETE FROM demo_kill WHERE file_id IN (SELECT id FROM demo_file WHERE path_hash = $1)

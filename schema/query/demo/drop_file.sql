DELETE FROM demo_file WHERE path_hash = $1

DELETE FROM tracker_file WHERE id = $1

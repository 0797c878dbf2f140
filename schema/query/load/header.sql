SELECT header FROM tracker_file WHERE id = $1

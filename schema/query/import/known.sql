-- A file by its bytes.
SELECT id, replaced_by, damaged FROM tracker_file WHERE content_hash = $1

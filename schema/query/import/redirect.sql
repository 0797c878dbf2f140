-- Copies that stood behind $1 stand behind $2 now.
UPDATE tracker_file SET replaced_by = $2 WHERE replaced_by = $1

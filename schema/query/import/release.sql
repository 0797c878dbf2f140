-- Forgets the copies that stand behind $1, so that they are looked at again when they come.
DELETE FROM tracker_file WHERE replaced_by = $1

-- Kills in runs of at least $1, by the killers in the list $3 if $2 is 1.
SELECT f.path, k.entry, k.map_name, k.round_raw, k.time_ms, k.server_time_ms, k.kind, k.means, k.weapon, k.head_shot,
       k.victim_slot, k.victim_name, k.victim_team, k.victim_x, k.victim_y, k.victim_z,
       k.killer_slot, k.killer_name, k.killer_team, k.killer_x, k.killer_y, k.killer_z, k.nth, k.run
FROM demo_kill k JOIN demo_file f ON f.id = k.file_id
WHERE k.run >= $1 AND ($2 = 0 OR k.killer_name IN (SELECT value FROM {list $3}))
ORDER BY {bytes f.path}, k.place

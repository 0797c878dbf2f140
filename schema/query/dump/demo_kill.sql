SELECT f.path_hash, k.place, k.entry, k.map_name, k.round_raw, k.time_ms, k.server_time_ms, k.kind, k.means, k.weapon,
       k.head_shot, k.victim_slot, k.victim_name, k.victim_team, k.victim_x, k.victim_y, k.victim_z, k.killer_slot,
       k.killer_name, k.killer_team, k.killer_x, k.killer_y, k.killer_z, k.nth, k.run
FROM demo_kill k JOIN demo_file f ON f.id = k.file_id ORDER BY {bytes f.path_hash}, k.place

SELECT f.content_hash, r.place, r.time_ms, r.player_guid, r.player_name, r.medic_guid, r.x, r.y, r.z
FROM revive r JOIN tracker_file f ON f.id = r.file_id ORDER BY {bytes f.content_hash}, r.place

SELECT f.content_hash, r.player_guid, r.player_name, r.is_bot
FROM round_player r JOIN tracker_file f ON f.id = r.file_id ORDER BY {bytes f.content_hash}, {bytes r.player_guid}

SELECT f.content_hash, a.fight, a.place, a.player_guid, a.player_name, a.team, a.damage, a.hits, a.got_kill
FROM engagement_attacker a JOIN tracker_file f ON f.id = a.file_id ORDER BY {bytes f.content_hash}, a.fight, a.place

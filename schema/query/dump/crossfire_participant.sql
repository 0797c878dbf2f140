SELECT f.content_hash, c.fight, c.place, c.player_guid, c.listed, c.counts
FROM crossfire_participant c JOIN tracker_file f ON f.id = c.file_id ORDER BY {bytes f.content_hash}, c.fight, c.place

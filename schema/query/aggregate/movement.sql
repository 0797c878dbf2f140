-- How the players whose figures are stale move, from all their believable lives.
INSERT INTO player_movement_stats (player_guid, player_name, is_bot, rounds, lives, samples, alive_ms, total_distance,
    avg_speed, peak_speed, avg_time_to_first_move_ms, stance_standing_ms, stance_crouching_ms, stance_prone_ms,
    stance_low_ms, sprint_ms, sprint_percentage, first_seen, last_seen)
SELECT t.player_guid,
       (SELECT r.player_name FROM round_player r JOIN tracker_file f ON f.id = r.file_id
        WHERE r.player_guid = t.player_guid ORDER BY f.written_at DESC, {bytes f.content_hash} DESC LIMIT 1),
       MAX(CASE WHEN t.is_bot THEN 1 ELSE 0 END) = 1,
       COUNT(DISTINCT t.file_id), COUNT(*), SUM(t.sample_count), CAST(SUM(t.alive_ms) AS bigint),
       CAST(SUM({whole t.total_distance * 10}) AS double precision) / 10,
       CAST(SUM({whole t.avg_speed * 1000}) AS double precision) / NULLIF(COUNT(t.avg_speed), 0) / 1000,
       MAX(t.peak_speed),
       CAST(SUM(t.time_to_first_move_ms) AS double precision) / NULLIF(COUNT(t.time_to_first_move_ms), 0),
       COALESCE(SUM({whole t.stance_standing_sec * 1000}), 0), COALESCE(SUM({whole t.stance_crouching_sec * 1000}), 0),
       COALESCE(SUM({whole t.stance_prone_sec * 1000}), 0), COALESCE(SUM({whole t.stance_low_sec * 1000}), 0),
       SUM({whole t.sprint_sec * 1000}),
       CAST(SUM({whole t.sprint_sec * 1000}) AS double precision) * 100
           / NULLIF(SUM(CASE WHEN t.sprint_sec IS NOT NULL THEN t.alive_ms END), 0),
       MIN(t.session_date), MAX(t.session_date)
FROM player_track t
WHERE t.player_guid IN (SELECT name FROM stale_figure WHERE kind = 'player') AND t.alive_ms IS NOT NULL
GROUP BY t.player_guid

-- What the engagements say about the players whose figures are stale; the definitions are those of `analysis::teamplay`.
INSERT INTO player_teamplay_stats (player_guid, player_name, crossfire_participations, crossfire_kills,
    crossfire_damage, crossfire_final_blows, avg_crossfire_delay_ms, solo_kills, solo_engagements, times_targeted,
    times_focused, focus_escapes, focus_deaths, solo_escapes, solo_deaths, avg_escape_distance,
    avg_engagement_duration_ms, total_damage_taken, total_damage_dealt_crossfire, first_seen)
WITH wanted AS (SELECT name AS guid FROM stale_figure WHERE kind = 'player'),
target AS (
    SELECT e.target_guid AS guid, COUNT(*) AS targeted,
           SUM(CASE WHEN e.num_attackers >= 2 THEN 1 ELSE 0 END) AS focused,
           SUM(CASE WHEN e.num_attackers >= 2 AND e.outcome = 'escaped' THEN 1 ELSE 0 END) AS focus_escapes,
           SUM(CASE WHEN e.num_attackers >= 2 AND e.outcome = 'killed' THEN 1 ELSE 0 END) AS focus_deaths,
           SUM(CASE WHEN e.num_attackers < 2 AND e.outcome = 'escaped' THEN 1 ELSE 0 END) AS solo_escapes,
           SUM(CASE WHEN e.num_attackers < 2 AND e.outcome = 'killed' THEN 1 ELSE 0 END) AS solo_deaths,
           SUM(e.total_damage_taken) AS damage,
           CAST(SUM(e.duration_ms) AS double precision) / COUNT(*) AS duration,
           CAST(SUM(CASE WHEN e.outcome = 'escaped' THEN {whole e.distance_traveled * 100} END) AS double precision)
               / NULLIF(SUM(CASE WHEN e.outcome = 'escaped' THEN 1 ELSE 0 END), 0) / 100 AS escape_distance
    FROM combat_engagement e WHERE e.target_guid IN (SELECT guid FROM wanted)
    GROUP BY e.target_guid),
share AS (
    SELECT c.player_guid AS guid, c.file_id, c.fight, COALESCE(SUM(a.damage), 0) AS damage,
           MAX(CASE WHEN a.got_kill THEN 1 ELSE 0 END) AS got_kill
    FROM crossfire_participant c
    LEFT JOIN engagement_attacker a ON a.file_id = c.file_id AND a.fight = c.fight AND a.player_guid = c.player_guid
    WHERE c.counts AND c.player_guid IN (SELECT guid FROM wanted)
    GROUP BY c.player_guid, c.file_id, c.fight),
crossfire AS (
    SELECT s.guid, COUNT(*) AS fights, SUM(CASE WHEN e.outcome = 'killed' THEN 1 ELSE 0 END) AS kills,
           SUM(s.damage) AS damage, SUM(s.got_kill) AS final_blows,
           CAST(SUM(e.crossfire_delay_ms) AS double precision) / NULLIF(COUNT(e.crossfire_delay_ms), 0) AS delay
    FROM share s JOIN combat_engagement e ON e.file_id = s.file_id AND e.fight = s.fight
    GROUP BY s.guid),
solo AS (
    SELECT a.player_guid AS guid, COUNT(*) AS fights,
           SUM(CASE WHEN a.got_kill AND e.outcome = 'killed' THEN 1 ELSE 0 END) AS kills
    FROM engagement_attacker a JOIN combat_engagement e ON e.file_id = a.file_id AND e.fight = a.fight
    WHERE e.num_attackers = 1 AND a.player_guid IN (SELECT guid FROM wanted)
      AND NOT EXISTS (SELECT 1 FROM engagement_attacker o
                      WHERE o.file_id = a.file_id AND o.fight = a.fight AND o.place <> a.place)
    GROUP BY a.player_guid)
SELECT w.guid,
       (SELECT r.player_name FROM round_player r JOIN tracker_file f ON f.id = r.file_id
        WHERE r.player_guid = w.guid ORDER BY f.written_at DESC, {bytes f.content_hash} DESC LIMIT 1),
       COALESCE(crossfire.fights, 0), COALESCE(crossfire.kills, 0), {int COALESCE(crossfire.damage, 0)},
       COALESCE(crossfire.final_blows, 0), crossfire.delay, COALESCE(solo.kills, 0), COALESCE(solo.fights, 0),
       COALESCE(target.targeted, 0), COALESCE(target.focused, 0), COALESCE(target.focus_escapes, 0),
       COALESCE(target.focus_deaths, 0), COALESCE(target.solo_escapes, 0), COALESCE(target.solo_deaths, 0),
       target.escape_distance, target.duration, {int COALESCE(target.damage, 0)}, {int COALESCE(crossfire.damage, 0)},
       (SELECT MIN(f.written_at) FROM round_player r JOIN tracker_file f ON f.id = r.file_id
        WHERE r.player_guid = w.guid)
FROM wanted w
LEFT JOIN target ON target.guid = w.guid
LEFT JOIN crossfire ON crossfire.guid = w.guid
LEFT JOIN solo ON solo.guid = w.guid
WHERE target.guid IS NOT NULL OR crossfire.guid IS NOT NULL
   OR EXISTS (SELECT 1 FROM engagement_attacker a WHERE a.player_guid = w.guid)

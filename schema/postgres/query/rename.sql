UPDATE player_track t SET player_guid = m.new_guid, player_name = m.new_name
FROM json_to_recordset(CAST($1 AS json)) AS m(old_guid text, old_name text, new_guid text, new_name text)
WHERE t.player_guid = m.old_guid AND t.player_name = m.old_name;

UPDATE combat_engagement e SET attackers = (
    SELECT jsonb_agg(CASE WHEN m.new_guid IS NULL THEN a.value
                     ELSE a.value || jsonb_build_object('guid', m.new_guid, 'name', m.new_name) END ORDER BY a.place)
    FROM jsonb_array_elements(e.attackers) WITH ORDINALITY AS a(value, place)
    LEFT JOIN json_to_recordset(CAST($1 AS json)) AS m(old_guid text, old_name text, new_guid text, new_name text)
         ON m.old_guid = a.value ->> 'guid' AND m.old_name = a.value ->> 'name')
WHERE jsonb_array_length(e.attackers) > 0;

UPDATE combat_engagement e SET crossfire_participants = (
    SELECT jsonb_agg(COALESCE(m.new_guid, p.value) ORDER BY p.place)
    FROM jsonb_array_elements_text(e.crossfire_participants) WITH ORDINALITY AS p(value, place)
    LEFT JOIN (SELECT old_guid, MIN(new_guid) AS new_guid FROM json_to_recordset(CAST($1 AS json))
               AS m(old_guid text, old_name text, new_guid text, new_name text) GROUP BY old_guid) AS m
         ON m.old_guid = p.value)
WHERE jsonb_typeof(e.crossfire_participants) = 'array' AND jsonb_array_length(e.crossfire_participants) > 0;

UPDATE combat_engagement e SET target_guid = m.new_guid, target_name = m.new_name
FROM json_to_recordset(CAST($1 AS json)) AS m(old_guid text, old_name text, new_guid text, new_name text)
WHERE e.target_guid = m.old_guid AND e.target_name = m.old_name;

UPDATE combat_engagement e SET
    killer_guid = CASE WHEN e.killer_guid IS NOT NULL THEN m.new_guid END,
    killer_name = CASE WHEN e.killer_name IS NOT NULL THEN m.new_name END
FROM json_to_recordset(CAST($1 AS json)) AS m(old_guid text, old_name text, new_guid text, new_name text)
WHERE COALESCE(e.killer_guid, '') = m.old_guid AND COALESCE(e.killer_name, '') = m.old_name
  AND COALESCE(e.killer_guid, e.killer_name) IS NOT NULL;

UPDATE engagement_attacker a SET player_guid = m.new_guid, player_name = m.new_name
FROM json_to_recordset(CAST($1 AS json)) AS m(old_guid text, old_name text, new_guid text, new_name text)
WHERE a.player_guid = m.old_guid AND a.player_name = m.old_name;

UPDATE round_player r SET player_guid = m.new_guid, player_name = m.new_name
FROM json_to_recordset(CAST($1 AS json)) AS m(old_guid text, old_name text, new_guid text, new_name text)
WHERE r.player_guid = m.old_guid AND r.player_name = m.old_name;

UPDATE revive r SET player_guid = m.new_guid, player_name = m.new_name
FROM json_to_recordset(CAST($1 AS json)) AS m(old_guid text, old_name text, new_guid text, new_name text)
WHERE r.player_guid = m.old_guid AND r.player_name = m.old_name;

UPDATE revive r SET medic_guid = m.new_guid
FROM json_to_recordset(CAST($1 AS json)) AS m(old_guid text, old_name text, new_guid text, new_name text)
WHERE r.medic_guid = m.old_guid;

UPDATE crossfire_participant c SET player_guid = m.new_guid
FROM json_to_recordset(CAST($1 AS json)) AS m(old_guid text, old_name text, new_guid text, new_name text)
WHERE c.player_guid = m.old_guid;

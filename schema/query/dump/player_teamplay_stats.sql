SELECT player_guid, player_name, crossfire_participations, crossfire_kills, crossfire_damage, crossfire_final_blows,
       avg_crossfire_delay_ms, solo_kills, solo_engagements, times_targeted, times_focused, focus_escapes,
       focus_deaths, solo_escapes, solo_deaths, avg_escape_distance, avg_engagement_duration_ms, total_damage_taken,
       total_damage_dealt_crossfire, first_seen
FROM player_teamplay_stats ORDER BY {bytes player_guid}

SELECT player1_guid, player1_name, player2_guid, player2_name, crossfire_count, crossfire_kills,
       total_combined_damage, avg_delay_ms, games_together, first_played, last_played
FROM crossfire_pairs ORDER BY {bytes player1_guid}, {bytes player2_guid}

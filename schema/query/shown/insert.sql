INSERT INTO discord_shown (channel_id, message_id, player, sent, is_due) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (message_id, player) DO NOTHING

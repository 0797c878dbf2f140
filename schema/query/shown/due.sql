SELECT DISTINCT channel_id, message_id FROM discord_shown WHERE is_due ORDER BY message_id, channel_id

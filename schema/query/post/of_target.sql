SELECT session_date, address, state, attempts, first_try, since, next_try, message_id, fingerprint
FROM discord_post WHERE target = $1 ORDER BY session_date

INSERT INTO discord_post
    (target, session_date, address, state, attempts, first_try, since, next_try, message_id, fingerprint)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (target, session_date) DO NOTHING

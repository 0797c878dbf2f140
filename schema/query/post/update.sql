-- The row, if it is still as it was read: in its state, after so many attempts.
UPDATE discord_post SET address = $3, state = $4, attempts = $5, first_try = $6, since = $7, next_try = $8,
    message_id = $9, fingerprint = $10
WHERE target = $1 AND session_date = $2 AND state = $11 AND attempts = $12

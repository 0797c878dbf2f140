-- Messages about sessions in chat channels, one for each target and session. The row is written before the message is sent,
-- so that none is sent twice. `state` is 'sending', 'sent', 'waiting' (until `next_try`), 'unsure' (whether it arrived),
-- 'refused' (by the channel, whose address has the hash `address`) or 'given_up'; `since` is when it came about. Times are
-- seconds since 1970. `fingerprint` is that of what the message tells; '' means that it must be told anew.
CREATE TABLE discord_post (
    target TEXT NOT NULL,
    session_date TEXT NOT NULL,
    address TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    first_try INTEGER NOT NULL,
    since INTEGER NOT NULL,
    next_try INTEGER NOT NULL,
    message_id TEXT,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (target, session_date)
) WITHOUT ROWID;

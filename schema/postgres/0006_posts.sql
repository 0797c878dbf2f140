-- Messages about sessions in chat channels, one for each target and session. The row is written before the message is sent,
-- so that none is sent twice. `state` is 'sending', 'sent', 'waiting' (until `next_try`), 'unsure' (whether it arrived),
-- 'refused' (by the channel, whose address has the hash `address`) or 'given_up'; `since` is when it came about. Times are
-- seconds since 1970. `fingerprint` is that of what the message tells; '' means that it must be told anew.
CREATE TABLE discord_post (
    target VARCHAR(64) NOT NULL,
    session_date DATE NOT NULL,
    address VARCHAR(64) NOT NULL,
    state VARCHAR(16) NOT NULL,
    attempts INTEGER NOT NULL,
    first_try BIGINT NOT NULL,
    since BIGINT NOT NULL,
    next_try BIGINT NOT NULL,
    message_id VARCHAR(32),
    fingerprint VARCHAR(64) NOT NULL,
    PRIMARY KEY (target, session_date)
);

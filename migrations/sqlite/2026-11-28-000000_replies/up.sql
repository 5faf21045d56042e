-- Replies go to the end of their table, and only their keys, which are random, anywhere in an index: with the rows themselves
-- in the order of their keys, every reply of a large table dirtied pages of its own.
CREATE TABLE replies (
    key          BLOB    NOT NULL PRIMARY KEY,
    request_hash BLOB    NOT NULL,
    status       INTEGER NOT NULL,
    version      BIGINT,
    location     TEXT,
    body         BLOB    NOT NULL,
    created_at   BIGINT  NOT NULL
);
INSERT INTO replies SELECT key, request_hash, status, version, location, body, created_at FROM idempotency ORDER BY created_at;
DROP TABLE idempotency;
ALTER TABLE replies RENAME TO idempotency;
CREATE INDEX idempotency_by_age ON idempotency (created_at);

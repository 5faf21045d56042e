CREATE TABLE replies (
    key          BLOB    NOT NULL PRIMARY KEY,
    request_hash BLOB    NOT NULL,
    status       INTEGER NOT NULL,
    version      BIGINT,
    location     TEXT,
    body         BLOB    NOT NULL,
    created_at   BIGINT  NOT NULL
) WITHOUT ROWID;
INSERT INTO replies SELECT key, request_hash, status, version, location, body, created_at FROM idempotency;
DROP TABLE idempotency;
ALTER TABLE replies RENAME TO idempotency;
CREATE INDEX idempotency_by_age ON idempotency (created_at);

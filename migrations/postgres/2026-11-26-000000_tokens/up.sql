-- Tokens of the staff. Not events: who may do what belongs to this database, not to what happened in the mall, and an
-- export does not carry it elsewhere.
CREATE TABLE tokens (
    -- SHA-256 of the secret, which nobody but its holder has.
    token_hash BYTEA NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    name       TEXT COLLATE "C" NOT NULL,
    role       TEXT COLLATE "C" NOT NULL CHECK (role IN ('admin', 'reader')),
    created_at BIGINT NOT NULL,
    -- A revoked token stays as a record of who had access; its name may be given again.
    revoked_at BIGINT
);
CREATE UNIQUE INDEX tokens_in_use ON tokens (name) WHERE revoked_at IS NULL;

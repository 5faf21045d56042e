-- The tables of migrations/sqlite, with the same names and columns, in PostgreSQL's words. Texts compare byte for byte
-- (COLLATE "C"), as SQLite's do: ids, cursors and sorted lists are the same on both, and comparing is cheap.

CREATE TABLE log (
    one           INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    log_id        TEXT COLLATE "C" NOT NULL,
    currency      TEXT COLLATE "C" NOT NULL,
    created_at    BIGINT  NOT NULL
);

-- Where the journal ends. Every transaction of the writer begins by moving this row on: it gives positions without gaps
-- in commit order, counts commits, which tells whether one that got no answer happened, and shuts out a writer of an
-- earlier epoch (docs/adr/0006). SQLite needs none of it: there is one process and no connection to lose.
CREATE TABLE log_head (
    one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    position BIGINT  NOT NULL CHECK (position >= 0),
    commits  BIGINT  NOT NULL,
    epoch    BIGINT  NOT NULL
);
INSERT INTO log_head (one, position, commits, epoch) VALUES (1, 0, 0, 0);

CREATE TABLE events (
    position       BIGINT NOT NULL PRIMARY KEY,
    stream         TEXT COLLATE "C" NOT NULL,
    stream_id      TEXT COLLATE "C" NOT NULL,
    version        BIGINT NOT NULL CHECK (version > 0),
    name           TEXT COLLATE "C" NOT NULL,
    payload        TEXT COLLATE "C" NOT NULL,
    occurred_at    BIGINT NOT NULL,
    correlation_id TEXT COLLATE "C" NOT NULL,
    causation_id   TEXT COLLATE "C" NOT NULL,
    hash           BYTEA  NOT NULL,
    UNIQUE (stream_id, version)
);

CREATE FUNCTION plaza_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION plaza_append_only();

CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
FOR EACH STATEMENT EXECUTE FUNCTION plaza_append_only();

CREATE TRIGGER events_are_never_truncated BEFORE TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION plaza_append_only();

CREATE TABLE stores (
    id                    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name                  TEXT COLLATE "C" NOT NULL,
    location              TEXT COLLATE "C" NOT NULL,
    participating         BOOLEAN NOT NULL,
    confirmation_delay_ms BIGINT  NOT NULL CHECK (confirmation_delay_ms >= 0),
    fulfilment            TEXT COLLATE "C" NOT NULL,
    archived              BOOLEAN NOT NULL,
    version               BIGINT  NOT NULL,
    created_at            BIGINT  NOT NULL
);

CREATE TABLE products (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    store_id    TEXT COLLATE "C" NOT NULL REFERENCES stores (id),
    sku         TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    price       BIGINT  NOT NULL CHECK (price >= 0),
    on_hand     BIGINT  NOT NULL,
    reserved    BIGINT  NOT NULL CHECK (reserved >= 0),
    archived    BOOLEAN NOT NULL,
    version     BIGINT  NOT NULL,
    created_at  BIGINT  NOT NULL,
    CHECK (on_hand >= reserved)
);
CREATE INDEX products_by_store ON products (store_id, id);
CREATE UNIQUE INDEX products_sku ON products (store_id, sku) WHERE NOT archived;

CREATE TABLE reservations (
    order_id TEXT COLLATE "C" NOT NULL,
    store_id TEXT COLLATE "C" NOT NULL,
    lines    TEXT COLLATE "C" NOT NULL,
    status   TEXT COLLATE "C" NOT NULL CHECK (status IN ('reserved', 'released', 'shipped')),
    PRIMARY KEY (order_id, store_id)
);
CREATE INDEX reservations_live ON reservations (store_id) WHERE status = 'reserved';

CREATE TABLE customers (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL,
    phone      TEXT COLLATE "C" NOT NULL,
    token_hash BYTEA  NOT NULL UNIQUE,
    version    BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE payments (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    customer_id TEXT COLLATE "C" NOT NULL REFERENCES customers (id),
    status      TEXT COLLATE "C" NOT NULL,
    authorized  BIGINT NOT NULL CHECK (authorized >= 0),
    available   BIGINT NOT NULL CHECK (available >= 0),
    held        BIGINT NOT NULL CHECK (held >= 0),
    captured    BIGINT NOT NULL CHECK (captured >= 0),
    refunded    BIGINT NOT NULL CHECK (refunded >= 0 AND refunded <= captured),
    version     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    CHECK (authorized = available + held + captured)
);
CREATE INDEX payments_by_customer ON payments (customer_id, id);

CREATE TABLE holds (
    order_id   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    payment_id TEXT COLLATE "C" NOT NULL,
    amount     BIGINT NOT NULL CHECK (amount >= 0),
    status     TEXT COLLATE "C" NOT NULL CHECK (status IN ('held', 'captured', 'voided'))
);
CREATE INDEX holds_live ON holds (payment_id) WHERE status = 'held';

CREATE TABLE baskets (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    customer_id TEXT COLLATE "C",
    items       TEXT COLLATE "C" NOT NULL,
    pieces      BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX baskets_by_customer ON baskets (customer_id) WHERE customer_id IS NOT NULL;

CREATE TABLE orders (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    customer_id TEXT COLLATE "C" NOT NULL,
    payment_id  TEXT COLLATE "C" NOT NULL,
    status      TEXT COLLATE "C" NOT NULL,
    reasons     TEXT COLLATE "C" NOT NULL,
    archived    BOOLEAN NOT NULL,
    next_due_at BIGINT,
    total       BIGINT  NOT NULL CHECK (total >= 0),
    version     BIGINT  NOT NULL,
    created_at  BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL,
    body        TEXT COLLATE "C" NOT NULL
);
CREATE INDEX orders_by_customer ON orders (customer_id, id);
CREATE INDEX orders_by_status ON orders (status, id);
CREATE INDEX orders_due ON orders (next_due_at, id) WHERE next_due_at IS NOT NULL;
CREATE INDEX orders_rejected ON orders (id) WHERE reasons <> '';
CREATE INDEX orders_archived ON orders (id) WHERE archived;

CREATE TABLE order_stores (
    store_id TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (store_id, order_id)
);

CREATE TABLE idempotency (
    key          BYTEA   NOT NULL PRIMARY KEY,
    request_hash BYTEA   NOT NULL,
    status       INTEGER NOT NULL,
    version      BIGINT,
    location     TEXT COLLATE "C",
    body         BYTEA   NOT NULL,
    created_at   BIGINT  NOT NULL
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- Lower case by Unicode, whatever the locale of the cluster; a server built without ICU does what its locale can.
DO $$
DECLARE
    by_unicode TEXT := CASE WHEN EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu')
        THEN 'text COLLATE "und-x-icu"' ELSE 'text COLLATE "default"' END;
BEGIN
    EXECUTE 'CREATE FUNCTION plaza_lower(text TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN lower('
        || by_unicode || ') COLLATE "C"';
END $$;

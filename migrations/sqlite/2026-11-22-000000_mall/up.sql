-- Types are kept to what SQLite and PostgreSQL share: ids TEXT, times BIGINT (µs UTC), money BIGINT (minor units),
-- JSON TEXT, hashes BLOB.

CREATE TABLE log (
    one           INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    log_id        TEXT    NOT NULL,
    currency      TEXT    NOT NULL,
    created_at    BIGINT  NOT NULL
);

-- The journal. Position is dense and in commit order; hash chains every row to the one before.
CREATE TABLE events (
    position       INTEGER NOT NULL PRIMARY KEY,
    stream         TEXT    NOT NULL,
    stream_id      TEXT    NOT NULL,
    version        BIGINT  NOT NULL CHECK (version > 0),
    name           TEXT    NOT NULL,
    payload        TEXT    NOT NULL,
    occurred_at    BIGINT  NOT NULL,
    correlation_id TEXT    NOT NULL,
    causation_id   TEXT    NOT NULL,
    hash           BLOB    NOT NULL,
    UNIQUE (stream_id, version)
);

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE stores (
    id                    TEXT    NOT NULL PRIMARY KEY,
    name                  TEXT    NOT NULL,
    location              TEXT    NOT NULL,
    participating         BOOLEAN NOT NULL,
    confirmation_delay_ms BIGINT  NOT NULL CHECK (confirmation_delay_ms >= 0),
    fulfilment            TEXT    NOT NULL,
    archived              BOOLEAN NOT NULL,
    version               BIGINT  NOT NULL,
    created_at            BIGINT  NOT NULL
);

CREATE TABLE products (
    id          TEXT    NOT NULL PRIMARY KEY,
    store_id    TEXT    NOT NULL REFERENCES stores (id),
    sku         TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    description TEXT    NOT NULL,
    price       BIGINT  NOT NULL CHECK (price >= 0),
    on_hand     BIGINT  NOT NULL,
    reserved    BIGINT  NOT NULL CHECK (reserved >= 0),
    archived    BOOLEAN NOT NULL,
    version     BIGINT  NOT NULL,
    created_at  BIGINT  NOT NULL,
    CHECK (on_hand >= reserved)
);
CREATE INDEX products_by_store ON products (store_id, id);
CREATE UNIQUE INDEX products_sku ON products (store_id, sku) WHERE archived = 0;

CREATE TABLE reservations (
    order_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    lines    TEXT NOT NULL,
    status   TEXT NOT NULL CHECK (status IN ('reserved', 'released', 'shipped')),
    PRIMARY KEY (order_id, store_id)
) WITHOUT ROWID;
CREATE INDEX reservations_live ON reservations (store_id) WHERE status = 'reserved';

CREATE TABLE customers (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    phone      TEXT   NOT NULL,
    token_hash BLOB   NOT NULL UNIQUE,
    version    BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE payments (
    id          TEXT   NOT NULL PRIMARY KEY,
    customer_id TEXT   NOT NULL REFERENCES customers (id),
    status      TEXT   NOT NULL,
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
    order_id   TEXT   NOT NULL PRIMARY KEY,
    payment_id TEXT   NOT NULL,
    amount     BIGINT NOT NULL CHECK (amount >= 0),
    status     TEXT   NOT NULL CHECK (status IN ('held', 'captured', 'voided'))
) WITHOUT ROWID;
CREATE INDEX holds_live ON holds (payment_id) WHERE status = 'held';

CREATE TABLE baskets (
    id          TEXT   NOT NULL PRIMARY KEY,
    customer_id TEXT,
    items       TEXT   NOT NULL,
    pieces      BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX baskets_by_customer ON baskets (customer_id) WHERE customer_id IS NOT NULL;

-- next_due_at is the order's durable timer: when its saga next needs attention, NULL once it is settled.
CREATE TABLE orders (
    id          TEXT    NOT NULL PRIMARY KEY,
    customer_id TEXT    NOT NULL,
    payment_id  TEXT    NOT NULL,
    status      TEXT    NOT NULL,
    reasons     TEXT    NOT NULL,
    archived    BOOLEAN NOT NULL,
    next_due_at BIGINT,
    total       BIGINT  NOT NULL CHECK (total >= 0),
    version     BIGINT  NOT NULL,
    created_at  BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL,
    body        TEXT    NOT NULL
);
CREATE INDEX orders_by_customer ON orders (customer_id, id);
CREATE INDEX orders_by_status ON orders (status, id);
CREATE INDEX orders_due ON orders (next_due_at, id) WHERE next_due_at IS NOT NULL;
CREATE INDEX orders_rejected ON orders (id) WHERE reasons <> '';
CREATE INDEX orders_archived ON orders (id) WHERE archived = 1;

CREATE TABLE order_stores (
    store_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    PRIMARY KEY (store_id, order_id)
) WITHOUT ROWID;

CREATE TABLE idempotency (
    key          BLOB    NOT NULL PRIMARY KEY,
    request_hash BLOB    NOT NULL,
    status       INTEGER NOT NULL,
    version      BIGINT,
    location     TEXT,
    body         BLOB    NOT NULL,
    created_at   BIGINT  NOT NULL
) WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (created_at);

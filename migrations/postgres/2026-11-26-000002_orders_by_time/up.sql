-- Orders are listed by when they were submitted. An id is made a little before, so its order is another one.
DROP INDEX orders_by_customer;
DROP INDEX orders_by_status;
DROP INDEX orders_rejected;
DROP INDEX orders_archived;
CREATE INDEX orders_by_time ON orders (created_at, id);
CREATE INDEX orders_by_customer ON orders (customer_id, created_at, id);
CREATE INDEX orders_by_status ON orders (status, created_at, id);
CREATE INDEX orders_rejected ON orders (created_at, id) WHERE reasons <> '';
CREATE INDEX orders_archived ON orders (created_at, id) WHERE archived;

CREATE TABLE order_stores_by_time (
    store_id   TEXT COLLATE "C" NOT NULL,
    -- Of the order.
    created_at BIGINT NOT NULL,
    order_id   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (store_id, created_at, order_id)
);
INSERT INTO order_stores_by_time (store_id, created_at, order_id)
SELECT order_stores.store_id, orders.created_at, orders.id
FROM order_stores JOIN orders ON orders.id = order_stores.order_id;
DROP TABLE order_stores;
ALTER TABLE order_stores_by_time RENAME TO order_stores;

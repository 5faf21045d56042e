CREATE TABLE order_stores_by_id (
    store_id TEXT   NOT NULL,
    order_id TEXT   NOT NULL,
    PRIMARY KEY (store_id, order_id)
) WITHOUT ROWID;
INSERT INTO order_stores_by_id (store_id, order_id) SELECT store_id, order_id FROM order_stores;
DROP TABLE order_stores;
ALTER TABLE order_stores_by_id RENAME TO order_stores;

DROP INDEX orders_by_time;
DROP INDEX orders_by_customer;
DROP INDEX orders_by_status;
DROP INDEX orders_rejected;
DROP INDEX orders_archived;
CREATE INDEX orders_by_customer ON orders (customer_id, id);
CREATE INDEX orders_by_status ON orders (status, id);
CREATE INDEX orders_rejected ON orders (id) WHERE reasons <> '';
CREATE INDEX orders_archived ON orders (id) WHERE archived = 1;

-- What a full group commit of orders writes, made inside the server: 170 orders of one store (1 020 events, 510 changes
-- of order rows, holds, reservations), of real sizes, into the tables and indexes of a mall. No client, no protocol, no
-- hashes: the ceiling of this journal on this PostgreSQL. The few rows of payments and products are left out.
BEGIN;
UPDATE log_head SET position = position + 1020, commits = commits + 1;
INSERT INTO events (position, stream, stream_id, version, name, payload, occurred_at, correlation_id, causation_id, hash)
SELECT at, 'order', lpad((at / 6)::text, 36, '0'), at % 6 + 1, 'order.submitted',
       repeat('x', CASE at % 6 WHEN 0 THEN 800 ELSE 120 END), 1764000000000000 + at,
       lpad((at / 6)::text, 36, '0'), repeat('c', 38), decode(repeat('00', 32), 'hex')
FROM (SELECT position - 1020 + generate_series(1, 1020) AS at FROM log_head) AS positions;
INSERT INTO orders (id, customer_id, payment_id, status, reasons, archived, next_due_at, total, version, created_at, updated_at, body)
SELECT lpad(n::text, 36, '0'), lpad((n % 8)::text, 36, '0'), lpad((n % 8)::text, 36, '0'), 'pending', '', false,
       1764000000000000 + n, 1000, 1, 1764000000000000 + n, 1764000000000000 + n, repeat('x', 900)
FROM (SELECT position / 6 - 170 + generate_series(1, 170) AS n FROM log_head) AS numbers;
UPDATE orders SET status = 'accepted', version = version + 1, next_due_at = next_due_at + 1, body = repeat('y', 950)
FROM (SELECT position / 6 - 510 + generate_series(1, 340) AS n FROM log_head) AS numbers
WHERE id = lpad(n::text, 36, '0');
INSERT INTO order_stores (store_id, created_at, order_id)
SELECT lpad((n % 8)::text, 36, '0'), 1764000000000000 + n, lpad(n::text, 36, '0')
FROM (SELECT position / 6 - 170 + generate_series(1, 170) AS n FROM log_head) AS numbers;
INSERT INTO holds (order_id, payment_id, amount, status)
SELECT lpad(n::text, 36, '0'), lpad((n % 8)::text, 36, '0'), 1000, 'held'
FROM (SELECT position / 6 - 170 + generate_series(1, 170) AS n FROM log_head) AS numbers;
INSERT INTO reservations (order_id, store_id, lines, status)
SELECT lpad(n::text, 36, '0'), lpad((n % 8)::text, 36, '0'), repeat('l', 70), 'reserved'
FROM (SELECT position / 6 - 170 + generate_series(1, 170) AS n FROM log_head) AS numbers;
COMMIT;

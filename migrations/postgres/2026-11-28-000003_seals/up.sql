-- Rows of which something is made by no event carry a hash of themselves, so that damage shows; rows from before have none.
ALTER TABLE log ADD COLUMN seal BYTEA;
ALTER TABLE consumers ADD COLUMN seal BYTEA;
ALTER TABLE tokens ADD COLUMN seal BYTEA;
ALTER TABLE statistics ADD COLUMN seal BYTEA;
ALTER TABLE idempotency ADD COLUMN seal BYTEA;
ALTER TABLE customers ADD COLUMN seal BYTEA;

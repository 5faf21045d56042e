-- Rows of which something is made by no event carry a hash of themselves, so that damage shows; rows from before have none.
ALTER TABLE log ADD COLUMN seal BLOB;
ALTER TABLE consumers ADD COLUMN seal BLOB;
ALTER TABLE tokens ADD COLUMN seal BLOB;
ALTER TABLE statistics ADD COLUMN seal BLOB;
ALTER TABLE idempotency ADD COLUMN seal BLOB;
ALTER TABLE customers ADD COLUMN seal BLOB;

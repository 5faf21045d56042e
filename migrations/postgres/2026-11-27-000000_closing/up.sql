-- A closing that was begun is ended by whoever finds it: after a crash, the next start.
ALTER TABLE stores ADD COLUMN closing BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX stores_closing ON stores (id) WHERE closing;

DROP INDEX stores_closing;
ALTER TABLE stores DROP COLUMN closing;

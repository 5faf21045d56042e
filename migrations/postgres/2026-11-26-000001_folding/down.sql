DO $$
DECLARE
    by_unicode TEXT := CASE WHEN EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu')
        THEN 'text COLLATE "und-x-icu"' ELSE 'text COLLATE "default"' END;
BEGIN
    EXECUTE 'CREATE OR REPLACE FUNCTION plaza_lower(text TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN lower('
        || by_unicode || ') COLLATE "C"';
END $$;

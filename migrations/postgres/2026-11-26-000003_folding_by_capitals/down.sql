-- Case is folded: the two small letters of the Greek sigma are one, and a sharp s is two. The other database does the same
-- in `db::dialect`. Nothing is indexed by this function.
DO $$
DECLARE
    by_unicode TEXT := CASE WHEN EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu')
        THEN 'text COLLATE "und-x-icu"' ELSE 'text COLLATE "default"' END;
BEGIN
    EXECUTE 'CREATE OR REPLACE FUNCTION plaza_lower(text TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN replace(replace(lower('
        || by_unicode || ') COLLATE "C", ''ς'', ''σ''), ''ß'', ''ss'')';
END $$;

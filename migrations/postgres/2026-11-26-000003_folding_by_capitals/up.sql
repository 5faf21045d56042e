-- Case is folded by way of capitals, which joins all letters that share them. The other database does the same in
-- `db::dialect`. Where the server has no ICU it knows no capitals of more than one letter: the sharp s stays named.
DO $$
DECLARE
    by_unicode TEXT := CASE WHEN EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu')
        THEN '"und-x-icu"' ELSE '"default"' END;
BEGIN
    EXECUTE 'CREATE OR REPLACE FUNCTION plaza_lower(text TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN replace(replace(lower(upper(lower(text COLLATE '
        || by_unicode || ') COLLATE ' || by_unicode || ') COLLATE ' || by_unicode || ') COLLATE "C", ''ς'', ''σ''), ''ß'', ''ss'')';
END $$;

-- A journal is never torn down: facts are not dropped. Start with an empty data directory instead.
SELECT RAISE_A_JOURNAL_IS_NEVER_DROPPED;

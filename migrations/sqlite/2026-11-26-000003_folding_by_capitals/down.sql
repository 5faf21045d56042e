-- The function is the program's own here (`db::dialect`).
SELECT 1;

-- How far each durable consumer of the journal is. A cursor that is behind only makes its consumer repeat itself.
CREATE TABLE consumers (
    name     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL CHECK (position >= 0)
);

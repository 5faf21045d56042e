-- How many orders became what in spans of the mall's time, as its consumer counted them; saved with the consumer's position.
-- A slot is written again once its span is too old to be kept.
CREATE TABLE statistics (
    step_s BIGINT NOT NULL CHECK (step_s >= 0),
    slot   BIGINT NOT NULL CHECK (slot >= 0),
    at_s   BIGINT NOT NULL,
    counts TEXT   NOT NULL,
    PRIMARY KEY (step_s, slot)
);

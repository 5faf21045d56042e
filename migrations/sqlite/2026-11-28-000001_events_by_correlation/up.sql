-- What one request or one order led to, in the order it happened, over all streams.
CREATE INDEX events_by_correlation ON events (correlation_id);

DROP INDEX events_by_correlation;

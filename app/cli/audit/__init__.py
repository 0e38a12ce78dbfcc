"""Who changed what, in chained entries."""

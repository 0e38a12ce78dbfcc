"""Who changed what, chained."""

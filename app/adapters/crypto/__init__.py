"""Our own keys and the hashing of passwords."""

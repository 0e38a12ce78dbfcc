"""Our own keys and password hashing."""

"""Sessions: checks, forward-auth, logout on all channels."""

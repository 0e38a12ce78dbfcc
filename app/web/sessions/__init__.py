"""Signed-in periods: check, forward-auth, logout on all channels."""

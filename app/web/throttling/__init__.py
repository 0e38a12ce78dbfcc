"""Limits on guessing."""

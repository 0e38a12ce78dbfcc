"""Signing in: attempts, callback, account chooser, connection checks."""

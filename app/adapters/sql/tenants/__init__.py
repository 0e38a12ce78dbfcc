"""Customers: lookup, policy, security settings."""

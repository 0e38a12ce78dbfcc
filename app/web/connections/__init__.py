"""A tenant's links to its providers, their keys and checks."""

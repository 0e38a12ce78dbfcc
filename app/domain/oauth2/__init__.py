"""The bridge as provider: clients and scopes."""

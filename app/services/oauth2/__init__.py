"""The bridge as provider: clients, codes, tokens."""

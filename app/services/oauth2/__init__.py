"""The bridge as provider: clients, codes, tokens, and what signs them."""

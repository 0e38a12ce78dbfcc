"""The bridge as OpenID provider: what apps and their people's browsers ask it."""

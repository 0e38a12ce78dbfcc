"""The bridge as OpenID provider: authorizations, their codes and tokens."""

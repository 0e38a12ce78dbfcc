"""The OpenID provider of `sso-bridge demo`: Canaille, third-party software in its own environment.

Owns starting and stopping it, the people who can sign in there, and the bridge's client there. Must not know the
bridge: it gets redirect URIs, and returns an issuer, a client id and a secret.
"""

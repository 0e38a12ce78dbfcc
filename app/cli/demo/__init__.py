"""The OpenID provider of `sso-bridge demo`: Canaille, somebody else's software, in an environment of its own.

Owns starting and ending it, the people who can sign in there, and the client that the bridge is to it.
Must not know the bridge: it is told redirect URIs, and gives an issuer, a client id and a secret.
"""

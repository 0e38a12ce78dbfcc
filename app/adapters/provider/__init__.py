"""The relying party: speaks OpenID Connect and OAuth 2.0 with a tenant's provider.

Owns everything between the redirect and an `ExternalIdentity`: metadata, keys, the code exchange, the id_token,
userinfo. It must not know tenants, accounts, sessions, our own HTTP requests or any store. Whatever a provider sends,
the only exception that leaves this package is `SsoError`.

    provider_client     the port `ProviderClient`; chooses the protocol, and catches whatever a provider's bytes cause
    ├── authorization   the authorization request and its response
    ├── pushed_request  the request sent to the provider directly → client_auth
    ├── metadata        discovery and manual endpoints          ┐ both in a `document_cache`
    ├── oidc  oauth2    the two protocols' steps, in order      │
    │   ├── token_request → client_auth, token_response         │
    │   ├── id_token → signature → keys                         ┘
    │   ├── profile         stricter requirements of a connection: DPoP, IPSIE
    │   ├── userinfo, emails, claim_path
    │   └── trust           keys for decrypting and verifying tokens → encryption, userinfo_token, private_keys
    └── channel         the requests of one login to its provider → dpop
        documents, wording: JSON and text from providers
"""

"""The relying party: speaks OpenID Connect and OAuth 2.0 with a tenant's provider.

Owns everything between the redirect out and an `ExternalIdentity`: metadata, keys, the code exchange, the id_token,
userinfo. It must not know tenants, accounts, sessions, HTTP requests of ours or any store. Whatever a provider sends,
the only exception that leaves this package is `SsoError`.

    provider_client     the port `ProviderClient`; which protocol, and the one rim for a provider's bytes
    ├── authorization   where to send the browser; what it brought back
    ├── pushed_request  what is asked, told to the provider itself → client_auth
    ├── metadata        discovery and manual endpoints          ┐ both in a `document_cache`
    ├── oidc  oauth2    the two protocols' steps, in order      │
    │   ├── token_request → client_auth, token_response         │
    │   ├── id_token → signature → keys                         ┘
    │   ├── profile         what a connection demands beyond that: DPoP, IPSIE
    │   ├── userinfo, emails, claim_path
    │   └── trust           what tokens are opened and verified with → encryption, userinfo_token, private_keys
    └── channel         one login's way to its provider → dpop
        documents, wording: JSON and text as providers write them
"""

"""SSO Bridge: one login in front of a vendor's apps, with each customer's own provider behind it.

Each capability is a room with the same name on every floor: `login` is a service in `services/login`, pages in
`web/login`, storage in `adapters/sql/login` and rules in `domain/login`.

    GET /t/acme/oauth/login   web/login/login → services/login/login, `begin`:
                                  tenant and connection, policy, a login attempt sealed into a cookie
                              adapters/provider: the authorization request → 302 to the tenant's provider

    GET /callback/<id>        web/login/callback → services/login/login, `complete`, in this order:
                                  open the attempt and claim it → policy, network, is the connection active?
                                  → who started it → iss → error → code
                              adapters/provider: exchange the code → verify the id_token → userinfo (sub must agree)
                              services/accounts/matching: which accounts? (domain/accounts/matching)
                                  0: refused, with a reason | 1: that account | n: the chooser
                              services/sessions/sessions, `open`: consumes a choice, links, opens; one transaction
                                  tests, account checks and confirmations end in services/login/connection_checks
                              web/login/callback: cookie → 303 onward

    POST /t/acme/login        web/login/login → services/passwords/passwords, `login` → services/sessions, `open`
                                  or, if a code is needed: services/passwords/pending_mfa seals it into a form
    POST /t/acme/login/code   web/passwords/second_factor → services/passwords/passwords, `second_step` → the same

    POST /support/tenants/acme/switch         from now on no password opens anything in acme:
                              web/sso_only/switch → services/sso_only/switch_command: the decision, and the page version
                                  → now: services/sso_only/enforcement, `switch_within`
                                  | later: services/sso_only/switching, `plan`, and the worker's `carry_out_due`
                                  both check first: is everything as the page showed it, is every blocker accepted?

Every path that could open a session asks services/sso_only/enforcement, the one decision point for the login policy.
Every attempt, good or bad, leaves a trace under its reference (services/traces), which `sso-bridge trace` explains.

Imports, left to right: wsgi | cli → factory → wiring → bridge → settings → web | adapters → services → ports → domain.
"""

"""SSO Bridge: one login path in front of a vendor's apps, a provider of each customer's behind it.

Each capability is a room of the same name on every floor: what is said of `login` in `services/login` is shown in
`web/login`, kept in `adapters/sql/login`, ruled in `domain/login`.

    GET /t/acme/oauth/login   web/login/login → services/login/login, `begin`:
                                  tenant and connection, policy, a login attempt sealed into a cookie
                              adapters/provider: the authorization request → 302 to the tenant's provider

    GET /callback/<id>        web/login/callback → services/login/login, `complete`, in this order:
                                  open the attempt and claim it → policy, network, is the connection still active?
                                  → whoever began it → iss → error → code
                              adapters/provider: exchange the code → verify the id_token → userinfo (sub must agree)
                              services/accounts/matching: who may this be? (domain/accounts/matching)
                                  0: refused, with a reason | 1: that account | n: the chooser
                              services/sessions/sessions, `open`: consumes a choice, links, opens; one transaction
                                  no login but a test, a proof, a confirmation: services/login/connection_checks
                              web/login/callback: cookie → 303 onward

    POST /t/acme/login        web/login/login → services/passwords/passwords, `login` → services/sessions, `open`
                                  or, where a code is needed: services/passwords/pending_mfa seals it into a form
    POST /t/acme/login/code   web/passwords/second_factor → services/passwords/passwords, `second_step` → the same

    POST /support/tenants/acme/switch         from here on no password opens anything in acme:
                              web/sso_only/switch → services/sso_only/switch_command: what was decided, on which page
                                  → now: services/sso_only/enforcement, `switch_within`
                                  | later: services/sso_only/switching, `plan`, and the worker's `carry_out_due`
                                  both ask first: is all as the page showed it, is every blocker accepted?

Every path that could open a session asks services/sso_only/enforcement, the one decision point for the login policy.
Every attempt, good or bad, leaves a trace under its reference (services/traces), which `sso-bridge trace` explains.

Arrows of imports: wsgi | cli → factory → wiring → bridge → settings → web | adapters → services → ports → domain.
"""

"""Signing out in a browser: here, then at the provider, and on to wherever the person is expected."""

import json
from dataclasses import dataclass

from flask import Response, request

from app.ports.sealing import SealBroken, Sealer
from app.services.sessions.logout import STATE, LogoutService
from app.web.browser import Browser
from app.web.pages import go
from app.web.user_session import SignedInUser


@dataclass(frozen=True, slots=True)
class Returned:
    """Someone who comes back from signing out at their provider."""

    tenant: str
    onward: str | None


@dataclass(frozen=True, slots=True)
class SignOut:
    """What must survive the way to the provider and back travels in a sealed cookie, bound to that way by a `state`."""

    logout: LogoutService
    sealer: Sealer
    browser: Browser

    def sign_out(self, user: SignedInUser, *, onward: str | None = None) -> Response:
        """End the session. `onward` is a URL that has been checked; without it the page that says so comes last."""
        slug = user.signed_in.tenant.slug
        provider = self.logout.logout(user.signed_in)
        response = go(provider.url if provider else onward or f"/logged-out?tenant={slug}")
        self.browser.cookies.clear_session(response)
        if provider:
            kept = json.dumps({"state": provider.state, "tenant": slug, "onward": onward}).encode()
            self.browser.cookies.set_logout_state(response, self.sealer.seal(kept, purpose=STATE))
        return response

    def returned(self) -> Returned | None:
        """The present request, if it comes back from the provider that this browser was sent to."""
        try:
            kept = json.loads(self.sealer.open(self.browser.cookies.logout_state(request) or "", purpose=STATE))
        except SealBroken:
            return None
        if kept["state"] != request.args.get("state"):
            return None
        return Returned(tenant=str(kept["tenant"]), onward=kept.get("onward"))

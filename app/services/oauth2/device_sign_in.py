"""Signing in a device without a browser: it shows a code, and the person types it elsewhere (RFC 8628)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.errors import NotFound
from app.domain.oauth2.authorization import AuthorizationId, new_authorization, token_hash
from app.domain.oauth2.client import Client, GrantType, Scope
from app.domain.oauth2.device_code import DEVICE_CODE_S, POLL_EVERY_S, DeviceCode, DeviceState, shown, typed, user_code
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.oauth2.scopes import OPENID, parse_scopes, require_held
from app.domain.sessions.session import SignedIn
from app.domain.tenants.tenant import Status
from app.ports.counters import Counters
from app.ports.repositories import Database, Work
from app.ports.system import Clock, Randomness
from app.services.oauth2.authorize import require_signed_in
from app.services.oauth2.limits import device_request_limits, user_code_limits
from app.services.oauth2.tokens import Issued, Redeemed, TokenService, require_grant
from app.services.sso_only.enforcement import Enforcement
from app.services.throttling.throttle import count, require_room
from app.services.traces.traces import TraceService

SLOWER_S = 5
"""Added to the interval of a device that polls too often (section 3.5)."""
WORKING_TRIES = 5
NO_DEVICE = "device code"


@dataclass(frozen=True, slots=True)
class DeviceBegun:
    """What the device is told. `user_code` is what it shows."""

    device_code: str = field(repr=False)
    user_code: str
    expires_in_s: int = DEVICE_CODE_S
    interval_s: int = POLL_EVERY_S


@dataclass(frozen=True, slots=True)
class DeviceRequest:
    """What the person is shown before they decide; the scopes in the words of the catalogue."""

    code: DeviceCode
    client: Client
    scopes: Sequence[Scope]

    @property
    def user_code(self) -> str:
        return shown(self.code.user_code)


@dataclass(frozen=True, slots=True)
class DeviceSignIn:
    """The device asks and polls, the person decides: two parties that meet in one row."""

    database: Database
    enforcement: Enforcement
    tokens: TokenService
    traces: TraceService
    counters: Counters
    clock: Clock
    randomness: Randomness

    def begin(self, client: Client, *, scope: str | None, client_ip: str) -> DeviceBegun:
        """Raises OAuth2Error; SsoError `throttled` for a device that asks again and again."""
        require_grant(client, GrantType.DEVICE_CODE)
        scopes = parse_scopes(scope) or (OPENID,)
        require_held(scopes, client)
        count(self.counters, device_request_limits(client.client_id, client_ip=client_ip))
        now, secret = self.clock.now(), self.randomness.token()
        for _ in range(WORKING_TRIES):  # among a million waiting devices, one in 25,000 meets a code that is taken
            code = DeviceCode(
                device_hash=token_hash(secret),
                user_code=user_code(self.randomness.token()),
                client_id=client.client_id,
                scopes=scopes,
                asked_from=client_ip,
                made_at=now,
                expires_at=now + DEVICE_CODE_S,
            )
            with self.database.write() as work:
                if work.device_codes.add(code):
                    return DeviceBegun(secret, shown(code.user_code))
        raise OAuth2Error("temporarily_unavailable", "Too many devices are waiting. Try again later.")

    def asked(self, text: str, signed_in: SignedIn, *, client_ip: str) -> DeviceRequest:
        """The device that shows this code. Wrong ones are counted (section 5.1).

        Raises NotFound, also if its app is another tenant's; SsoError `throttled` after too many.
        """
        limits = user_code_limits(client_ip=client_ip)
        require_room(self.counters, limits)
        with self.database.read() as work:
            found = self._asked(work, text, signed_in)
        if found is None:
            self.counters.hit(limits)
            raise NotFound(NO_DEVICE, "")
        return found

    def approve(self, text: str, signed_in: SignedIn, *, client_ip: str) -> DeviceRequest:
        """In one transaction, if the decision point agrees. Raises NotFound, and LoginStopped."""
        request = self.asked(text, signed_in, client_ip=client_ip)
        session, tenant, now = signed_in.session, signed_in.tenant, self.clock.now()
        with self.traces.attempt(session.method, tenant, rate_limited=True) as log:
            log.facts["client"], log.account_id = request.client.client_id, signed_in.account.id
            log.facts["login"] = session.reference
            log.begin("policy")
            self.enforcement.require(tenant, session.method, client_ip=client_ip)
            log.begin("authorization")
            authorization = new_authorization(
                signed_in, request.client, request.code.scopes, now, AuthorizationId(self.randomness.token())
            )
            with self.database.write() as work:
                require_signed_in(work, signed_in, authorization)
                approved = work.device_codes.approve(request.code.device_hash, authorization.id)
                if approved:
                    work.authorizations.add(authorization)
        if not approved:  # somebody was faster
            raise NotFound(NO_DEVICE, "")
        return request

    def deny(self, text: str, signed_in: SignedIn, *, client_ip: str) -> DeviceRequest:
        """Raises NotFound."""
        request = self.asked(text, signed_in, client_ip=client_ip)
        with self.database.write() as work:
            if not work.device_codes.deny(request.code.device_hash):
                raise NotFound(NO_DEVICE, "")
        return request

    def redeem(self, client: Client, device_code: str, *, client_ip: str) -> Issued:
        """What a poll brings: tokens once, after the person has agreed (section 3.5). Raises OAuth2Error."""
        require_grant(client, GrantType.DEVICE_CODE)
        with self.database.write() as work:
            code = work.device_codes.get(token_hash(device_code))
            if code is None or code.client_id != client.client_id:
                raise OAuth2Error("invalid_grant", "The device code is unknown or another client's.")
            waits = self._waits(work, code)
            redeemed = None if waits else self._redeemed(work, client, code, client_ip=client_ip)
        if waits is not None:
            raise waits
        if redeemed is None:
            raise OAuth2Error("invalid_grant", "The device code has been used before.")
        return self.tokens.issued(redeemed)

    def _waits(self, work: Work, code: DeviceCode) -> OAuth2Error | None:
        """Why the device gets nothing, or nothing yet; its poll is noted."""
        now = self.clock.now()
        if code.expires_at <= now:
            return OAuth2Error("expired_token", "The device code has expired: ask for another one.")
        if code.state is DeviceState.DENIED:
            return OAuth2Error("access_denied", "The person has refused.")
        if code.state is not DeviceState.WAITING:
            return None
        too_often = code.polled_at is not None and now < code.polled_at + code.interval_s
        interval_s = code.interval_s + SLOWER_S if too_often else code.interval_s
        work.device_codes.polled(code.device_hash, at=now, interval_s=interval_s)
        if too_often:
            return OAuth2Error("slow_down", f"Wait {interval_s} seconds between requests.")
        return OAuth2Error("authorization_pending", "The person has not decided yet.")

    def _redeemed(self, work: Work, client: Client, code: DeviceCode, *, client_ip: str) -> Redeemed | None:
        if code.authorization_id is None or not work.device_codes.redeem(code.device_hash):
            return None
        authorized = work.authorizations.live(code.authorization_id, now=self.clock.now())
        if authorized is None:
            raise OAuth2Error("invalid_grant", "What the person agreed to has ended.")
        self.tokens.require(authorized, client, client_ip=client_ip)
        return self.tokens.stored(work, authorized, code.scopes)

    def _asked(self, work: Work, text: str, signed_in: SignedIn) -> DeviceRequest | None:
        wanted = typed(text)
        code = work.device_codes.waiting(wanted, now=self.clock.now()) if wanted else None
        client = work.clients.get(code.client_id) if code else None
        if code is None or client is None or client.status is not Status.ACTIVE:
            return None
        if client.tenant_id not in (None, signed_in.tenant.id):
            return None
        catalogue = {scope.name: scope for scope in work.clients.scopes()}
        return DeviceRequest(code, client, [catalogue.get(name, Scope(name, "")) for name in code.scopes])

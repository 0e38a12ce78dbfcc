"""`/device`: where a person lets a device in that shows a code (RFC 8628, section 3.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, request

from app.domain.errors import NotFound, SsoError
from app.domain.oauth2.device_code import typed
from app.domain.reasons.codes import ReasonCode
from app.domain.traces.trace import LoginStopped
from app.ports.system import Clock
from app.services.oauth2.client_authentication import ClientAuthenticator
from app.services.oauth2.device_sign_in import DeviceRequest, DeviceSignIn
from app.web.browser import Browser, client_ip
from app.web.i18n import ago, gettext
from app.web.oauth2.consent import permission
from app.web.oauth2.machine import Asked, Endpoint
from app.web.oauth2.machine_answers import Answer, in_json
from app.web.oauth2.server import authenticated
from app.web.pages import go, page, what_to_do, with_query
from app.web.user_session import SignedInUser, signed_in_user

DEVICE = "/device"
LONGEST_TYPED = 40


@dataclass(frozen=True, slots=True)
class DeviceRequestViews:
    """`POST /oauth2/device_authorization`, which the device calls."""

    authenticator: ClientAuthenticator
    device_sign_in: DeviceSignIn
    issuer: str

    def endpoints(self) -> Mapping[str, Endpoint]:
        return {"/oauth2/device_authorization": Endpoint(self.begin, by_pages=False)}

    def begin(self, asked: Asked) -> Answer:
        client = authenticated(self.authenticator, asked)
        begun = self.device_sign_in.begin(client, scope=asked.parameters.get("scope"), client_ip=asked.client_ip)
        told = {
            "device_code": begun.device_code,
            "user_code": begun.user_code,
            "verification_uri": f"{self.issuer}{DEVICE}",
            "verification_uri_complete": with_query(f"{self.issuer}{DEVICE}", user_code=begun.user_code),
            "expires_in": begun.expires_in_s,
            "interval": begun.interval_s,
        }
        return in_json(told)


@dataclass(frozen=True, slots=True)
class DeviceViews:
    """The code, then who asks for what; nothing is decided by following a link."""

    device_sign_in: DeviceSignIn
    clock: Clock
    browser: Browser

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("device", __name__)
        blueprint.add_url_rule(DEVICE, view_func=self.show, endpoint="show")
        blueprint.add_url_rule(DEVICE, view_func=self.decide, endpoint="decide", methods=["POST"])
        return blueprint

    def show(self) -> Response:
        """Looking for a code takes a sign-in first, so that strangers cannot try codes."""
        text, user = request.args.get("user_code", "")[:LONGEST_TYPED], signed_in_user()
        if not text.strip():
            return _form(user)
        if typed(text) is None:
            return _form(user, text, problem=_unknown(), status=HTTPStatus.BAD_REQUEST)
        if user is None:
            return go(with_query("/", next=with_query(DEVICE, user_code=text.strip())))
        try:
            asked = self.device_sign_in.asked(text, user.signed_in, client_ip=client_ip())
        except (NotFound, SsoError) as error:
            return _refused(error, user, text)
        return self._question(asked, user)

    def decide(self) -> Response:
        user = self.browser.poster()
        text = request.form.get("user_code", "")[:LONGEST_TYPED]
        allowed = request.form.get("decision") == "allow"
        act = self.device_sign_in.approve if allowed else self.device_sign_in.deny
        try:
            asked = act(text, user.signed_in, client_ip=client_ip())
        except LoginStopped:
            raise  # the policy says no: the page of a stopped login explains it
        except (NotFound, SsoError) as error:
            return _refused(error, user, text)
        return page("device_done.html", tenant=user.signed_in.tenant, app=asked.client.name, allowed=allowed)

    def _question(self, asked: DeviceRequest, user: SignedInUser) -> Response:
        return page(
            "device_confirm.html",
            tenant=user.signed_in.tenant,
            account=user.signed_in.account,
            app=asked.client.name,
            permissions=[permission(scope) for scope in asked.scopes],
            user_code=asked.user_code,
            asked_from=asked.code.asked_from,
            asked_when=ago(asked.code.made_at, now=self.clock.now()),
            action=DEVICE,
            csrf_token=self.browser.csrf_token(user),
        )


def _refused(error: NotFound | SsoError, user: SignedInUser, text: str) -> Response:
    """The form again."""
    if isinstance(error, SsoError) and error.code is ReasonCode.THROTTLED:
        problem = gettext("Too many codes were wrong.") + " " + what_to_do(error.code, error.details)
        answer = _form(user, text, problem=problem, status=HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["Retry-After"] = str(error.details["retry_after_s"])
        return answer
    if isinstance(error, SsoError):
        raise error
    return _form(user, text, problem=_unknown(), status=HTTPStatus.BAD_REQUEST)


def _unknown() -> str:
    return gettext("That code is wrong or has expired. Compare it with your device, or start again there.")


def _form(user: SignedInUser | None, text: str = "", *, problem: str = "", status: int = HTTPStatus.OK) -> Response:
    tenant = user.signed_in.tenant if user else None
    return page("device.html", status=status, tenant=tenant, user_code=text, problem=problem, action=DEVICE)

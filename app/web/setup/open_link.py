"""`/setup/<token>`: the link from the mail, and the code that opens it."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, request
from wtforms import StringField

from app.domain.errors import NotFound
from app.domain.setup.setup_link import CodeResult, LinkState
from app.services.setup.setup_links import SeenLink, SetupLinkService
from app.web.browser import Browser, client_ip
from app.web.pages import go, page
from app.web.setup.setup_words import closed_page, code_problem, not_sent
from app.web.site.csrf import BoundForm

LINK = "/setup/<token>"
CODE = "/setup/<token>/code"
CODE_MOST = 40


class SendForm(BoundForm):
    """Nothing but the button: a mail scanner that follows the link presses none."""


class CodeForm(BoundForm):
    """The code."""

    code = StringField()


@dataclass(frozen=True, slots=True)
class OpenLinkViews:
    """Looking consumes nothing. Only the code, typed in the browser that asked for it, opens the set-up."""

    setup_links: SetupLinkService
    browser: Browser

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("setup_link", __name__)
        blueprint.add_url_rule(LINK, view_func=self.show, endpoint="show")
        blueprint.add_url_rule(LINK, view_func=self.send, endpoint="send", methods=["POST"])
        blueprint.add_url_rule(CODE, view_func=self.ask, endpoint="ask")
        blueprint.add_url_rule(CODE, view_func=self.redeem, endpoint="redeem", methods=["POST"])
        return blueprint

    def show(self, token: str) -> Response:
        seen = self._seen(token)
        return seen if isinstance(seen, Response) else self._link_page(seen)

    def send(self, token: str) -> Response:
        self.browser.check_csrf()
        seen = self._seen(token)
        if isinstance(seen, Response):
            return seen
        result = self.setup_links.send_code(token, self.browser.name(), client_ip=client_ip())
        if result is CodeResult.CLOSED:
            return self.show(token)
        if result is not CodeResult.DONE:
            return self._code_page(seen, sending=not_sent(result), status=HTTPStatus.TOO_MANY_REQUESTS)
        return go(f"/setup/{token}/code")

    def ask(self, token: str) -> Response:
        seen = self._seen(token)
        return seen if isinstance(seen, Response) else self._code_page(seen)

    def redeem(self, token: str) -> Response:
        self.browser.check_csrf()
        seen = self._seen(token)
        if isinstance(seen, Response):
            return seen
        typed = request.form.get("code", "")[:CODE_MOST]
        redeemed = self.setup_links.redeem(token, typed, self.browser.name(), client_ip=client_ip())
        if redeemed.result is CodeResult.DONE:
            response = go("/setup/sso")
            self.browser.cookies.set_setup(response, redeemed.session)
            return response
        if redeemed.result is CodeResult.CLOSED or (redeemed.result is CodeResult.WRONG and not redeemed.tries_left):
            return self.show(token)
        return self._code_page(seen, problem=code_problem(redeemed), status=HTTPStatus.BAD_REQUEST)

    def _seen(self, token: str) -> SeenLink | Response:
        """A link that can be opened, or the page that says why not."""
        try:
            seen = self.setup_links.seen(token)
        except NotFound:
            return closed_page(None, status=HTTPStatus.NOT_FOUND)
        at_work = self.setup_links.at_work(self.browser.cookies.setup(request))
        if at_work is not None and at_work.link.id == seen.link.id:
            return go("/setup/sso")
        return seen if seen.state is LinkState.SENT else closed_page(seen.state, status=HTTPStatus.GONE)

    def _link_page(self, seen: SeenLink) -> Response:
        form = SendForm(meta={"csrf_context": self.browser.csrf_context()})
        response = page("setup/link.html", tenant=seen.tenant, form=form, email=_hinted(seen.link.email))
        self.browser.keep(response)
        return response

    def _code_page(self, seen: SeenLink, *, problem: str = "", sending: str = "", status: int = 200) -> Response:
        form = CodeForm(request.form, meta={"csrf_context": self.browser.csrf_context()})
        if problem:
            form.code.errors = [problem]
        token = (request.view_args or {})["token"]
        response = page(
            "setup/code.html",
            status=status,
            tenant=seen.tenant,
            form=form,
            email=_hinted(seen.link.email),
            sending=sending,
            action=f"/setup/{token}/code",
            send_action=f"/setup/{token}",
        )
        self.browser.keep(response)
        return response


def _hinted(email: str) -> str:
    """Whoever was forwarded the link need not learn the address: `i…@acme.example`."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}…@{domain}"

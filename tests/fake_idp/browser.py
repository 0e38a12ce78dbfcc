"""The browser's part at the provider: it goes there and brings the answer back."""

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

from tests.fake_idp.http_client import Answered, ask


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPost:
    """The form that sends itself to the redirect URI: `client.post(form.action, data=form.fields)`."""

    action: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserResponse:
    """What the provider answered. Asking for what it did not answer fails the test with the page's text."""

    answered: Answered

    @property
    def status(self) -> int:
        return self.answered.status

    @property
    def text(self) -> str:
        return self.answered.text

    @property
    def callback_url(self) -> str:
        """Where a response by `query` leads."""
        location = self.answered.headers.get("location")
        if location is None:
            raise AssertionError(f"the provider did not redirect: {self.status} {self.text}")
        return location

    @property
    def form(self) -> FormPost:
        """The form of a response by `form_post`."""
        reader = _FormReader()
        reader.feed(self.text)
        if reader.action is None:
            raise AssertionError(f"the provider sent no form: {self.status} {self.text}")
        return FormPost(action=reader.action, fields=reader.fields)

    @property
    def parameters(self) -> dict[str, str]:
        """Code, state and so on, whichever way they come."""
        if "location" in self.answered.headers:
            return dict(parse_qsl(urlsplit(self.callback_url).query, keep_blank_values=True))
        return dict(self.form.fields)


def authorize(url: str, provider: str) -> BrowserResponse:
    """Go to `url`, which must be at `provider` (its origin). Nothing is followed."""
    if not url.startswith(f"{provider}/"):
        raise AssertionError(f"{url} does not lead to the provider at {provider}")
    return BrowserResponse(answered=ask(url))


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.action = given.get("action")
        if tag == "input" and (name := given.get("name")):
            self.fields[name] = given.get("value") or ""

"""What the browser complains about on the bridge's own pages, and how much they weigh."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError

from app.web.pages import STATIC

_STATUS = "Failed to load resource: the server responded with a status of"
_WEIGHT = """
[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .reduce((sum, entry) => sum + entry.decodedBodySize, 0)
"""


@dataclass
class Watch:
    """Console errors and warnings, violations of the content security policy among them, and uncaught exceptions."""

    origin: str
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._error)

    def leave(self, context: BrowserContext) -> None:
        context.remove_listener("console", self._console)
        context.remove_listener("weberror", self._error)

    def _console(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        on_our_page = message.page is not None and message.page.url.startswith(self.origin)
        if message.type not in ("error", "warning") or not (where.startswith(self.origin) or on_our_page):
            return
        # A page that says no has the status for it, which Chromium notes; what a page is made of must be there.
        if message.text.startswith(_STATUS) and "/static/" not in where and "of 500" not in message.text:
            return
        self.complaints.append(f"{where}: {message.text}")

    def _error(self, error: WebError) -> None:
        if error.page is not None and error.page.url.startswith(self.origin):
            self.complaints.append(f"{error.page.url}: {error.error}")


def weight(page: Page) -> int:
    """Bytes of the page with everything that it loads, uncompressed; the tab's icon is loaded by browsers only."""
    loaded: int = page.evaluate(_WEIGHT)
    return loaded + (STATIC / "favicon.svg").stat().st_size

"""People whose provider never answers: `python -m tests.bench.stage.stuck BASE_URL SLUG BROWSERS EVERY_S`.

Each starts a login every so many seconds, or when the last one has failed, whichever is later. Runs until it is ended.
"""

import asyncio
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PATIENCE_S = 30


@dataclass(slots=True)
class StuckBrowser:
    """Follows redirects one by one, with fresh cookies for each login."""

    login_url: str
    cookies: dict[str, str] = field(default_factory=dict)

    async def login(self) -> None:
        self.cookies.clear()
        at_provider = await self.get(self.login_url)
        back = await self.get(at_provider)
        await self.get(back)

    async def get(self, url: str) -> str:
        """Where it leads to."""
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [
            f"GET {parts.path}?{parts.query} HTTP/1.1",
            f"Host: {parts.netloc}",
            "Connection: close",
            *([f"Cookie: {cookies}"] if cookies else []),
        ]
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        finally:
            writer.close()
        location = ""
        for line in head.split("\r\n")[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition("=")
                self.cookies[cookie] = rest.split(";", 1)[0]
            elif name.lower() == "location":
                location = value
        return location


async def again_and_again(login_url: str, *, every_s: float, after_s: float) -> None:
    browser = StuckBrowser(login_url)
    await asyncio.sleep(after_s)
    while True:
        began = time.monotonic()
        # It hangs, or is refused: as wanted.
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            await asyncio.wait_for(browser.login(), PATIENCE_S)
        await asyncio.sleep(max(0.0, began + every_s - time.monotonic()))


async def main() -> None:
    base_url, slug, browsers, every_s = sys.argv[1:]
    login_url, count = f"{base_url}/t/{slug}/oauth/login", int(browsers)
    await asyncio.gather(
        *(
            again_and_again(login_url, every_s=float(every_s), after_s=float(every_s) * number / count)
            for number in range(count)
        )
    )


if __name__ == "__main__":
    asyncio.run(main())

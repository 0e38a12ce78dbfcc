"""Passwords that somebody types: counted before they are looked at, then looked at in turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from app.domain.tenants.tenant import Tenant
from app.ports.counters import Counters, Limit
from app.services.passwords.pending_mfa import PendingMfa
from app.services.sessions.sessions import Opened
from app.services.throttling.devices import Devices
from app.services.throttling.fair_places import FairPlaces, NoPlace
from app.services.throttling.throttle import count, forgive, password_limits, site
from app.services.traces.traces import TraceLog


@dataclass(frozen=True, slots=True)
class Guess:
    """One password for one name. `device` is what it was counted under where the browser is known, else empty."""

    limits: tuple[Limit, ...]
    client_ip: str
    device: str


@dataclass(frozen=True, slots=True)
class Guesses:
    """Cookies of known browsers are `device_cookie` here: None where there is none."""

    counters: Counters
    devices: Devices
    places: FairPlaces

    def counted(
        self, log: TraceLog, tenant: Tenant, *, username: str, client_ip: str, device_cookie: str | None
    ) -> Guess:
        """Raises SsoError `throttled` where there were too many."""
        log.begin("throttle")
        device = self.devices.of(device_cookie, tenant, username)
        limits = password_limits(tenant, username=username, client_ip=client_ip, device=device)
        log.correlated = False  # a flood that is stopped here, or finds no place, must not fill the store
        count(self.counters, limits)
        return Guess(limits, client_ip, device)

    @contextmanager
    def place(self, log: TraceLog, guess: Guess) -> Iterator[None]:
        """To look at the password in. Raises NoPlace: it was not looked at, and is not counted."""
        try:
            with self.places.place(site(guess.client_ip)):
                log.correlated = True
                log.begin("password")
                yield
        except NoPlace:
            forgive(self.counters, guess.limits)
            raise

    def right(self, guess: Guess) -> None:
        """It was none."""
        forgive(self.counters, guess.limits)

    def right_with_code(self, tenant: Tenant, half: PendingMfa) -> None:
        limits = password_limits(tenant, username=half.username, client_ip=half.client_ip, device=half.device)
        forgive(self.counters, limits)

    def remembered(self, opened: Opened, device_cookie: str | None) -> Opened:
        """With the cookie by which this browser is no stranger any more."""
        cookie = self.devices.remembering(device_cookie, opened.tenant, opened.account.username)
        return replace(opened, device_cookie=cookie)

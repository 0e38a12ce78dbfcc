"""Typed passwords: counted before they are checked, then checked when there is a free place."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from app.domain.sessions.visitor import Visitor
from app.domain.tenants.tenant import Tenant
from app.ports.counters import Counters, Limit
from app.services.sessions.sessions import Opened
from app.services.throttling.devices import Devices
from app.services.throttling.fair_places import FairPlaces, NoPlace
from app.services.throttling.throttle import count, forgive, password_limits, site
from app.services.traces.traces import TraceLog


@dataclass(frozen=True, slots=True)
class Guess:
    """One password for one name. `device` is the key for a known browser's own count, else empty."""

    username: str
    client_ip: str
    device: str

    def limits(self, tenant: Tenant) -> tuple[Limit, ...]:
        return password_limits(tenant, username=self.username, client_ip=self.client_ip, device=self.device)


@dataclass(frozen=True, slots=True)
class Guesses:
    """The steps around checking one."""

    counters: Counters
    devices: Devices
    places: FairPlaces

    def counted(self, log: TraceLog, tenant: Tenant, username: str, visitor: Visitor) -> Guess:
        """Raises SsoError `throttled` after too many."""
        log.begin("throttle")
        guess = Guess(username, visitor.client_ip, self.devices.of(visitor.device, tenant, username))
        log.correlated = False  # a flood that is throttled, or finds no free place, must not fill the store
        count(self.counters, guess.limits(tenant))
        return guess

    @contextmanager
    def place(self, log: TraceLog, tenant: Tenant, guess: Guess) -> Iterator[None]:
        """A place in which to check the password. Raises NoPlace: then it is neither checked nor counted."""
        try:
            with self.places.place(site(guess.client_ip)):
                log.correlated = True
                log.begin("password")
                yield
        except NoPlace:
            forgive(self.counters, guess.limits(tenant))
            raise

    def right(self, tenant: Tenant, guess: Guess) -> None:
        """The password was wrong."""
        forgive(self.counters, guess.limits(tenant))

    def remembered(self, opened: Opened, visitor: Visitor) -> Opened:
        """The password was right; returns the cookie by which this browser is known from now on."""
        cookie = self.devices.remembering(visitor.device, opened.tenant, opened.account.username)
        return replace(opened, device_cookie=cookie)

"""`/sso/<connection>/keys`: the bridge's own keys for a connection, in both consoles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import Role
from app.domain.connections.connection import ClientAuth, Connection, ConnectionId
from app.domain.connections.connection_key import CACHEABLE_S, ConnectionKey, KeyUse, signer
from app.domain.connections.expiry import expiries
from app.domain.connections.provider_addresses import provider_addresses
from app.domain.tenants.tenant import Tenant
from app.ports.system import Clock
from app.services.connections.connection_keys import ConnectionKeyService
from app.services.connections.overview import ConnectionOverview
from app.web.connections.key_words import KeyAct, acts, days_left, state_of, use_of
from app.web.connections.steps import Step
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import moment
from app.web.pages import go

_HERE = "/sso/<connection_id>/keys"
TAB = "sso"


@dataclass(frozen=True, slots=True)
class KeyPageViews:
    """For a tenant's admins, and for operators. Whoever has a set-up link looks: what changes keys asks an account."""

    connection_keys: ConnectionKeyService
    overview: ConnectionOverview
    clock: Clock
    base_url: str
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("keys_of_connection", self.place, staff_roles=[Role.OPERATOR])
        pages.page(_HERE, self.keys)
        pages.form(f"{_HERE}/new", self.ask_new, self.make_new)
        pages.form(f"{_HERE}/retire", self.ask_retire, self.retire_old)
        pages.form(f"{_HERE}/withdraw", self.ask_withdraw, self.withdraw_old)
        return pages

    def keys(self, tenant: Tenant, connection_id: str) -> Response:
        connection, keys = self.connection_keys.of_connection(tenant, ConnectionId(connection_id))
        newest, settings = _newest(keys), self.overview.one(tenant, connection.id).settings
        return self.place.page(
            "connection_keys.html",
            tenant,
            TAB,
            connection=connection,
            back=self.place.url(tenant, "sso", connection.id, *([] if self.place.may_decide else [Step.CLIENT])),
            jwks_uri=provider_addresses(self.base_url, tenant, connection).jwks_uri,
            generations=self._generations(keys, signing=_signing(settings)),
            ends=[days_left(expiry) for expiry in expiries(settings, now=self.clock.now())],
            own_key=settings.private_key is not None,
            signs=_signing(settings),
            acts=[
                act
                for act in acts(still_signing=self._at_once(connection, keys)).values()
                if newest or act.name == "new"
            ],
            has_old=any(key.generation < newest for key in keys),
            url=self._url(tenant, connection),
        )

    def ask_new(self, tenant: Tenant, connection_id: str) -> Response:
        return self._ask(tenant, connection_id, "new")

    def make_new(self, tenant: Tenant, connection_id: str) -> Response:
        def make(generation: int) -> None:
            self.connection_keys.make_new(
                tenant,
                ConnectionId(connection_id),
                generation=generation,
                withdraw=False,
                by=self.place.console.actor(),
            )

        return self._done(tenant, connection_id, make)

    def ask_retire(self, tenant: Tenant, connection_id: str) -> Response:
        return self._ask(tenant, connection_id, "retire")

    def retire_old(self, tenant: Tenant, connection_id: str) -> Response:
        def retire(generation: int) -> None:
            self.connection_keys.retire_old(
                tenant, ConnectionId(connection_id), generation=generation, by=self.place.console.actor()
            )

        return self._done(tenant, connection_id, retire)

    def ask_withdraw(self, tenant: Tenant, connection_id: str) -> Response:
        return self._ask(tenant, connection_id, "withdraw")

    def withdraw_old(self, tenant: Tenant, connection_id: str) -> Response:
        def withdraw(generation: int) -> None:
            self.connection_keys.make_new(
                tenant,
                ConnectionId(connection_id),
                generation=generation,
                withdraw=True,
                by=self.place.console.actor(),
            )

        return self._done(tenant, connection_id, withdraw)

    def _ask(self, tenant: Tenant, connection_id: str, name: str) -> Response:
        connection, keys = self.connection_keys.of_connection(tenant, ConnectionId(connection_id))
        act: KeyAct = acts(still_signing=self._at_once(connection, keys))[name]
        return self.place.page(
            "connection_keys_act.html",
            tenant,
            TAB,
            connection=connection,
            act=act,
            generation=_newest(keys),
            back=self._url(tenant, connection),
        )

    def _done(self, tenant: Tenant, connection_id: str, act: Callable[[int], None]) -> Response:
        """The number of the newest generation says what the page showed; without it nothing matches."""
        shown = request.form.get("generation", "")
        act(int(shown) if shown.isascii() and shown.isdecimal() and len(shown) < len("1000000000") else -1)
        return go(self.place.url(tenant, "sso", connection_id, "keys"))

    def _url(self, tenant: Tenant, connection: Connection) -> str:
        return self.place.url(tenant, "sso", connection.id, "keys")

    def _at_once(self, connection: Connection, keys: Sequence[ConnectionKey]) -> bool:
        """Whether the old keys are needed still: the bridge signs with one until every copy of the set is renewed."""
        newest, now = _newest(keys), self.clock.now()
        new = [key for key in keys if key.generation == newest]
        return _signing(connection) and any(key.made_at + CACHEABLE_S > now for key in new)

    def _generations(self, keys: Sequence[ConnectionKey], *, signing: bool) -> Sequence[Mapping[str, object]]:
        now = self.clock.now()
        found = []
        for generation in sorted({key.generation for key in keys}, reverse=True):
            rows = [
                {
                    "kid": key.kid,
                    "use": use_of(key),
                    "type": key.key_type.value,
                    "state": state_of(
                        key,
                        signs=key.use is KeyUse.SIGNING and signer(keys, key.key_type, now=now) is key,
                        signing=signing,
                    ),
                }
                for key in keys
                if key.generation == generation
            ]
            made = next(key for key in keys if key.generation == generation)
            found.append(
                {
                    "rows": rows,
                    "made": moment(made.made_at),
                    "until": moment(made.expires_at) if made.expires_at else None,
                }
            )
        return found


def _newest(keys: Sequence[ConnectionKey]) -> int:
    return max((key.generation for key in keys), default=0)


def _signing(connection: Connection) -> bool:
    """The bridge proves itself with one of its own keys."""
    return connection.provider.client_auth is ClientAuth.PRIVATE_KEY_JWT and connection.private_key is None

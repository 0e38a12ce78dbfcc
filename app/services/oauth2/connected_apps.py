"""The apps that a person's account is connected to, and ending that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.accounts.account import Account, AccountId
from app.domain.audit.audit import Actor, named
from app.domain.errors import NotFound
from app.domain.oauth2.app_logout import AppLogout, AppLogoutId
from app.domain.oauth2.client import Client, ClientId, Scope
from app.domain.sessions.session import SignedIn
from app.domain.tenants.tenant import Tenant
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.tenants.named import account_of


@dataclass(frozen=True, slots=True)
class ConnectedApp:
    """What an app may do for one account: by authorizations that are live, by a remembered consent, or both."""

    client: Client
    scopes: tuple[str, ...]
    since: float
    last_used_at: float | None = None
    """When it last got a token."""
    live: bool = False
    """Whether it may get tokens now; else the person has only allowed it to ask for some without asking them again."""


@dataclass(frozen=True, slots=True)
class ConnectedApps:
    """By the tenant first: another tenant's accounts do not exist here."""

    database: Database
    audit: AuditService
    clock: Clock

    def of(self, tenant: Tenant, account: Account) -> Sequence[ConnectedApp]:
        """The most recently used first."""
        with self.database.read() as work:
            found = self._of(work, tenant, account.id)
        return sorted(found.values(), key=lambda app: app.last_used_at or app.since, reverse=True)

    def one(self, tenant: Tenant, account: Account, client_id: str) -> ConnectedApp:
        """Raises NotFound."""
        with self.database.read() as work:
            return _found(self._of(work, tenant, account.id), client_id)

    def scopes(self) -> Sequence[Scope]:
        """The catalogue, for the words of what the apps may do."""
        with self.database.read() as work:
            return work.clients.scopes()

    def disconnect_own(self, signed_in: SignedIn, client_id: str, *, client_ip: str) -> None:
        """The person themselves. Raises NotFound."""
        tenant, account = signed_in.tenant, signed_in.account
        self.disconnect(tenant, account.id, client_id, by=Actor(named(tenant, account), client_ip))

    def disconnect(self, tenant: Tenant, account_id: AccountId, client_id: str, *, by: Actor) -> None:
        """End its authorizations, with every token under them, tell the app, and withdraw the consent.

        Raises NotFound.
        """
        now = self.clock.now()
        with self.database.write() as work:
            account = account_of(work, tenant, account_id)
            client = _found(self._of(work, tenant, account_id), client_id).client
            self._tell(work, tenant, account_id, client)
            ended = work.authorizations.end_of_account(tenant.id, account_id, at=now, client_id=client.client_id)
            work.consents.withdraw(tenant.id, account_id, client.client_id)
            entry = by.did(
                "account.app_disconnected",
                named(tenant, account),
                tenant_id=tenant.id,
                at=now,
                before={"app": client.name, "client_id": client.client_id},
                after={"authorizations_ended": ended},
            )
            self.audit.record(work, entry)

    def _tell(self, work: Work, tenant: Tenant, account_id: AccountId, client: Client) -> None:
        """A web app has a session of its own, which only a logout token ends (one for each login of the person)."""
        if client.backchannel_logout_uri is None:
            return
        now = self.clock.now()
        live = work.authorizations.of_account(tenant.id, account_id, now=now)
        ours = [one.authorization for one in live if one.client.client_id == client.client_id]
        for one in {authorization.reference: authorization for authorization in ours}.values():
            logout = AppLogout(
                AppLogoutId(f"{one.id}.disconnected"), client.client_id, tenant.id, account_id, one.reference, now, now
            )
            work.app_logouts.add(logout)

    def _of(self, work: Work, tenant: Tenant, account_id: AccountId) -> Mapping[ClientId, ConnectedApp]:
        found: dict[ClientId, ConnectedApp] = {}
        for authorized in work.authorizations.of_account(tenant.id, account_id, now=self.clock.now()):
            client, one = authorized.client, authorized.authorization
            app = found.get(client.client_id, ConnectedApp(client, (), one.created_at))
            found[client.client_id] = replace(
                app,
                scopes=tuple(dict.fromkeys((*app.scopes, *one.scopes))),
                since=min(app.since, one.created_at),
                last_used_at=max(app.last_used_at or 0.0, one.last_used_at or one.created_at),
                live=True,
            )
        for consent in work.consents.of_account(tenant.id, account_id):
            known = found.get(consent.client_id)
            client_of_consent = known.client if known else work.clients.get(consent.client_id)
            if client_of_consent is None:
                continue
            app = known or ConnectedApp(client_of_consent, (), consent.given_at)
            scopes = tuple(dict.fromkeys((*app.scopes, *consent.scopes)))
            found[consent.client_id] = replace(app, scopes=scopes, since=min(app.since, consent.given_at))
        return found


def _found(apps: Mapping[ClientId, ConnectedApp], client_id: str) -> ConnectedApp:
    app = apps.get(ClientId(client_id))
    if app is None:
        raise NotFound("connected app", client_id)
    return app

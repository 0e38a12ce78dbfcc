"""A tenant in which everything has happened that a page may have to speak about."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from app.domain.audit.audit import Actor
from app.domain.oauth2.client import GrantType
from app.domain.reasons import ReasonCode, reason
from app.domain.tenants.domain_claim import DAY_S, Proof, ProofResult
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.planned_switch import PlannedSwitch, SwitchRequest
from app.domain.tenants.tenant import Status
from app.domain.traces.trace import Step, Trace
from app.services.oauth2.client_authentication import secret_hash
from tests.apps import App
from tests.builders import hidden_fields, password_login
from tests.fake_idp import changed, without
from tests.integration.admin.office import Office
from tests.integration.support.counter import Counter
from tests.threats.setup.newcomer import Newcomer

BY = Actor("acme/ada", "192.0.2.1", "4711")
FOUND, GONE = Proof(ProofResult.FOUND), Proof(ProofResult.NO_SUCH_NAME)
DETAIL = "4711"
"""For whatever a reason's texts name."""
STEPS = ("guide", "address", "client", "claims", "advanced", "test", "activate")


@dataclass
class LivedIn:
    """`doors` are the addresses of pages, below the tenant's own, that no link leads to."""

    office: Office

    def __post_init__(self) -> None:
        office = self.office
        self.counter = Counter(office.world)
        office.world.save(replace(office.tenant, policy=LoginPolicy.SSO_OPTIONAL))
        office.test_connection()
        self._people()
        self._logins()
        self.drafts = [*self._connections()]
        self._domains()
        self._apps()
        self.imports = [*self._imports()]
        self.newcomer = Newcomer(office.world, office.tenant)
        self.newcomer.open()
        self.proposed = self.newcomer.begin("okta", "proposed")
        self._every_reason()
        self._switch()

    @property
    def doors(self) -> list[str]:
        held = [f"people/held/{one}" for one in self._held()]
        steps = [f"sso/{draft}/{step}" for draft in self.drafts for step in STEPS]
        refuse = f"setup-links/proposals/{self.proposed}/refuse"
        main = self.office.main.id
        apps = [f"apps/{app}/{page}" for app in ("desk", "nightly") for page in ("edit", "secret", "retire", "revoke")]
        of_main = [f"sso/{main}/undo", f"sso/{main}/next-secret"]
        return ["people/held", *held, refuse, *self.imports, *steps, *of_main, *apps]

    def _people(self) -> None:
        office = self.office
        alice = self.alice = office.person("alice")
        office.world.account(office.tenant, "twin", email="alice@acme.example")
        office.world.account(office.tenant, "bob", email="bob@elsewhere.example", status=Status.DISABLED)
        office.world.account(office.tenant, "none")
        for name in ("alice", "carol"):
            office.idp.person(name, email=f"{name}@acme.example")
        office.person("carol")
        office.signed_in("alice")
        changes = office.world.bridge.account_changes
        changes.switch("acme", alice.id, Status.DISABLED, by=BY, acting=office.ada.id)
        changes.switch("acme", alice.id, Status.ACTIVE, by=BY, acting=office.ada.id)

    def _logins(self) -> None:
        world, idp = self.office.world, self.office.idp
        for name in ("alice", "carol", "newcomer"):
            idp.person(name, email="carol@acme.example" if name == "newcomer" else f"{name}@acme.example")
            world.sign_in(world.client(), idp)
        for strange in (without("email"), changed(iss=f"{idp.issuer}/"), changed(exp=1), without("sub")):
            idp.on.id_token(strange)
            idp.on.userinfo(strange)
            world.sign_in(world.client(), idp)
            idp.honest()
        idp.answer("token", status=401, body={"error": "invalid_client", "error_description": "§"})
        world.sign_in(world.client(), idp)
        idp.honest()
        idp.answer("token", status=200, body={})
        world.sign_in(world.client(), idp)
        idp.honest()
        for _ in range(11):
            password_login(world.client(), "alice", "wrong")

    def _held(self) -> list[str]:
        with self.office.world.bridge.database.read() as work:
            return [held.id for held in work.held.waiting(most=9)]

    def _connections(self) -> Iterator[str]:
        """The ids of the drafts."""
        office, bridge = self.office, self.office.world.bridge
        bridge.connection_keys.rotate("acme", "main", withdraw=False, by=BY)
        for preset in ("oidc", "oauth2", "entra", "okta", "google", "adfs"):
            state = bridge.drafts.begin(office.tenant, preset, preset, by=BY)
            yield state.draft.id
        for wrong in (f"{office.idp.issuer}/elsewhere", office.idp.issuer):
            state = bridge.drafts.begin(office.tenant, "oidc", f"to {len(wrong)}", by=BY)
            values = {"issuer": wrong, "client_id": "bridge", "client_secret": "x" * 32}
            bridge.drafts.save(office.tenant, state.draft.id, values, version=state.draft.version, by=BY)
            yield state.draft.id
        with bridge.database.read() as work:
            main = next(one for one in work.connections.of_tenant(office.tenant.id) if one.name == "main")
        office.world.save(replace(main, client_secret_expires="2026-01-01"))
        state = bridge.drafts.begin_change(office.tenant, main.id, by=BY)
        bridge.drafts.save(office.tenant, main.id, {"match_by": "username"}, version=state.draft.version, by=BY)
        yield main.id

    def _apps(self) -> None:
        """One with people who use it, of the tenant and of the vendor; and a credential with two secrets."""
        world, tenant = self.office.world, self.office.tenant
        second: dict[str, Any] = {
            "next_secret_hash": secret_hash("another secret of it"),
            "next_secret_made_at": world.clock.now(),
        }
        for app in (App.registered(world, "desk", tenant_id=tenant.id), App.registered(world, "vendors", **second)):
            for account in (self.office.ada, self.alice):
                app.signed_in(tenant, account)
        App.registered(
            world, "nightly", tenant_id=tenant.id, grants=(GrantType.CLIENT_CREDENTIALS,), scopes=("stats",), **second
        )

    def _domains(self) -> None:
        found: dict[str, tuple[Proof, ...]] = {
            "new.example": (),
            "verified.example": (FOUND,),
            "failing.example": (FOUND, GONE),
            "expired.example": (FOUND, GONE, GONE, GONE, GONE),
            **{f"{result.value.replace('_', '-')}.example": (Proof(result, ("4711",)),) for result in ProofResult},
        }
        world = self.office.world
        for domain, proofs in found.items():
            claim = world.bridge.domains.add(self.office.tenant, domain, by=BY)
            at = world.clock.now() - 9 * DAY_S
            for proof in proofs:
                claim, at = claim.checked(proof, at=at), at + DAY_S
            with world.bridge.database.write() as work:
                work.domains.save(claim)

    def _imports(self) -> Iterator[str]:
        rows = (
            "username,email,roles,status,colour",
            "new,new@acme.example,agent,,red",
            "new,new@acme.example,agent,,red",
            "§ §,not an address,boss,gone,",
            "alice,alice@elsewhere.example,operator,,",
        )
        here = "/admin/people/import"
        for lines in (rows, rows[:2]):
            file = (BytesIO("\n".join(lines).encode()), "people.csv")
            fields = {**hidden_fields(self.office.browser.get(here)), "file": file}
            answer = self.office.browser.post(here, data=fields, content_type="multipart/form-data")
            yield answer.headers["Location"].removeprefix("/admin/")

    def _every_reason(self) -> None:
        now, tenant = self.office.world.clock.now(), self.office.tenant
        with self.office.world.bridge.database.write() as work:
            for place, code in enumerate(ReasonCode):
                words = reason(code)
                trace = Trace(
                    reference=f"{place:04}-4711",
                    at=now - place,
                    tenant_id=tenant.id,
                    tenant=tenant.slug,
                    connection="main",
                    method=Method.SSO,
                    reason=code,
                    details=dict.fromkeys(_named(words.summary + words.remedy), DETAIL),
                    steps=(Step("discovery", now, 1, ok=True), Step("id_token", now, 1, ok=False)),
                )
                work.traces.add(trace)

    def _switch(self) -> None:
        """Observed, asked for, planned, and once not carried out."""
        world, now = self.office.world, self.office.world.clock.now()
        world.account(self.counter.staff, "gone")
        planned = PlannedSwitch(LoginPolicy.SSO_ONLY, at=now - 1, actor="staff/gone", address="", reason="4711")
        world.save(replace(self.office.now(), planned=planned))
        world.bridge.switching.carry_out_due()
        requested = SwitchRequest(at=now, actor="acme/ada", note="4711")
        planned = replace(planned, at=now + 3600)
        world.save(replace(self.office.now(), observing_since=now, requested=requested, planned=planned))


def _named(text: str) -> list[str]:
    return [part.partition("}")[0] for part in text.split("{")[1:]]

"""Every reason that a trace can name is produced for real by some test; the ones that no other file needs are here."""

import re
from pathlib import Path

from app.domain.reasons import ReasonCode
from tests.fake_idp import without
from tests.threats.acme import Acme

TESTS = Path(__file__).parents[1]


def test_a_provider_without_a_token_endpoint_is_refused_before_anybody_is_sent_there(acme: Acme) -> None:
    acme.idp.on.discovery(without("token_endpoint"))
    acme.refused(acme.browser.get("/t/acme/oauth/login"), ReasonCode.ENDPOINT_MISSING)


def test_a_scope_that_the_provider_does_not_give_is_named_so(acme: Acme) -> None:
    acme.idp.deny("invalid_scope", description="no such scope")
    acme.refused(acme.sign_in(), ReasonCode.SCOPE_REFUSED)


def test_every_reason_is_produced_by_a_test_against_something_real() -> None:
    folders = ("threats", "integration", "journeys")
    text = "\n".join(path.read_text() for folder in folders for path in (TESTS / folder).rglob("*.py"))
    produced = {code for code in ReasonCode if re.search(rf'ReasonCode\.{code.name}\b|"{code.value}"', text)}
    assert set(ReasonCode) - produced == set()

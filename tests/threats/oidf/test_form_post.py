"""Plan `oidcc-client-formpost-basic-certification-test-plan`: the modules of the basic plan by `form_post`."""

import pytest

from app.domain.reasons import ReasonCode
from tests.threats.acme import Acme
from tests.threats.oidf.basic_modules import BasicModules
from tests.threats.oidf.relying_party import RelyingParty


@pytest.fixture
def rp(acme: Acme) -> RelyingParty:
    made = RelyingParty(acme)
    made.set_up(response_mode="form_post")
    return made


class TestFormPost(BasicModules):
    """response_type=code, response_mode=form_post."""

    def test_oidcc_client_test_form_post_error(self, rp: RelyingParty) -> None:
        """The request of the suite: the person is not signed in at the provider, which may not ask."""
        rp.refuses(ReasonCode.LOGIN_REQUIRED, after="authorize", prompt="none", max_age="0")
        (asked,) = rp.idp.requests("authorize")
        assert (asked.query["prompt"], asked.query["max_age"]) == ("none", "0")
        assert asked.query["response_mode"] == "form_post"

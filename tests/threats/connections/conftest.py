import pytest

from tests.threats.acme import Acme
from tests.threats.connections.drafting import Drafting
from tests.threats.login.proving import Prover


@pytest.fixture
def work(acme: Acme) -> Drafting:
    """An admin of acme, signed in by password."""
    return Drafting(Prover.by_password(acme))

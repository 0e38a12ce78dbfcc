import errno

import pytest

from app.adapters.http.exchange import Exchange
from app.adapters.http.guarded_adapter import _in_our_words
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode


def test_a_network_that_goes_away_in_the_middle_is_unreachable() -> None:
    exchange = Exchange("idp.example", 10.0, lambda: 0.0, 1000)
    with pytest.raises(SsoError) as stopped, _in_our_words(exchange):
        raise OSError(errno.EHOSTUNREACH, "No route to host")
    assert stopped.value.code is ReasonCode.PROVIDER_UNREACHABLE
    assert stopped.value.details == {"host": "idp.example", "error": "the connection failed"}

"""The targets of `make fuzz`, each for a moment."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS


def spoilt(seed: bytes) -> st.SearchStrategy[bytes]:
    """The seed with a piece of it replaced."""
    place = st.integers(0, len(seed))
    return st.builds(
        lambda start, length, piece: seed[:start] + piece + seed[start + length :],
        place,
        st.integers(0, 12),
        st.binary(max_size=12) | st.sampled_from([b"[", b'"', b"\\u0000", b"\xff", b"null", b"1e999", b".", b"\n"]),
    )


@pytest.mark.parametrize("name", TARGETS)
def test_honest_input_breaks_no_promise(name: str) -> None:
    for seed in SEEDS[name]:
        TARGETS[name](seed)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=examples(0.6))
@given(data=st.data())
def test_no_input_breaks_a_promise(name: str, data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from(SEEDS[name]))
    TARGETS[name](data.draw(spoilt(seed) | st.binary(max_size=60)))

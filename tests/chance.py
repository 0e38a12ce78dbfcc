"""What chance draws in property tests: the same in each run of the tests, something new in each search.

`make test` is repeatable: each property has a seed of its own, and no constants of the code are drawn, so that neither
an unrelated change nor the order of the tests gives it other values. `make fuzz` explores
(`--hypothesis-profile=exploring`): fresh seeds, more examples, and words that the code itself knows.
"""

from functools import cached_property

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.internal.constants_ast import Constants

REPEATABLE, EXPLORING = "repeatable", "exploring"


class _WithoutTheCodesWords(HypothesisProvider):
    """Hypothesis collects the constants of every module that happens to be imported by then."""

    @cached_property
    def _local_constants(self) -> Constants:
        return Constants()


AVAILABLE_PROVIDERS[REPEATABLE] = _WithoutTheCodesWords

ANY_MACHINE = [HealthCheck.too_slow]
"""Like a deadline, it would say how busy the machine is."""
ONE_WORLD = [*ANY_MACHINE, HealthCheck.function_scoped_fixture]
"""For a test whose examples share what a fixture gave."""

_ANYWHERE = settings(deadline=None, database=None, suppress_health_check=ANY_MACHINE, print_blob=True)
settings.register_profile(REPEATABLE, _ANYWHERE, derandomize=True, backend=REPEATABLE)
settings.register_profile(EXPLORING, _ANYWHERE, max_examples=300)
settings.load_profile(REPEATABLE)


def examples(times: float) -> int:
    """So many times as many as the profile asks for."""
    return round(times * settings().max_examples)

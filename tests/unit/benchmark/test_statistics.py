"""Percentiles, and whether two samples can be told apart."""

from itertools import product

import pytest

from tests.bench.stage.load import Measured
from tests.bench.stage.statistics import percentile, ranks


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100)])
def test_a_percentile_is_one_of_the_values(share: float, value: int) -> None:
    assert percentile(range(1, 101), share) == value


def test_a_percentile_of_one_value_is_that() -> None:
    assert percentile([7.0], 0.99) == 7.0


def test_visits_a_second_go_by_the_time_that_all_took_together() -> None:
    measured = Measured(took_s=2.0, seconds=(0.1, 0.2, 0.3, 0.4))
    assert measured.per_second == 2.0
    assert measured.percentile_ms(0.5) == pytest.approx(200)


def test_the_effect_size_is_the_share_of_pairs_in_which_the_second_is_larger() -> None:
    first, second = [1.0, 3.0, 3.0, 7.0, 9.0], [2.0, 3.0, 8.0, 8.0]
    pairs = list(product(first, second))
    larger = sum(b > a for a, b in pairs) + sum(b == a for a, b in pairs) / 2
    assert ranks(first, second).auc == pytest.approx(larger / len(pairs))
    assert ranks(second, first).auc == pytest.approx(1 - larger / len(pairs))


def test_the_same_values_cannot_be_told_apart() -> None:
    values = [float(number % 97) for number in range(500)]
    found = ranks(values, values[::-1])
    assert found.auc == pytest.approx(0.5)
    assert not found.different
    assert str(found) == "0.50 (0.46–0.54)"


def test_a_small_shift_of_many_values_is_found() -> None:
    values = [float(number % 97) for number in range(500)]
    assert ranks(values, [value + 15 for value in values]).different
    assert ranks(values, [value - 15 for value in values]).different


def test_a_few_outliers_are_no_difference() -> None:
    values = [float(number % 97) for number in range(500)]
    assert not ranks(values, [*values[5:], *[10_000.0] * 5]).different


def test_samples_that_never_overlap_are_wholly_different() -> None:
    found = ranks([1.0, 2.0], [3.0, 4.0])
    assert (found.auc, found.error) == (1.0, 0.0)
    assert found.different

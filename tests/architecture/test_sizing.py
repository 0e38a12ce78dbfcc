"""The sizing guide computes with the figures that were measured last."""

from tests.bench.sizing import PAGE, Assumed, page, table


def test_the_worked_example_agrees_with_the_benchmark() -> None:
    text = PAGE.read_text()
    assert text == page(text, table(Assumed())), "run `.venv/bin/python -m tests.bench.sizing --write`"

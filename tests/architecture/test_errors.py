"""Every error of ours stands in the tree of `app/domain/errors.py`; a refusal is never a 500."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

import app.services
from app.domain import errors
from app.domain.errors import ChangedMeanwhile, InvalidInput, NotFound, Refused, SsoError

ROOTS = (SsoError, NotFound, ChangedMeanwhile, InvalidInput, Refused)


def raised_by_services() -> Iterator[type[Exception]]:
    """All that a caller may see: names with an underscore are caught where they are raised."""
    for module in pkgutil.walk_packages(app.services.__path__, "app.services."):
        for name, value in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(value, Exception) and value.__module__ == module.name and not name.startswith("_"):
                yield value


@pytest.mark.parametrize("error", list(raised_by_services()), ids=lambda error: error.__name__)
def test_an_error_of_a_service_is_in_the_tree(error: type[Exception]) -> None:
    assert issubclass(error, ROOTS)
    assert error.__name__ in (errors.__doc__ or "")

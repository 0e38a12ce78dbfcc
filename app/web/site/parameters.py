"""What a request carries by name: its query, form and cookies."""

from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict


class Parameters(ImmutableMultiDict[str, Any]):
    """Most of what is asked for is absent. werkzeug makes an error page of each such name, and drops it."""

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]  # noqa: A002, ANN401 - werkzeug's shape
        return super().get(key, default, type) if key in self else default


class ParameterRequest(Request):
    """Flask's, with these."""

    parameter_storage_class = Parameters
    dict_storage_class = Parameters

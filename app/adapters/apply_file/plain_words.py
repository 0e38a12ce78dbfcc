"""What pydantic finds in a file, in plain words."""

import difflib
import re

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.adapters.apply_file.problems import Place, key_path, one_of
from app.domain.errors import InvalidInput
from app.domain.text import Text

_PLAIN = {
    "missing": Text("is required"),
    "string_type": Text("must be a string"),
    "bool_type": Text("must be true or false"),
    "int_type": Text("must be a whole number"),
    "float_type": Text("must be a number"),
    "list_type": Text("must be a list"),
    "dict_type": Text("must be a table"),
    "model_type": Text("must be a table"),
    "model_attributes_type": Text("must be a table"),
}


def in_plain_words(error: ValidationError, model: type[BaseModel], *, above: Place = ()) -> list[InvalidInput]:
    """What pydantic found in the table at `above`, once per key."""
    found: dict[str, InvalidInput] = {}
    for detail in error.errors():
        path = key_path((*above, *_place(detail["loc"])))
        found.setdefault(path, InvalidInput(path, _words(detail, model)))
    return list(found.values())


def _place(location: Place) -> Place:
    # The location also names a union's branches (`str`, `int`, `bool`), which are not keys of the file.
    while location and location[-1] in ("str", "int", "bool", "float"):
        location = location[:-1]
    return location


def _words(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_key(detail["loc"], model)
    if kind in ("enum", "literal_error"):
        return one_of(re.findall(r"'([^']+)'", str(detail.get("ctx", {}).get("expected", ""))))
    if kind == "value_error":
        cause = detail.get("ctx", {}).get("error")
        return cause.args[0] if isinstance(cause, ValueError) else detail["msg"].removeprefix("Value error, ")
    if kind.startswith("date_"):
        return Text("must be a date like 2027-01-31")
    if len(detail["loc"]) != len(_place(detail["loc"])):
        return Text("must be a string, a whole number, or true or false")
    return _PLAIN.get(kind, Text("is not a valid value"))


def _unknown_key(location: Place, model: type[BaseModel]) -> str:
    known = _keys_at(location[:-1], model)
    close = difflib.get_close_matches(str(location[-1]), known, n=1)
    return (
        Text("is not a known key; did you mean %(value)s?", value=str(close[0]))
        if close
        else Text("is not a known key")
    )


def _keys_at(location: Place, model: type[BaseModel]) -> list[str]:
    """Follow the path down the models."""
    for part in location:
        if isinstance(part, str):
            field = model.model_fields.get(part)
            inner = _model_in(field.annotation) if field else None
            if inner is None:
                return []
            model = inner
    return list(model.model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    for argument in getattr(annotation, "__args__", ()):
        if isinstance(argument, type) and issubclass(argument, BaseModel):
            return argument
    return None

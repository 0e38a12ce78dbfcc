"""One field of a connection's form, and sections of them. The rules of `apply` decide which values are valid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wtforms import PasswordField, SelectField, StringField, TextAreaField
from wtforms.fields.core import Field


class Kind(StrEnum):
    """How a value is typed."""

    TEXT = "text"
    URL = "url"
    SECRET = "password"
    DATE = "date"
    WORDS = "words"
    CLAIMS = "claims"
    LINES = "lines"
    HIDDEN_LINES = "hidden_lines"
    """Several lines that are never shown again, not even beside an error."""
    CHOICE = "choice"


class HiddenTextAreaField(TextAreaField):
    """See `Kind.HIDDEN_LINES`; `text_field` leaves it empty."""

    never_shown = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of `[[tenants.connections]]`."""

    key: str
    label: str
    kind: Kind = Kind.TEXT
    hint: str = ""
    choices: Sequence[tuple[str, str]] = ()

    def field(self) -> object:
        """The WTForms field, with a unique id on the page."""
        html_id = f"field-{self.key}"
        if self.kind is Kind.CHOICE:
            return SelectField(choices=dict(self.choices), validate_choice=False, id=html_id)
        return _FIELDS.get(self.kind, StringField)(id=html_id)


_FIELDS: Mapping[Kind, type[Field]] = {
    Kind.SECRET: PasswordField,
    Kind.CLAIMS: TextAreaField,
    Kind.LINES: TextAreaField,
    Kind.HIDDEN_LINES: HiddenTextAreaField,
}


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together; `folded` if most people leave them alone."""

    title: str
    entries: Sequence[Entry]
    folded: bool = False

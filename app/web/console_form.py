"""Forms of the consoles. Their token is checked before a view begins (web/console_pages.py)."""

from collections.abc import Iterable

from wtforms import Form

from app.domain.errors import InvalidInput
from app.web.problems import about, key_of, sentence_of


class ConsoleForm(Form):
    """What was typed stays in it, and what is wrong stands beside the field."""

    def refuse(self, problems: Iterable[InvalidInput]) -> list[str]:
        """Put each beside the field that it is about. Returns sentences for those that the form has no field for."""
        elsewhere = []
        for problem in problems:
            key = key_of(problem)
            if key in self:
                self.refuse_field(key, sentence_of(problem))
            else:
                elsewhere.append(about(problem))
        return elsewhere

    def refuse_field(self, key: str, sentence: str) -> None:
        self[key].errors = [*self[key].errors, sentence]


def one_line(text: str | None) -> str:
    """A filter of fields for a single line, however it was pasted."""
    return " ".join((text or "").split())


def stripped(text: str | None) -> str:
    """A filter of fields: blanks around a line are nobody's wish."""
    return (text or "").strip()

"""Forms of the consoles. Their token is checked before the view starts (web/consoles/console_pages.py)."""

from collections.abc import Iterable

from wtforms import Form

from app.domain.errors import InvalidInput
from app.web.consoles.problems import about, key_of, sentence_of


class ConsoleForm(Form):
    """Keeps what was typed, and shows errors beside the fields."""

    def refuse(self, problems: Iterable[InvalidInput]) -> list[str]:
        """Put each problem beside its field. Returns sentences for those without a field in this form."""
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
    """A filter for fields: removes surrounding whitespace."""
    return (text or "").strip()

"""Forms of the consoles. Their token is checked before the view starts (web/consoles/console_pages.py)."""

from collections.abc import Iterable

from wtforms import Form

from app.domain.errors import InvalidInput
from app.web.consoles.problems import about, key_of, sentence_of
from app.web.i18n import gettext


class ConsoleForm(Form):
    """Keeps what was typed, and shows errors beside the fields."""

    class Meta:
        def get_translations(self, form: Form) -> "_Said":  # noqa: ARG002 - the hook's shape
            return _Said()

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


class _Said:
    """In the place of the few sentences of WTForms' own: all of them are about a choice that there is not."""

    def gettext(self, _text: str) -> str:
        return gettext("Choose one of the options on this page.")

    def ngettext(self, one: str, _many: str, _num: int) -> str:
        return self.gettext(one)


def one_line(text: str | None) -> str:
    """A filter of fields for a single line, however it was pasted."""
    return " ".join((text or "").split())


def stripped(text: str | None) -> str:
    """A filter for fields: removes surrounding whitespace."""
    return (text or "").strip()

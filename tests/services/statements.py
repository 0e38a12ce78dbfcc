"""What is asked of a database, whoever asks."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from app.adapters.sql.unit_of_work import SqlDatabase


@contextmanager
def statements(database: SqlDatabase) -> Iterator[list[str]]:
    """The statements that are sent meanwhile, without their values."""
    sent: list[str] = []

    def note(text: str, _values: object) -> None:
        sent.append(text)

    def note_sqlalchemys(*call: object) -> None:
        sent.append(str(call[2]))

    database.engine.watchers.append(note)
    event.listen(database.engine._engine, "before_cursor_execute", note_sqlalchemys)
    yield sent
    event.remove(database.engine._engine, "before_cursor_execute", note_sqlalchemys)
    database.engine.watchers.remove(note)

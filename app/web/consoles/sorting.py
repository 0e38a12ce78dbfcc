"""By which column a list is sorted: `?sort=name&dir=desc`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self, TypeVar

from app.web.pages import with_query

DESCENDING = "desc"
Row = TypeVar("Row")


class Heading(NamedTuple):
    """A column that can be sorted by: its link turns the order round. `order` is its `aria-sort`, None for no order."""

    label: str
    url: str
    order: str | None


@dataclass(frozen=True, slots=True)
class Sorting:
    """Of the list at `url`. `kept` are its other query parameters: what it is searched and filtered by."""

    url: str
    column: str
    descending: bool
    kept: Mapping[str, str]

    @classmethod
    def read(cls, url: str, args: Mapping[str, str], columns: Sequence[str], *, kept: Sequence[str] = ()) -> Self:
        """The first of the columns unless the URL names another one."""
        asked = args.get("sort", "")
        return cls(
            url=url,
            column=asked if asked in columns else columns[0],
            descending=args.get("dir") == DESCENDING,
            kept={name: args[name] for name in kept if name in args},
        )

    def heading(self, label: str, column: str) -> Heading:
        """For the `table` macro, in place of a bare label."""
        turned = column == self.column and not self.descending
        order = ("descending" if self.descending else "ascending") if column == self.column else None
        url = with_query(self.url, **self.kept, sort=column, dir=DESCENDING if turned else None)
        return Heading(label, url, order)

    def sort(self, rows: Sequence[Row], keys: Mapping[str, Callable[[Row], Any]]) -> list[Row]:
        """For short lists that are read as a whole; a long one is sorted by its query."""
        return sorted(rows, key=keys[self.column], reverse=self.descending)

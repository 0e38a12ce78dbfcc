"""Reads a file's tenants one by one, so that each is in memory only once."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from app.adapters.apply_file.checks import Named, tenant_problems, usernames
from app.adapters.apply_file.models import TenantTable
from app.adapters.apply_file.plain_words import in_plain_words
from app.adapters.apply_file.to_spec import tenant_spec
from app.domain.errors import InvalidInput
from app.domain.tenants.tenant import STAFF
from app.services.apply.spec import TenantSpec


@dataclass(slots=True)
class TenantReader:
    """Keeps what the checks of the whole file need: problems, slugs, and the names of staff."""

    development: bool
    misshapen: list[InvalidInput] = field(default_factory=list)
    senseless: list[InvalidInput] = field(default_factory=list)
    slugs: list[str] = field(default_factory=list)
    staff: list[Named] = field(default_factory=list)

    def read(self, tables: list[object]) -> Iterator[TenantSpec]:
        """The valid ones. Empties `tables`."""
        tables.reverse()
        for place in range(len(tables)):
            spec = self._read(tables.pop(), place)
            if spec is not None:
                yield spec

    def _read(self, value: object, place: int) -> TenantSpec | None:
        path = f"tenants[{place}]"
        try:
            table = TenantTable.model_validate(value)
        except ValidationError as error:
            self.misshapen += in_plain_words(error, TenantTable, above=("tenants", place))
            return None
        self.slugs.append(table.slug)
        if table.slug == STAFF:
            self.staff += usernames(table.accounts, f"{path}.accounts")
        problems = list(tenant_problems(table, path, development=self.development))
        self.senseless += problems
        return None if problems else tenant_spec(table, path)

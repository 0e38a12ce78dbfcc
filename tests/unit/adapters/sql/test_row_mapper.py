import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pytest

from app.adapters.sql.oauth2.rows import ScopeRow
from app.adapters.sql.row_mapper import RowMapper, reader, writer
from app.adapters.sql.tables import TenantRow
from app.domain.tenants.security_policy import SecurityPolicy, TotpRule
from app.domain.tenants.tenant import Tenant, TenantId


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Lamp:
    colours: tuple[Colour, ...] = ()
    note: str | None = None


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        (str, "a", "a"),
        (TenantId, TenantId("acme"), "acme"),
        (TenantId | None, None, None),
        (Colour, Colour.RED, "red"),
        (Colour | None, None, None),
        (Colour | None, Colour.BLUE, "blue"),
        (tuple[str, ...], ("a", "b"), ["a", "b"]),
        (tuple[Colour, ...], (Colour.RED,), ["red"]),
        (Mapping[str, str], {"a": "b"}, {"a": "b"}),
        (Lamp, Lamp((Colour.RED,), "x"), {"colours": ["red"], "note": "x"}),
        (Lamp | None, None, None),
        (tuple[Lamp, ...], (Lamp(),), [{"colours": [], "note": None}]),
    ],
)
def test_a_value_is_kept_as_its_type_says_and_comes_back(kind: object, value: object, stored: object) -> None:
    write, read = writer(kind), reader(kind)
    written = value if write is None else write(value)
    assert json.loads(json.dumps(written)) == stored
    assert (stored if read is None else read(stored)) == value


def test_a_stored_object_may_lack_a_field_or_have_one_of_a_newer_version() -> None:
    read = reader(SecurityPolicy)
    assert read is not None
    assert read({"totp": "required", "of_a_newer_version": 1}) == SecurityPolicy(totp=TotpRule.REQUIRED)


def test_a_dataclass_without_a_column_is_kept_in_columns_named_as_its_fields() -> None:
    mapper = RowMapper(Tenant, TenantRow)
    tenant = Tenant(id=TenantId("acme"), slug="acme", name="Acme")
    written = mapper.from_domain(tenant)
    assert (written["idle_s"], written["absolute_s"]) == (tenant.limits.idle_s, tenant.limits.absolute_s)
    assert "limits" not in written


def test_what_would_be_read_into_the_wrong_field_is_refused_at_start() -> None:
    @dataclass(frozen=True)
    class Named:
        name: str
        unkept: list[str] = field(default_factory=list)
        description: str = ""

    with pytest.raises(TypeError, match="must come last"):
        RowMapper(Named, ScopeRow)

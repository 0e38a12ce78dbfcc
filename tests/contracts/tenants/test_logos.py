"""The port `Logos`."""

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.tenants.logo import logo_of
from tests.contracts.samples import ACME, GLOBEX
from tests.images import jpeg, png


def test_a_logo_comes_back_replaced_and_removed_and_is_its_own_tenants(stored: SqlDatabase) -> None:
    first, second = logo_of(png()), logo_of(jpeg())
    with stored.write() as work:
        work.logos.save(ACME.id, first)
    with stored.read() as work:
        assert work.logos.of_tenant(ACME.id) == first
        assert work.logos.of_tenant(GLOBEX.id) is None
    with stored.write() as work:
        work.logos.save(ACME.id, second)
        work.logos.save(GLOBEX.id, first)
    with stored.write() as work:
        assert work.logos.of_tenant(ACME.id) == second
        work.logos.remove(ACME.id)
    with stored.read() as work:
        assert work.logos.of_tenant(ACME.id) is None
        assert work.logos.of_tenant(GLOBEX.id) == first

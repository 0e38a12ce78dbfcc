"""The check of a file of people, before anything is changed."""

from collections.abc import Callable

from playwright.sync_api import FilePayload

from tests.journeys.admin_views import as_admin
from tests.journeys.views import LONG, Visit

ODD = "internationale.vereinigung.der.kundendienste.fuer.haushaltsgrossgeraete"


def _uploaded(visit: Visit, text: str) -> None:
    as_admin(visit, "/admin/people/import")
    file = FilePayload(name=f"{LONG}.csv", mimeType="text/csv", buffer=text.encode())
    visit.page.get_by_label("CSV file").set_input_files(file)
    visit.page.get_by_role("button", name="Check file").click()
    visit.page.get_by_role("region", name="Rows").wait_for()


def import_to_confirm(visit: Visit) -> None:
    _uploaded(visit, f"username,email,colour\nalice,alice@elsewhere.example,red\n{ODD[:60]},new@acme.example,blue\n")


def import_with_mistakes(visit: Visit) -> None:
    _uploaded(visit, f"username,email,roles\n{ODD},not an address,boss\nalice,alice@acme.example,\n")


PEOPLE_VIEWS: tuple[Callable[[Visit], None], ...] = (import_to_confirm, import_with_mistakes)

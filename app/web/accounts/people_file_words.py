"""What is wrong with a file of people, and what would be right."""

from app.domain.accounts.account_draft import DraftProblem, FieldProblem
from app.domain.accounts.account_import import RowProblem
from app.domain.accounts.people_file import CELL_MOST, ROWS_MOST, Column, FileProblem, PeopleFileInvalid
from app.services.accounts.account_changes import Obstacle
from app.web.accounts.act_words import obstacle_words
from app.web.accounts.person_form import problem_words
from app.web.i18n import gettext, number
from app.web.server.limits import UPLOAD_BYTES


def too_large_words() -> str:
    most = str(UPLOAD_BYTES // 1024**2)
    return gettext(
        "This file is larger than %(most)s MB. Split it, or leave out columns that are not needed.", most=most
    )


def file_problem_words(invalid: PeopleFileInvalid) -> str:
    said = {
        FileProblem.EMPTY: gettext("The file is empty."),
        FileProblem.NOT_TEXT: gettext("This is not a UTF-8 text file. In Excel, save it as “CSV UTF-8”."),
        FileProblem.NO_COLUMN: gettext(
            "The first line has to name the columns, and one of them has to be “%(column)s”.", column=invalid.column
        ),
        FileProblem.COLUMN_TWICE: gettext("There are two columns for “%(column)s”. Keep one.", column=invalid.column),
        FileProblem.TOO_MANY_ROWS: gettext("Use at most %(most)s rows. Split the file.", most=number(ROWS_MOST)),
        FileProblem.TOO_MANY_CELLS: gettext(
            "This row has more cells than there are columns. Put text that contains a comma in quotation marks."
        ),
        FileProblem.CELL_TOO_LONG: gettext("A cell has more than %(most)s characters.", most=number(CELL_MOST)),
        FileProblem.BAD_QUOTES: gettext("A quotation mark is not closed, or stands inside a cell. Double it there."),
    }[invalid.problem]
    return gettext("Line %(line)s: %(problem)s", line=str(invalid.line), problem=said) if invalid.line else said


def row_problem_words(found: RowProblem) -> str:
    """Names the column: `Email: Not an email address.`, say."""
    return gettext("%(column)s: %(problem)s", column=column_words(found.column), problem=_problem(found))


def column_words(column: str) -> str:
    return {
        Column.USERNAME: gettext("Username"),
        Column.EMAIL: gettext("Email"),
        Column.NAME: gettext("Name"),
        Column.ROLES: gettext("Roles"),
        Column.EXTERNAL_ID: gettext("External ID"),
        Column.STATUS: gettext("Status"),
    }[Column(column)]


def _problem(found: RowProblem) -> str:
    if found.problem in set(Obstacle):
        return obstacle_words(Obstacle(found.problem))
    if found.problem == DraftProblem.NOT_A_STATUS:
        return gettext("Use “active” or “disabled”.")
    if found.problem == DraftProblem.ROLE_NOT_ALLOWED:
        return gettext("Use “agent”, “supervisor” or “tenant_admin”.")
    return problem_words(FieldProblem(found.column, DraftProblem(found.problem)))

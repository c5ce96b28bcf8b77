"""What the service says to a change or a cancel of a class that is not as was thought: exit code, and what a person reads.

Each code is met by a class of its own, all in one run of the real command.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

from batch.report.workbook.todo_sheet import OF_AN_UNDO
from batch.sandbox.refusals import MESSAGES
from tests.support.command import KEYS, Command, Ran, Service, lesson, lessons, serving, timetable


class Met(NamedTuple):
    method: str
    code: str
    says: str  #: what is so, in people's words
    todo: str


_GONE = "There is no class with this number in the account."
_DELETED = "Look in WizIQ: the class may have been deleted."
_UNDER_WAY = "Tell the presenter: while it runs, only they can change anything."
_PLACE = "Schedule a new class in its place, if one is wanted."
_LOOK = "Look at the class in WizIQ."
#: Lesson 1 meets the first, lesson 2 the second, and so on; the last two rows meet none, so that these lie between others.
MEETS = [
    Met("modify", "1009", _GONE, _DELETED),
    Met("modify", "1015", "The class is running now and cannot be changed.", _UNDER_WAY),
    Met(
        "modify",
        "1016",
        "The class is over and cannot be changed.",
        "Nothing is left to do: it has taken place.",
    ),
    Met("modify", "1017", "The time of the class has passed, so it cannot be changed.", _PLACE),
    Met("modify", "1018", "The class was cancelled, so it cannot be changed.", _PLACE),
    Met("modify", "1020", "No class number was given.", _LOOK),
    Met("cancel", "1009", _GONE, _DELETED),
    Met("cancel", "1020", "No class number was given.", _LOOK),
    Met(
        "cancel",
        "1034",
        "The class is running now and cannot be cancelled.",
        "Let the presenter end it in the classroom.",
    ),
    Met(
        "cancel",
        "1035",
        "The class is over and cannot be cancelled.",
        "Nothing is left to do: it has taken place.",
    ),
    Met(
        "cancel",
        "1036",
        "The time of the class has passed, so it cannot be cancelled.",
        "Nothing is left to do: it no longer takes place.",
    ),
]
FAULTS = [
    word
    for number, met in enumerate(MEETS, start=1)
    for word in ("--fault", f"fail-{met.code}@{met.method} title Lesson {number} of the term")
]
ANYWAY = ("--yes", "--most-changed", "100", "--most-cancelled", "100")


def titled(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{**row, "title": f"{row['title']} of the term", "attendee_limit": "10"} for row in rows]


class Term:
    """A term whose next version changes some rows and lacks others, sent to a service that says no to each."""

    def __init__(self, command: Command, service: Service) -> None:
        self.command = command
        self.service = service
        first = titled([*lessons(len(MEETS) + 1), lesson(0)])
        timetable(command.folder / "term.csv", first)
        self.first = command("submit", "term.csv", "--json", "-").json["batch"]
        gone = {row["title"] for row, met in zip(first, MEETS, strict=False) if met.method == "cancel"}
        rows = [{**row, "attendee_limit": "20"} for row in first if row["title"] not in gone]
        timetable(command.folder / "term.csv", rows)

    def titles(self) -> dict[str, str]:
        return {str(each["class_id"]): each["title"] for each in self.service.ledger()["classes"]}

    def told(self, ran: Ran) -> dict[str, tuple[str, str | None, str]]:
        """Of each class: outcome, code and message, rows and classes without one alike."""
        titles = self.titles()
        found = {}
        for each in (*ran.json["rows"], *ran.json["removed"]):
            if each["class_id"] is not None:
                found[titles[each["class_id"]]] = (each["outcome"], each["error_code"], each["message"] or "")
        return found


@pytest.fixture
def term(tmp_path: Path) -> Iterator[Term]:
    command = Command(tmp_path, KEYS)
    with serving(command, *FAULTS) as service:
        variables = {"CLASSBATCH_BASE_URL": service.url, "CLASSBATCH_SETTLE_S": "0"}
        yield Term(command.at(**variables, CLASSBATCH_STATE=str(tmp_path / "state")), service)


def expected(term: Term, method: str) -> dict[str, tuple[str, str, str]]:
    """What is said of each class that meets a refusal of this method."""
    ids = {title: class_id for class_id, title in term.titles().items()}
    found = {}
    for number, met in enumerate(MEETS, start=1):
        if met.method == method:
            title = f"Lesson {number} of the term"
            words = f"Class {ids[title]} was not touched. {met.says} The service said {met.code}: {MESSAGES[met.code]}"
            found[title] = ("refused", met.code, f"{words} {met.todo}")
    return found


def test_each_refusal_of_a_change_or_a_cancel_is_told_in_full(term: Term) -> None:
    ran = term.command("sync", "term.csv", *ANYWAY, "--json", "-")
    assert ran.code == 1
    told = term.told(ran)
    refused = {**expected(term, "modify"), **expected(term, "cancel")}
    assert {title: each for title, each in told.items() if title in refused} == refused
    assert {each[0] for title, each in told.items() if title not in refused} == {"changed"}
    assert {row["action"] for row in ran.json["rows"]} == {"change"}
    assert {each["action"] for each in ran.json["removed"]} == {"cancel"}
    for _, _, message in refused.values():
        assert message in ran.err  # on the terminal, too
    assert "refused: the service said no; nothing was created, changed or cancelled" in ran.err
    # What was refused is not sent again, and said again.
    sent = term.service.ledger()["calls"]
    again = term.command("sync", "term.csv", *ANYWAY, "--json", "-")
    calls = {
        name: calls
        for name, calls in term.service.ledger()["calls"].items()
        if name not in sent or sent[name] != calls
    }
    assert again.code == 1
    assert not [name for name in calls if name.startswith(("modify", "cancel", "create"))]
    told = term.told(again)
    called_deleted = f"Lesson {[met.code for met in MEETS].index('1018') + 1} of the term"
    assert told.pop(called_deleted)[0] == "held"  # it is known to be cancelled, and can be made anew
    assert {title: each for title, each in told.items() if title in refused} == {
        title: each for title, each in refused.items() if title != called_deleted
    }


def test_an_undo_tells_them_alike_and_has_nothing_mended_and_sent(term: Term) -> None:
    undone = term.command("undo", "--rows", f"2-{len(MEETS) + 1}", "--yes", "--json", "-")
    assert undone.code == 1
    told, refused = term.told(undone), expected(term, "cancel")
    assert {title: each for title, each in told.items() if each[0] == "refused"} == refused
    actions = {row["outcome"]: row["action"] for row in undone.json["rows"]}
    assert actions == {"cancelled": "cancel", "refused": "cancel"}
    assert f"Next: {len(refused)} rows say why nothing was done" in undone.err
    assert "Mend" not in undone.err
    todo = openpyxl.load_workbook(term.command.folder / "term-undo-results.xlsx")["To do"]
    assert [[cell.value for cell in line] for line in todo.iter_rows()] == [[OF_AN_UNDO]]

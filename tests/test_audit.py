"""What neither the account's list nor the journal explains is told, and only a double is an alarm."""

from pathlib import Path

import pytest

from batch.core.audit import Findings, Held, compare
from batch.core.lookup import Seen
from tests.command import KEYS, Command, lesson, serving, timetable

OURS = Held("100", "Algebra I", "ana@school.example", 1_946_000_000, 60, 2)


def seen(class_id: str = "200", **changes: object) -> Seen:
    facts: dict[str, object] = {
        "title": "Algebra I",
        "presenter": None,
        "starts": 1_946_000_000,
        "local_starts": None,
        "minutes": 60,
    }
    return Seen(class_id=class_id, **(facts | changes))  # type: ignore[arg-type]  # a table's values are objects


STRANGERS = {
    "the same class a second time is a double": (seen(), 1, 0),
    "white space in the title does not hide a double": (seen(title=" Algebra  I "), 1, 0),
    "a presenter that is listed must be the same": (seen(presenter="Ana@school.example"), 1, 0),
    "another presenter's class is somebody else's": (seen(presenter="ben@school.example"), 0, 1),
    "another title is somebody else's": (seen(title="Algebra II"), 0, 1),
    "another length is somebody else's": (seen(minutes=45), 0, 1),
    "a length that is not told does not hide a double": (seen(minutes=None), 1, 0),
}


@pytest.mark.parametrize(("stranger", "doubled", "foreign"), STRANGERS.values(), ids=STRANGERS)
def test_a_class_without_a_row(stranger: Seen, doubled: int, foreign: int) -> None:
    findings = compare([], [(stranger, [OURS])])
    assert (len(findings.doubled), findings.foreign) == (doubled, foreign)


def test_nothing_is_said_of_what_other_people_made() -> None:
    assert Findings(foreign=17).sentences() == []


def test_many_findings_make_one_short_sentence() -> None:
    (sentence,) = Findings(missing=(OURS,) * 40).sentences()
    assert "and 35 more" in sentence


def test_a_request_that_was_delivered_twice_is_told_and_ends_with_3(
    classbatch: Command, tmp_path: Path
) -> None:
    # Two classes of one presenter at one time: only a service without the rule of 1032 holds both.
    rows = [lesson(number) for number in range(4)]
    term = timetable(tmp_path / "term.csv", rows)
    with serving(classbatch, "--fault", "duplicate@first 1") as service:
        ran = classbatch.at(
            **KEYS,
            CLASSBATCH_STATE="state",
            CLASSBATCH_BASE_URL=service.url,
            CLASSBATCH_TIMEOUT_S="2",
            CLASSBATCH_SETTLE_S="0.1",
        )("submit", term)
        assert len(service.titles()) == 5
    assert ran.code == 3, ran
    assert "Twice in the account: class" in ran.out


def test_a_class_that_was_cancelled_elsewhere_is_told(classbatch: Command, tmp_path: Path) -> None:
    term = timetable(tmp_path / "term.csv", [lesson(number) for number in range(3)])
    ledger = tmp_path / "ledger.jsonl"
    here = classbatch.at(
        **KEYS, CLASSBATCH_STATE="state", CLASSBATCH_TIMEOUT_S="2", CLASSBATCH_SETTLE_S="0.1"
    )
    with serving(classbatch, "--ledger", ledger) as service:
        assert here("submit", term, CLASSBATCH_BASE_URL=service.url).code == 0
    ledger.unlink()
    with serving(classbatch, "--ledger", ledger) as service:
        ran = here("submit", term, CLASSBATCH_BASE_URL=service.url)
    assert ran.code == 0, ran
    assert "Scheduled, but no longer in the account" in ran.out
    with serving(classbatch, "--ledger", ledger) as service:
        quiet = here("submit", term, "--no-audit", CLASSBATCH_BASE_URL=service.url)
        assert service.calls("get_data") == 0
    assert "no longer in the account" not in quiet.out

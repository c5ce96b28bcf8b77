"""`classbatch submit` and what a person may ask of it, each by the calls that the service saw."""

import signal
from pathlib import Path

import pytest

from benchmarks.cases import memory
from tests.support.command import (
    KEYS,
    Command,
    Service,
    lesson,
    lessons,
    rows_of,
    serving,
    timetable,
    until,
)


def test_limit_sends_so_many_and_the_next_run_sends_the_rest(at_service: Command, service: Service) -> None:
    timetable(at_service.folder / "t.csv", lessons(5))
    first = at_service("submit", "t.csv", "--limit", "2", "--json", "-")
    assert first.code == 75
    assert [row["outcome"] for row in first.json["rows"]] == ["scheduled"] * 2 + ["not_sent"] * 3
    assert "--limit 2" in first.json["rows"][2]["message"]
    assert service.calls("create") == 2
    second = at_service("submit", "t.csv", "--json", "-")
    assert second.code == 0
    assert [row["outcome"] for row in second.json["rows"]] == ["already"] * 2 + ["scheduled"] * 3
    assert service.calls("create") == 5


def test_a_limit_counts_only_what_is_sent(at_service: Command, service: Service) -> None:
    """So that `--limit 2` night after night ends with every class."""
    timetable(at_service.folder / "t.csv", lessons(4))
    assert at_service("submit", "t.csv", "--limit", "2").code == 75
    assert at_service("submit", "t.csv", "--limit", "2").code == 0
    assert service.calls("create") == 4


def test_only_if_all_valid_sends_nothing_while_a_row_is_invalid(
    at_service: Command, service: Service
) -> None:
    rows = [lesson(1), lesson(2, title=""), lesson(3)]
    timetable(at_service.folder / "t.csv", rows)
    ran = at_service("submit", "t.csv", "--only-if-all-valid", "--json", "-")
    assert [row["outcome"] for row in ran.json["rows"]] == ["not_sent", "invalid", "not_sent"]
    assert "--only-if-all-valid" in ran.json["rows"][0]["message"]
    assert service.calls("create") == 0
    timetable(at_service.folder / "t.csv", [lesson(1), lesson(2), lesson(3)])
    assert at_service("submit", "t.csv", "--only-if-all-valid").code == 0
    assert service.calls("create") == 3


def test_a_refused_row_is_sent_again_only_when_asked(classbatch: Command) -> None:
    timetable(classbatch.folder / "t.csv", lessons(1))
    with serving(classbatch, "--fault", "unknown-code@first 1") as service:
        command = classbatch.at(**KEYS, CLASSBATCH_BASE_URL=service.url)
        told = []
        for words in ([], [], ["--retry-refused"], ["--retry-refused"]):
            (row,) = command("submit", "t.csv", *words, "--json", "-").json["rows"]
            told.append((row["outcome"], row["error_code"], service.calls("create")))
    assert told == [
        ("refused", "1999", 1),
        ("refused", "1999", 1),
        ("scheduled", None, 2),
        ("already", None, 2),
    ]


def test_a_refused_row_that_was_changed_is_sent(classbatch: Command) -> None:
    (classbatch.folder / "teachers").write_text("ana.diaz@school.example\n")
    with serving(classbatch, "--teachers", "teachers") as service:
        command = classbatch.at(**KEYS, CLASSBATCH_BASE_URL=service.url)
        timetable(classbatch.folder / "t.csv", [lesson(1, presenter_email="ana.dias@school.example")])
        first = command("submit", "t.csv", "--json", "-")
        assert (first.code, first.json["rows"][0]["error_code"]) == (1, "1031")
        timetable(classbatch.folder / "t.csv", [lesson(1, presenter_email="ana.diaz@school.example")])
        assert command("submit", "t.csv").code == 0
        assert service.calls("create") == 2


def test_a_first_sigterm_finishes_what_is_under_way_and_the_same_command_the_rest(
    classbatch: Command,
) -> None:
    rows = lessons(60)
    timetable(classbatch.folder / "t.csv", rows)
    with serving(classbatch, "--latency-s", "0.05") as service:
        command = classbatch.at(**KEYS, CLASSBATCH_BASE_URL=service.url, CLASSBATCH_IN_FLIGHT="4")
        with command.running("submit", "t.csv") as process:
            until(lambda: len(service.titles()) >= 10)
            process.send_signal(signal.SIGTERM)
            said = process.said.read()
            assert process.wait() == 75, said
        assert "what is under way is finished first" in said
        outcomes = [row["outcome"] for row in rows_of(classbatch.folder / "t-results.xlsx")]
        sent = len(service.titles())
        assert (outcomes.count("scheduled"), outcomes.count("not_sent")) == (sent, 60 - sent)
        assert 10 <= sent < 60
        again = command("submit", "t.csv", "--json", "-")
        assert again.code == 0
        assert again.json["counts"]["already"] == sent
        assert service.titles() == sorted(row["title"] for row in rows)
        assert service.calls("create") == 60


def test_each_row_gets_the_class_that_it_asked_for(at_service: Command, service: Service) -> None:
    """Answers come back out of order; the id in my row is the id of my class."""
    timetable(at_service.folder / "t.csv", lessons(80))
    assert at_service("submit", "t.csv").code == 0
    classes = {str(each["class_id"]): each for each in service.ledger()["classes"]}
    for row in rows_of(at_service.folder / "t-results.xlsx"):
        made = classes[row["class_id"]]
        assert (made["title"], made["call_id"]) == (row["title"], row["call_id"])
        assert made["presenter"] == row["presenter_email"]


def test_a_results_workbook_replaces_the_one_before_it_whole(at_service: Command) -> None:
    target: Path = at_service.folder / "r.xlsx"
    timetable(at_service.folder / "t.csv", lessons(1))
    for _ in range(2):
        assert at_service("submit", "t.csv", "--results", "r.xlsx").code == 0
    assert len(rows_of(target)) == 1
    assert not [path for path in at_service.folder.iterdir() if path.name.endswith(".part")]


@pytest.mark.thorough
def test_ten_times_the_rows_take_hardly_more_memory() -> None:
    """The case `memory` of the benchmarks at a size for every day; a million rows are for by hand."""
    figures = list(memory(2_000))
    assert len(figures) == 2
    for figure in figures:
        assert figure.value < 1.5, figure

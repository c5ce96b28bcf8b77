"""docs/change.md: each of its commands does what the page says, in the situation that it speaks of."""

import html
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.support.command import KEYS, Command, Ran, Service, lessons, rows_of, serving, timetable
from tests.support.page import csv_of, serving_here, serving_page

PAGE = (Path(__file__).parents[2] / "docs" / "change.md").read_text("utf-8")
BLOCKS = {
    name: [line.partition("#")[0].strip() for line in block.splitlines()]
    for name, block in re.findall(r"<!-- run: (\w+) -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
}


class School:
    """A term that was sent, and the page's commands."""

    def __init__(self, command: Command, service: Service) -> None:
        self.command = command
        self.service = service
        self.rows = [{**row, "attendee_limit": "10"} for row in lessons(10)]
        self.write("term.csv")
        assert command("submit", "term.csv").code == 0

    def write(self, name: str) -> None:
        timetable(self.command.folder / name, self.rows)

    def run(self, name: str, meant: Mapping[str, str] = MappingProxyType({})) -> list[Ran]:
        """The commands of a block, in order; `meant`: what is written in the place of words."""
        ran = []
        for line in BLOCKS[name]:
            for word, text in meant.items():
                line = line.replace(word, text)  # noqa: PLW2901 - the same line, filled in
            program, *words = shlex.split(line)
            assert program == "classbatch"
            ran.append(self.command(*words))
        return ran

    def account(self) -> list[tuple[str, str, str]]:
        return sorted(
            (
                each["title"],
                each["start"][:16].replace("T", " "),
                str(each["parameters"].get("attendee_limit")),
            )
            for each in self.service.ledger()["classes"]
            if not each["cancelled"]
        )

    def asked(self) -> list[tuple[str, str, str]]:
        return sorted((row["title"], row["start_time"], row["attendee_limit"]) for row in self.rows)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    command = Command(tmp_path, KEYS)
    with serving(command) as service:
        variables = {"CLASSBATCH_BASE_URL": service.url, "CLASSBATCH_SETTLE_S": "0"}
        yield School(command.at(**variables, CLASSBATCH_STATE=str(tmp_path / "state")), service)


def test_a_lesson_moved(school: School) -> None:
    before = school.account()
    school.rows[0]["start_time"] = "2031-09-01 15:00"
    school.rows.pop(4)
    school.write("term.csv")
    checked, asked = school.run("moved")
    assert checked.code == 0
    assert "Lesson 5" in checked.out
    assert (asked.code, school.account()) == (2, before)  # there is no terminal to ask on
    assert "Start: Mon 1 Sep 2031 13:00 (GMT) -> Mon 1 Sep 2031 15:00 (GMT)." in asked.err
    told = school.command("submit", "term.csv")  # which never changes anything
    assert "to see what a sync would change: classbatch check term.csv --sync" in told.out
    (kept,) = school.run("keep")
    assert (kept.code, len(school.account())) == (0, 10)
    first = rows_of(school.command.folder / "term-results.xlsx")[0]
    assert first["outcome"] == "changed"
    assert "Start: Mon 1 Sep 2031 13:00 (GMT) -> Mon 1 Sep 2031 15:00" in first["message"]
    (synced,) = school.run("script")
    assert (synced.code, school.account()) == (0, school.asked())
    school.rows.pop()
    school.write("term.csv")
    left = school.command("sync", "term.csv", "--yes")
    assert "1 class before the first or after the last lesson of the file" in left.out, left.out + left.err
    assert len(school.account()) == len(school.asked()) + 1
    (whole,) = school.run("whole")
    assert (whole.code, school.account()) == (0, school.asked())
    for row in school.rows:
        row["attendee_limit"] = "20"
    school.write("term.csv")
    assert school.command("sync", "term.csv", "--yes").code == 2
    (much,) = school.run("much")
    assert (much.code, school.account()) == (0, school.asked())


def test_i_sent_the_wrong_file(school: School) -> None:
    right = [dict(row) for row in school.rows]
    for row in school.rows[2:6]:
        row["attendee_limit"] = "30"
    school.rows[8]["start_time"] = "2031-09-01 12:00"
    only_there = {**lessons(12)[-1], "start_time": "2031-09-01 16:30", "attendee_limit": "5"}
    school.rows.append(only_there)
    school.write("term.csv")
    lenient = ("--most-changed", "100", "--most-cancelled", "100")
    assert school.command("sync", "term.csv", "--yes", *lenient).code == 0
    school.rows = right
    school.write("right.csv")
    (ran,) = school.run("wrong")
    assert ran.code == 0, ran.out + ran.err
    assert school.account() == school.asked()


def test_what_a_run_did_is_taken_back(school: School) -> None:
    before = school.account()
    school.rows[0]["start_time"] = "2031-09-01 15:00"
    school.rows.append({**lessons(12)[-1], "start_time": "2031-09-01 16:30", "attendee_limit": "5"})
    school.write("term.csv")
    assert school.command("sync", "term.csv", "--yes").code == 0
    listed, asked = school.run("undo")
    assert "term.csv" in listed.out
    assert (asked.code, school.account()) == (2, school.asked())  # there is no terminal to ask on
    assert "1 class that it made will be cancelled" in asked.err
    assert "1 class that it changed will be changed back" in asked.err
    ran = school.command("undo", "--yes")
    assert (ran.code, school.account()) == (0, before)
    # Some rows of the first run, by its name; then the rest of it.
    (first,) = re.findall(r"^(\S+) +term\.csv +.* 10 ", listed.out, re.MULTILINE)
    named = {"undo --rows": f"undo {first} --rows", "BATCH": first}
    some, all_of_it = school.run("rows", named)
    assert (some.code, all_of_it.code, school.account()) == (0, 0, [])
    results = school.command("results", first, "--out", "what-is-left.xlsx")
    assert results.code == 0
    assert {row["outcome"] for row in rows_of(school.command.folder / "what-is-left.xlsx")} == {"cancelled"}


@contextmanager
def meddled(folder: Path, hand: str) -> Iterator[School]:
    """A school of which somebody changes or cancels a class in WizIQ at the very moment in which it is changed."""
    command = Command(folder, KEYS)
    with serving(command, "--fault", f"{hand}@modify first 1") as service:
        variables = {"CLASSBATCH_BASE_URL": service.url, "CLASSBATCH_SETTLE_S": "0"}
        school = School(command.at(**variables, CLASSBATCH_STATE=str(folder / "state")), service)
        school.rows[0]["attendee_limit"] = "20"
        school.write("term.csv")
        school.command("sync", "term.csv", "--yes")
        yield school


def test_somebody_changed_a_class_in_wiziq(tmp_path: Path) -> None:
    with meddled(tmp_path, "hand-edit") as school:
        school.rows[0]["attendee_limit"] = "25"
        school.write("term.csv")
        held = school.command("sync", "term.csv", "--yes", "--json", "-")
        assert held.code == 1
        assert (held.json["rows"][0]["outcome"], held.json["rows"][0]["reason"]) == ("held", "edited")
        (ran,) = school.run("edited")
        assert (ran.code, school.account()) == (0, school.asked())


def test_somebody_cancelled_a_class_in_wiziq(tmp_path: Path) -> None:
    with meddled(tmp_path, "hand-cancel") as school:
        held = school.command("sync", "term.csv", "--yes", "--json", "-")
        assert (held.json["rows"][0]["outcome"], held.json["rows"][0]["reason"]) == ("held", "edited")
        assert "sync with --recreate" in held.json["rows"][0]["message"]
        (ran,) = school.run("recreate")
        assert (ran.code, school.account()) == (0, school.asked())


def test_every_command_of_the_page_was_run() -> None:
    """Collected last: each test above takes its blocks."""
    assert set(re.findall(r"<!-- run: (\w+) -->", PAGE)) == {
        *("moved", "keep", "whole", "script", "much", "undo", "rows", "wrong", "edited", "recreate")
    }


async def test_what_the_page_says_to_press_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version is given on the page of the batch, a class is edited by hand just then, one lesson is taken back."""
    rows = [{**row, "attendee_limit": "10"} for row in lessons(3)]
    changed = [{**row, "attendee_limit": "20"} for row in rows]
    again = [{**row, "attendee_limit": "30"} for row in rows]
    seen: list[str] = []
    with serving_here(fault="hand-edit@modify first 1") as service:
        service.seen_by(monkeypatch, tmp_path)
        async with serving_page(tmp_path, base_url=service.url) as page, page.browser() as browser:
            sent = await browser.sent(await browser.checked(csv_of(rows)))
            seen.append(sent.text)
            for version in (changed, again):
                checked = await browser.checked(csv_of(version), to=sent.action("/file"))
                seen.append(checked.text)
                await browser.press(checked, "/mend", changes="change")
                sent = await browser.sent(await browser.settled(checked.url.path))
                seen.append(sent.text)
    shown = html.unescape(" ".join(seen))
    labels = set(re.findall(r"\*\*([^*]+)\*\*", PAGE))
    assert len(labels) >= 6
    assert not {label for label in labels if label not in shown}

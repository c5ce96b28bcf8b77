"""This journal is not the only one: the file was sent before from elsewhere, and by the real command nothing is sent twice."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.command import KEYS, Command, Ran, Service, Table, lessons, serving, timetable

pytestmark = pytest.mark.thorough

ROWS = 10


@dataclass(frozen=True, slots=True)
class School:
    """One account, its file, and the computers that send it."""

    folder: Path
    service: Service
    command: Command

    def submit(self, home: str, *more: str, rows: int = ROWS) -> tuple[Ran, Table]:
        """The command on a computer of that name, with what it says of each row."""
        file = timetable(self.folder / "term.csv", lessons(rows))
        (self.folder / home).mkdir(exist_ok=True)
        ran = self.command("submit", file, "--json", "-", *more, HOME=str(self.folder / home))
        return ran, ran.json["rows"] if ran.out else []


@pytest.fixture(params=[[], ["--conflict", "off"]], ids=["clashes are refused", "they are not"])
def school(request: pytest.FixtureRequest, classbatch: Command, tmp_path: Path) -> Iterator[School]:
    with serving(classbatch, *request.param) as service:
        here = classbatch.at(**KEYS, CLASSBATCH_BASE_URL=service.url, CLASSBATCH_SETTLE_S="0")
        yield School(tmp_path, service, here)


def another_home(_: School) -> str:
    """Another computer, or another user of this one."""
    return "another"


def whole_state_lost(school: School) -> str:
    shutil.rmtree(school.folder / "first")
    return "first"


def snapshot_put_back(school: School) -> str:
    """The state folder as it was before the last five rows."""
    shutil.rmtree(school.folder / "first")
    shutil.copytree(school.folder / "snapshot", school.folder / "first")
    return "first"


ELSEWHERE: Mapping[str, Callable[[School], str]] = {
    "another computer": another_home,
    "the state folder is lost": whole_state_lost,
    "a snapshot of it is put back": snapshot_put_back,
}


@pytest.mark.parametrize("elsewhere", ELSEWHERE.values(), ids=ELSEWHERE)
def test_every_row_is_there_already_with_its_class(
    elsewhere: Callable[[School], str], school: School
) -> None:
    assert school.submit("first", rows=5)[0].code == 0
    shutil.copytree(school.folder / "first", school.folder / "snapshot")
    ran, rows = school.submit("first")
    assert ran.code == 0, ran
    home = elsewhere(school)
    again, seen = school.submit(home)
    assert [row["outcome"] for row in seen] == ["already"] * ROWS, again
    assert [row["class_id"] for row in seen] == [row["class_id"] for row in rows]
    assert again.code == 1, "the list names no presenters: somebody has to know of it, once"
    assert "The list names no presenters" in again.err
    assert school.submit(home)[0].code == 0
    assert school.service.calls() == ROWS


def test_that_it_was_recognised_is_said_once_even_quietly(school: School) -> None:
    _, rows = school.submit("first")
    again, _ = school.submit("another", "--quiet")
    assert again.code == 1
    for named in ("The list names no presenters", rows[0]["class_id"], rows[-1]["class_id"], "--as-new"):
        assert named in again.err
    later, _ = school.submit("another", "--quiet")
    assert (later.code, "The list names no presenters" in later.err) == (0, False)


#: How its rows end, and how many classes there are.
WAYS_OUT = {"--take-over": ("already", 3), "--as-new": ("scheduled", 6)}


@pytest.mark.parametrize(("flag", "then"), WAYS_OUT.items(), ids=WAYS_OUT)
def test_three_rows_whose_list_names_no_presenters_are_held_until_somebody_says(
    flag: str, then: tuple[str, int], classbatch: Command, tmp_path: Path
) -> None:
    outcome, classes = then
    with serving(classbatch, "--conflict", "off") as service:
        here = classbatch.at(**KEYS, CLASSBATCH_BASE_URL=service.url, CLASSBATCH_SETTLE_S="0")
        school = School(tmp_path, service, here)
        _, rows = school.submit("first", rows=3)
        for _ in range(2):
            held, seen = school.submit("another", rows=3)
            assert (held.code, [row["outcome"] for row in seen]) == (1, ["held"] * 3)
            assert all(mine["class_id"] in row["message"] for mine, row in zip(rows, seen, strict=True))
            assert all("--take-over" in row["message"] and "--as-new" in row["message"] for row in seen)
        said, seen = school.submit("another", flag, rows=3)
        assert (said.code, [row["outcome"] for row in seen]) == (0, [outcome] * 3)
        later, seen = school.submit("another", rows=3)
        assert (later.code, [row["outcome"] for row in seen]) == (0, ["already"] * 3)
        assert len(service.titles()) == classes


def test_another_groups_classes_are_sent_as_new_ones_where_somebody_says_so(
    classbatch: Command, tmp_path: Path
) -> None:
    """The file is taken for one that was sent before; the way out that is named is a way out."""
    with serving(classbatch, "--conflict", "off") as service:
        here = classbatch.at(**KEYS, CLASSBATCH_BASE_URL=service.url, CLASSBATCH_SETTLE_S="0")
        school = School(tmp_path, service, here)
        _, first = school.submit("first")
        recognised, _ = school.submit("another")
        assert "--as-new" in recognised.err
        said, seen = school.submit("another", "--as-new")
        assert (said.code, [row["outcome"] for row in seen]) == (0, ["scheduled"] * ROWS)
        assert not {row["class_id"] for row in seen} & {row["class_id"] for row in first}
        assert school.submit("another")[0].code == 0
        assert len(service.titles()) == 2 * ROWS


@pytest.mark.parametrize("rows", [ROWS, ROWS + 2], ids=["the same file", "two rows more"])
def test_as_new_sends_no_recognised_row_again_once_something_else_was_asked(
    rows: int, classbatch: Command, tmp_path: Path
) -> None:
    """It is heard right after the file was recognised; where rows are held since, it is the answer for those."""
    with serving(classbatch, "--conflict", "off") as service:
        here = classbatch.at(**KEYS, CLASSBATCH_BASE_URL=service.url, CLASSBATCH_SETTLE_S="0")
        school = School(tmp_path, service, here)
        _, first = school.submit("first")
        recognised, _ = school.submit("another")
        assert recognised.code == 1
        new = rows - ROWS
        next_one, seen = school.submit("another", rows=rows)
        assert [row["outcome"] for row in seen[ROWS:]] == ["held"] * new, next_one
        said, seen = school.submit("another", "--as-new", rows=rows)
        assert (said.code, [row["outcome"] for row in seen]) == (0, ["already"] * ROWS + ["scheduled"] * new)
        assert [row["class_id"] for row in seen[:ROWS]] == [row["class_id"] for row in first]
        assert len(service.titles()) == rows


def test_a_second_computer_on_one_inbox_sends_nothing_again(classbatch: Command, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with serving(classbatch) as service:
        here = classbatch.at(
            **KEYS, CLASSBATCH_BASE_URL=service.url, CLASSBATCH_SETTLE_S="0", CLASSBATCH_SETTLED_S="0"
        )
        codes = []
        for home in ("one", "another", "another"):
            (tmp_path / home).mkdir(exist_ok=True)
            timetable(inbox / "term.csv", lessons(ROWS))
            codes.append(here("nightly", inbox, HOME=str(tmp_path / home)).code)
        assert codes == [0, 1, 0]
        assert service.calls() == ROWS

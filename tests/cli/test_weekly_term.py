"""A term from one week: each class on its day at its hour, as somebody finds them who walks the calendar."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from samples.make_samples import _LAST_DAY, _OFF, FIRST_MONDAY, LONDON, WEEKLY
from tests.core.term.oracle import Lesson, School, days_of
from tests.support.command import KEYS, SAMPLES, Command, Service, lesson, rows_of, serving, timetable

DAYS = {"Mon": [0], "Tue": [1], "Wed": [2], "Thu": [3], "Fri": [4], "MW": [0, 2], "TTh": [1, 3]} | {
    "Mon, Wed": [0, 2],
    "mon-fri": [0, 1, 2, 3, 4],
}
WEEKS = {"odd": frozenset(range(1, 30, 2)), "even": frozenset(range(2, 30, 2))} | {
    "1-6, 10-14": frozenset({*range(1, 7), *range(10, 15)})
}


def on(number: int) -> date:
    return FIRST_MONDAY + timedelta(days=number)


SCHOOL = School(
    starts=FIRST_MONDAY,
    ends=on(_LAST_DAY),
    off=frozenset(on(day) for _, first, last in _OFF for day in range(first, last + 1)),
    a_week=FIRST_MONDAY,
)


def expected() -> Iterator[tuple[str, str, datetime]]:
    """Title, presenter and start of every class of the sample."""
    for teacher, lessons in WEEKLY.items():
        for title, days, weeks, hour, more in lessons:
            found = Lesson(
                days=frozenset(DAYS[days]),
                first=on(int(more.get("First lesson", 0))),
                last=on(int(more.get("Last lesson", _LAST_DAY))),
                every=2 if "Repeat" in more else 1,
                letter=weeks if weeks in {"A", "B"} else None,
                numbers=WEEKS.get(weeks),
                left_out=frozenset({on(int(more["Not on"]))}) if "Not on" in more else frozenset(),
            )
            for day in days_of(found, SCHOOL):
                start = datetime.combine(day, time.fromisoformat(hour), ZoneInfo(LONDON))
                yield title, f"{teacher}@riverside.example", start.astimezone(UTC)


@pytest.mark.thorough
def test_every_class_of_the_sample_stands_on_its_day_at_its_hour(tmp_path: Path) -> None:
    wanted = Counter(expected())
    assert len(wanted) > 500
    assert {start.astimezone(ZoneInfo(LONDON)).utcoffset() for _, _, start in wanted} == {
        timedelta(0),
        timedelta(hours=1),
    }
    with serving(Command(tmp_path)) as service:
        command = Command(tmp_path, {**KEYS, "CLASSBATCH_BASE_URL": service.url})
        first = command(
            "submit", SAMPLES / "weekly-term.xlsx", "--results", "results.xlsx", "--state", "state"
        )
        assert first.code == 0, first.out + first.err
        assert f"40 rows, {len(wanted)} classes" in first.out
        assert made(service) == wanted
        assert in_results(tmp_path / "results.xlsx") == wanted
        # The file again, its results handed in, and the CSV by the settings beside it: nothing is sent twice.
        for again in (
            [SAMPLES / "weekly-term.xlsx"],
            [tmp_path / "results.xlsx"],
            [SAMPLES / "weekly-term.csv", "--config", SAMPLES / "weekly-term.toml"],
        ):
            report = command(
                "submit", *again, "--state", "state", "--json", "-", "--results", "again.xlsx"
            ).json
            assert report["counts"]["already"] == len(wanted), again
            assert {row["row"] for row in report["rows"]} == {*range(2, 42)}
        assert service.calls() == len(wanted)


def made(service: Service) -> Counter[tuple[str, str, datetime]]:
    return Counter(
        (each["title"], each["presenter"], datetime.fromisoformat(each["start"]).astimezone(UTC))
        for each in service.ledger()["classes"]
    )


def in_results(results: Path) -> Counter[tuple[str, str, datetime]]:
    """What the results say became of which class."""
    return Counter(
        (row["Class"], row["Teacher e-mail"], datetime.fromisoformat(row["start_utc"]).replace(tzinfo=UTC))
        for row in rows_of(results)
        if row["outcome"] == "scheduled" and row["class_id"]
    )


@pytest.fixture
def at_service(tmp_path: Path) -> Iterator[tuple[Command, Service]]:
    with serving(Command(tmp_path)) as service:
        yield (
            Command(tmp_path, {**KEYS, "CLASSBATCH_BASE_URL": service.url, "CLASSBATCH_STATE": "state"}),
            service,
        )


def weekly_lesson(number: int, **changes: str) -> dict[str, str]:
    """A row that repeats, four Mondays long."""
    more = {"weekday": "Mon", "first_date": "2031-09-01", "last_date": "2031-09-22", **changes}
    return {**lesson(number), "start_time": f"{9 + number:02}:00", **more}


def test_a_row_mended_on_to_do_is_sent_with_all_its_days(
    at_service: tuple[Command, Service], tmp_path: Path
) -> None:
    """`To do` has one line for it; what is sent already is not sent again."""
    command, service = at_service
    rows = [weekly_lesson(1), weekly_lesson(2, weekday="Someday"), weekly_lesson(3)]
    timetable(tmp_path / "t.csv", rows)
    assert command("submit", "t.csv").code == 1
    assert service.calls() == 8
    book = openpyxl.load_workbook(tmp_path / "t-results.xlsx")
    to_do = book["To do"]
    assert to_do.max_row == 2
    header = [str(cell.value) for cell in to_do[1]]
    to_do.cell(2, header.index("weekday") + 1).value = "Monday"
    book.save(tmp_path / "mended.xlsx")
    report = command("submit", "mended.xlsx", "--json", "-").json
    assert report["counts"] | {"scheduled": 4, "already": 8} == report["counts"]
    assert service.calls() == 12


def test_lessons_with_the_same_trouble_are_one_line_that_names_their_days(
    at_service: tuple[Command, Service], tmp_path: Path
) -> None:
    command, _ = at_service
    in_the_way = {**weekly_lesson(1, title="Chess", weekday="", first_date="", last_date="")}
    days = [{**in_the_way, "start_time": f"2031-09-{day} 10:00"} for day in ("08", "15")]
    timetable(tmp_path / "t.csv", [*days, weekly_lesson(1)])
    ran = command("submit", "t.csv")
    assert ran.code == 1
    assert (
        "row 4 2 of 4 lessons (8 and 15 Sep): teacher1@school.example has row 2 (Chess) on Mon 8 Sep 2031 10:00-11:00 (GMT)."
        in ran.err + ran.out
    )
    assert "t.csv: 3 rows, 6 classes" in ran.out + ran.err
    assert "Mend the row" in ran.out + ran.err
    book = openpyxl.load_workbook(tmp_path / "t-results.xlsx")
    assert [row[0] for row in book["Results"].iter_rows(min_row=2, values_only=True)] == [2, 3, 4, 4, 4, 4]
    assert [row[0] for row in book["To do"].iter_rows(min_row=2, values_only=True)] == [4]


def test_a_line_of_results_that_was_changed_alone_is_asked_about(
    at_service: tuple[Command, Service], tmp_path: Path
) -> None:
    command, service = at_service
    timetable(tmp_path / "t.csv", [weekly_lesson(1)])
    assert command("submit", "t.csv").code == 0
    book = openpyxl.load_workbook(tmp_path / "t-results.xlsx")
    sheet = book["Results"]
    header = [str(cell.value) for cell in sheet[1]]
    sheet.cell(4, header.index("start_time") + 1).value = "16:00"
    book.save(tmp_path / "changed.xlsx")
    report = command("submit", "changed.xlsx", "--json", "-").json
    assert report["counts"] | {"already": 4, "invalid": 1} == report["counts"]
    assert [each["code"] for row in report["rows"] for each in row["problems"]] == ["R090"]
    assert service.calls() == 4


def test_a_limit_counts_classes(at_service: tuple[Command, Service], tmp_path: Path) -> None:
    command, service = at_service
    timetable(tmp_path / "t.csv", [weekly_lesson(1), weekly_lesson(2)])
    report = command("submit", "t.csv", "--limit", "5", "--json", "-").json
    assert report["counts"] | {"scheduled": 5, "not_sent": 3} == report["counts"]
    assert service.calls() == 5
    assert command("submit", "t.csv", "--json", "-").json["counts"]["scheduled"] == 3


def test_too_many_classes_are_refused_before_anything_is_sent(
    at_service: tuple[Command, Service], tmp_path: Path
) -> None:
    command, service = at_service
    timetable(tmp_path / "t.csv", [weekly_lesson(1), weekly_lesson(2)])
    ran = command("submit", "t.csv", CLASSBATCH_MAX_CLASSES="7")
    assert (ran.code, service.calls()) == (2, 0)
    assert "stand for more than 7 classes" in ran.err


def test_a_marked_copy_says_of_a_row_what_is_wrong_with_any_of_its_lessons(tmp_path: Path) -> None:
    command = Command(tmp_path, {"CLASSBATCH_STATE": "state"})
    rows = [
        weekly_lesson(1, weekday="Sun", start_time="01:30", first_date="2032-03-21", last_date="2032-04-04")
    ]
    timetable(tmp_path / "t.csv", [{**rows[0], "time_zone": "Europe/London"}])
    assert command("check", "t.csv", "--marked", "marked.xlsx", "--clock", "24").code == 1
    (line,) = (
        openpyxl.load_workbook(tmp_path / "marked.xlsx").worksheets[0].iter_rows(min_row=2, values_only=True)
    )
    assert "2032-03-28 01:30" in str(line[-1])


def test_a_series_that_is_cut_short_gives_up_its_tail_and_no_more(
    at_service: tuple[Command, Service], tmp_path: Path
) -> None:
    """`sync` cancels the lessons behind the new last day, though no row of the file reaches there any more."""
    command, _ = at_service
    timetable(tmp_path / "t.csv", [weekly_lesson(1), weekly_lesson(2)])
    assert command("submit", "t.csv").code == 0
    timetable(
        tmp_path / "t.csv",
        [weekly_lesson(1, last_date="2031-09-15"), weekly_lesson(2, last_date="2031-09-15")],
    )
    report = command("sync", "t.csv", "--yes", "--json", "-").json
    assert report["counts"] | {"already": 6, "cancelled": 2} == report["counts"]
    assert {each["start_utc"][:10] for each in report["removed"]} == {"2031-09-22"}


def test_a_series_at_another_hour_changes_each_of_its_classes(
    at_service: tuple[Command, Service], tmp_path: Path
) -> None:
    command, service = at_service
    others = [weekly_lesson(number) for number in range(2, 5)]
    timetable(tmp_path / "t.csv", [weekly_lesson(1), *others])
    assert command("submit", "t.csv").code == 0
    timetable(tmp_path / "t.csv", [weekly_lesson(1, start_time="16:00"), *others])
    report = command("sync", "t.csv", "--yes", "--json", "-").json
    assert report["counts"] | {"changed": 4, "already": 12, "cancelled": 0} == report["counts"]
    assert service.calls() == 16

"""Which files are versions of one timetable: a date and a copy mark make no other one, any other digit does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.changes.timetable_name import timetable_of

SAME = {
    "a date": ("/inbox/export-2026-09-01.csv", "/inbox/export-2026-09-02.csv"),
    "a date without hyphens, and a time": ("term_20310901T0600.csv", "term_20310902T0615.csv"),
    "a time with seconds": ("term 2031-09-01 06-00-12.csv", "term 2031-09-02 07-30-01.csv"),
    "a time as programs write it": ("term-2031-09-01T06:00:12Z.csv", "term.csv"),
    "fourteen digits": ("term-20310901060012.csv", "term-20310902060012.csv"),
    "day first": ("term-01.09.2031.csv", "term-02.09.2031.csv"),
    "a month in words": ("term 1 Sep 2031.csv", "term 12 October 2031.csv"),
    "a month in words, in front": ("Sep-01-2031 term.csv", "term.csv"),
    "in the middle": ("export 2031-09-01 final.csv", "export final.csv"),
    "a number in brackets": ("term.xlsx", "term (2).xlsx"),
    "a copy": ("term.xlsx", "term - Copy (3).xlsx"),
    "a copy of another system": ("term.xlsx", "term copy 2.xlsx"),
    "its results": ("term.csv", "term-results.xlsx"),
    "its results beside another file's": ("term.csv", "term-csv-results.xlsx"),
    "results under another name": ("term.csv", "term-results-2.xlsx"),
    "results whose name was taken": ("term.csv", "term-results-20310901-090000-1a2f.xlsx"),
    "results of those": ("term.csv", "term-results-20310901-090000-1a2f-results.xlsx"),
    "a copy of its results": ("term.csv", "term-results (1).xlsx"),
    "its copy with the problems marked": ("term.csv", "term-marked.xlsx"),
    "the results of that": ("term.csv", "term-marked-results (1).xlsx"),
    "what the import puts in front": ("in/term.csv", "in/failed/20310901-021500-term.csv"),
    "and a number, of two in a second": ("7-a.csv", "in/failed/20310901-021500_2-7-a.csv"),
    "another format": ("term.csv", "TERM.xlsx"),
    "another folder": ("a/term.csv", "b/term.csv"),
    "dates alone": ("2031-09-01.csv", "20310902.csv"),
    "a path of Windows": (r"C:\in\term.csv", "term.csv"),
    "no ending": ("term", "term.csv"),
    "spaces and hyphens": ("year-7.csv", "Year 7.csv"),
}

TWO = {
    "year groups": ("year-7.csv", "year-8.csv"),
    "year groups with a date": ("year-7-2031-09-01.csv", "year-8-2031-09-01.csv"),
    "weeks": ("term-week1.csv", "term-week2.csv"),
    "weeks of a feed": ("week38.csv", "week41.csv"),
    "rooms": ("room 101.csv", "room 102.csv"),
    "years": ("2031.csv", "2032.csv"),
    "school years": ("plan 2031-32.csv", "plan 2032-33.csv"),
    "numbers that are no date": ("export-20319901.csv", "export-20319902.csv"),
    "numbers as long as a date and more": ("export-203109011.csv", "export-203109012.csv"),
    "terms of a year": ("2031-1-2.csv", "2031-1-3.csv"),
    "places": ("term-north.csv", "term-south.csv"),
    "a word that a copy of ours ends with": ("tests marked.csv", "tests.csv"),
    "a point in the name": ("v1.2 term.csv", "v1.3 term.csv"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_these_are_one_timetable(one: str, other: str) -> None:
    assert timetable_of(one) == timetable_of(other)


@pytest.mark.parametrize(("one", "other"), TWO.values(), ids=TWO)
def test_these_are_two_timetables(one: str, other: str) -> None:
    assert timetable_of(one) != timetable_of(other)


def test_the_setting_comes_before_the_name() -> None:
    assert timetable_of("upload.csv", "Autumn  Term") == timetable_of("other.csv", "autumn term")
    assert timetable_of("upload.csv", "Autumn") != timetable_of("upload.csv", "Spring")


@given(
    st.integers(1, 999), st.integers(1, 999), st.dates(), st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d.%m.%Y"])
)
def test_a_number_of_theirs_counts_whatever_date_stands_beside_it(
    one: int, other: int, day: object, form: str
) -> None:
    names = [timetable_of(f"group-{number} {day:{form}}.csv") for number in (one, other)]
    assert (names[0] == names[1]) is (one == other)

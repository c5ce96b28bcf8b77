"""A column that is not read, but whose cells look like those of one that the file lacks, is named once; an example is made from the cell."""

from pathlib import Path

import pytest

from tests.support.command import Command, Ran

_EMAILS = ("ana@riverside.example", "bob@riverside.example", "eva@riverside.example")


def check(classbatch: Command, header: str, *lines: str) -> Ran:
    Path(classbatch.folder / "t.csv").write_text("\n".join((header, *lines)) + "\n")
    return classbatch("check", "t.csv", "--sandbox")


def lines_of(*cells: str) -> list[str]:
    """A lesson for each of them, with the cell behind it."""
    return [
        f"Lesson {day},2031-09-{day} 09:00,{email},Europe/London,{cell}"
        for day, (cell, email) in enumerate(zip(cells, _EMAILS, strict=False), start=15)
    ]


#: The header of the fifth column, its cells, whether it is taken for a length.
LENGTHS = {
    "minutes": ("Block", ["90 min", "45 min"], True),
    "hours": ("Umfang", ["1.5 Std", "2 Std"], True),
    "both": ("Slot", ["1h 15m", "50m"], True),
    "some rows say nothing": ("Block", ["90 min", "", "45 min"], True),
    "numbers may be anything": ("Room", ["90", "45"], False),
    "a class of the school": ("Group", ["9A", "10B"], False),
    "not all are": ("Block", ["90 min", "hall"], False),
    "a time of day": ("Bell", ["9:00", "10:00"], False),
}


@pytest.mark.parametrize(("header", "cells", "hinted"), LENGTHS.values(), ids=LENGTHS)
def test_a_length_with_its_unit_in_a_column_that_is_not_read(
    classbatch: Command, header: str, cells: list[str], *, hinted: bool
) -> None:
    ran = check(classbatch, f"Class,Start,Teacher e-mail,Time zone,{header}", *lines_of(*cells))
    assert (f"'{header}' is not read. If it is the duration" in ran.err) is hinted


def test_where_the_file_has_a_length_no_other_column_is_named(classbatch: Command) -> None:
    lines = [f"{line},60" for line in lines_of("90 min", "45 min")]
    ran = check(classbatch, "Class,Start,Teacher e-mail,Time zone,Block,Minutes", *lines)
    assert "'Block' is not read" not in ran.err


#: Columns of names and addresses -> the column that is named.
ADDRESSES = {
    "names beside addresses": (("Ana Diaz", "ana@riverside.example"), "Contact"),
    "addresses where they belong": (("ana@riverside.example", "office@riverside.example"), ""),
    "no address anywhere": (("Ana Diaz", "room 4"), ""),
}


@pytest.mark.parametrize(("cells", "named"), ADDRESSES.values(), ids=ADDRESSES)
def test_a_column_of_names_beside_one_of_addresses(
    classbatch: Command, cells: tuple[str, str], named: str
) -> None:
    header = "Class,Start,Teacher,Time zone,Contact"
    lines = [f"Lesson {day},2031-09-{day} 09:00,{cells[0]},Europe/London,{cells[1]}" for day in (15, 16)]
    ran = check(classbatch, header, *lines)
    told = [line for line in ran.err.splitlines() if "If it is the presenter_email" in line]
    assert told == (
        [f"'{named}' is not read. If it is the presenter_email: --map \"{named}=presenter_email\"."]
        if named
        else []
    )


@pytest.mark.parametrize(
    "header",
    [
        "Start (UTC+1)",
        "Start UTC+01:00",
        "Start time GMT-5",
        "Start [GMT+0530]",
        "Date & Time (UTC \u2212 3)",
    ],
)
def test_a_start_by_the_clock_of_an_offset_is_asked_about(classbatch: Command, header: str) -> None:
    ran = check(classbatch, f"Class,{header},Teacher e-mail", "Art,2031-09-15 09:00,ana@riverside.example")
    assert ran.code == 2
    assert f"Is '{header}' (B) the start_time?" in ran.err


@pytest.mark.parametrize(
    ("typed", "example"),
    [("25 students", "25"), ("max. 30", "30"), ("~20", "20"), ("20 to 30", "25"), ("many", "25")],
)
def test_an_example_is_made_from_the_cell(classbatch: Command, typed: str, example: str) -> None:
    ran = check(classbatch, "Class,Start,Teacher e-mail,Time zone,Attendee limit", *lines_of(typed))
    assert f"{typed!r} is not a whole number. Write digits only, such as {example}." in ran.out

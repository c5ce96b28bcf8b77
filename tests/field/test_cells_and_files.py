"""Timetables as people have them: what is read of clear cells, what is left out, and what a file is instead.

Each situation is a whole `check`: every row as `ready`, `held` or the codes of what is wrong, and what is told.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # annotated, but ships no py.typed

from batch.core.errors import CannotRun
from batch.core.outcome import Outcome
from batch.library import check
from batch.report.for_programs import Report
from batch.report.wording.messages import hint_of, message_of
from batch.settings.resolve import load_settings

ANA, BEN, EMMA = (f"{name}@riverside.example" for name in ("ana.diaz", "ben.okafor", "emma.larsen"))
LONDON = "Europe/London"
Rows = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Situation:
    """A table, and what must come out of it."""

    table: Rows
    rows: Mapping[int, str]  #: number -> "ready", "held", or codes
    told: Sequence[str] = ()  #: stands in what is said about the file or a row
    titles: Mapping[int, str] = field(default_factory=dict)
    starts: Mapping[int, str] = field(default_factory=dict)  #: UTC
    presenters: Mapping[int, str] = field(default_factory=dict)


def as_csv(table: Rows, delimiter: str = ",") -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(table)
    return stream.getvalue().encode()


def as_workbook(table: Rows) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Autumn")
        for number, line in enumerate(table):
            for column, cell in enumerate(line):
                write = sheet.write_string if isinstance(cell, str) else sheet.write
                write(number, column, cell)
    return stream.getvalue()


FORMS: dict[str, tuple[Callable[[Rows], bytes], str]] = {
    "commas": (as_csv, "csv"),
    "semicolons": (lambda table: as_csv(table, ";"), "csv"),
    "tabs": (lambda table: as_csv(table, "\t"), "txt"),
    "a workbook": (as_workbook, "xlsx"),
}


def checked(path: Path) -> Report:
    settings = load_settings({"state": path.parent / "state"}, environ={"HOME": "/nowhere"}, cwd=path.parent)
    return check(path, settings=settings)


def refusal(path: Path) -> str:
    with pytest.raises(CannotRun) as caught:
        checked(path)
    return f"{message_of(caught.value)} {hint_of(caught.value)}"


HEADER = ("Class", "Start", "Minutes", "Teacher e-mail", "Time zone")


def lesson(number: int, *more: object, **changed: str) -> tuple[object, ...]:
    """A class that is well, on a day of its own in September 2031."""
    cells = {
        "Class": f"Lesson {number}",
        "Start": f"2031-09-{14 + number} 14:00",
        "Minutes": "50",
        "Teacher e-mail": ANA,
        "Time zone": LONDON,
        **changed,
    }
    return (*cells.values(), *more)


def teacher(number: int, cell: str) -> tuple[object, ...]:
    return lesson(number, **{"Teacher e-mail": cell})


SITUATIONS: dict[str, Situation] = {
    "Outlook's export: priorities in words, columns of its own": Situation(
        [
            (
                "Subject",
                "Start Date",
                "Start Time",
                "End Date",
                "End Time",
                "Teacher Email",
                "Priority",
                "Private",
            ),
            ("Biology", "9/15/2031", "9:00:00 AM", "9/15/2031", "9:50:00 AM", ANA, "Normal", "False"),
            ("Chemistry", "9/15/2031", "10:00:00 AM", "9/15/2031", "10:50:00 AM", BEN, "High", "False"),
            ("Physics", "9/15/2031", "12:00:00 PM", "9/15/2031", "12:50:00 PM", EMMA, "Niedrig", "False"),
            ("Art", "9/15/2031", "1:00:00 PM", "9/15/2031", "1:50:00 PM", EMMA, "whenever", "False"),
        ],
        {2: "ready", 3: "ready", 4: "ready", 5: "ready W060"},
        starts={2: "2031-09-15 09:00", 3: "2031-09-15 10:00", 4: "2031-09-15 12:00"},
    ),
    "a college's words for its columns": Situation(
        [
            ("Subject", "Class Date", "Start Time", "End Time", "Faculty Name", "Faculty Email ID", "Batch"),
            ("Thermodynamics", "15-09-2031", "10:00 AM", "11:00 AM", "Ana Diaz", ANA, "B1"),
        ],
        {2: "ready"},
        starts={2: "2031-09-15 10:00"},
    ),
    "a meeting program's words for its columns": Situation(
        [
            ("Topic", "Host Email", "Start Date & Time", "Timezone", "Duration (min)"),
            ("Algebra", ANA, "2031-09-15 14:00", LONDON, "50"),
        ],
        {2: "ready"},
        starts={2: "2031-09-15 13:00"},
    ),
    "UTC in the header": Situation(
        [("Class", "Start (UTC)", "Minutes", "Teacher e-mail"), ("Maths", "2031-09-15 09:00", "50", ANA)],
        {2: "ready"},
        starts={2: "2031-09-15 09:00"},
    ),
    "line breaks typed into cells": Situation(
        [
            HEADER,
            lesson(1, Class="Mathematics\nYear 8, set 2"),
            lesson(2, Class="Physics\n"),
            teacher(3, f"{ANA}\n"),
            lesson(4, Start="2031-09-18\n14:00"),
        ],
        {2: "ready", 3: "ready", 4: "ready", 5: "ready"},
        titles={2: "Mathematics Year 8, set 2", 3: "Physics"},
        starts={5: "2031-09-18 13:00"},
    ),
    "odd spaces in titles": Situation(
        [HEADER, lesson(1, Class="Year\u00a08\u202fFrench"), lesson(2, Class="Year\u200b 8\u2003French")],
        {2: "ready", 3: "ready"},
        titles={2: "Year 8 French", 3: "Year 8 French"},
    ),
    "apostrophes and formulas that keep a value text": Situation(
        [
            HEADER,
            ("'00123 Maths", "'2031-09-15 14:00", "'50", f"'{ANA}", f"'{LONDON}"),
            ('="00124 Art"', '="2031-09-15 15:00"', '="50"', f'="{BEN}"', f'="{LONDON}"'),
        ],
        {2: "ready", 3: "ready"},
        titles={2: "00123 Maths", 3: "00124 Art"},
        presenters={2: ANA, 3: BEN},
    ),
    "addresses as mail programs write them": Situation(
        [
            HEADER,
            teacher(1, f"{ANA}; {BEN}"),
            teacher(2, f"{ANA}/{BEN}"),
            teacher(3, f"Ana Diaz <{ANA}>"),
            teacher(4, f"{ANA};"),
            teacher(5, f"mailto:{ANA}"),
            teacher(6, f"{ANA} (cover: Okafor)"),
            teacher(7, "o\u2019neil@riverside.example"),
            teacher(8, "Diaz, Ana"),
        ],
        {2: "R060", 3: "R060", 4: "ready", 5: "ready", 6: "ready", 7: "R011", 8: "R061", 9: "R011"},
        told=(
            f"holds {ANA} and {BEN}, and a class has one presenter",
            f"such as {ANA}",
            "a curly apostrophe",
        ),
        presenters={4: ANA, 5: ANA, 6: ANA},
    ),
    "words for nothing": Situation(
        [
            (
                *HEADER,
                "attendee_limit",
                "create_recording",
                "language_culture_name",
                "return_url",
                "extend_duration",
            ),
            *(
                lesson(number, *[word] * 5)
                for number, word in enumerate(("NULL", "-", "N/A", "None", "\u2014"), start=1)
            ),
            lesson(6, "", "", "", "", "", **{"Teacher e-mail": "n/a"}),
        ],
        {2: "ready", 3: "ready", 4: "ready", 5: "ready", 6: "ready", 7: "R001"},
    ),
    "yes and no in other languages": Situation(
        [
            (*HEADER, "create_recording"),
            lesson(1, "Ja"),
            lesson(2, "sí"),
            lesson(3, "نعم"),
            lesson(4, "FAUX"),
            lesson(5, "maybe"),
        ],
        {2: "ready", 3: "ready", 4: "ready", 5: "ready", 6: "R013"},
    ),
    "totals, counts and who printed it": Situation(
        [
            HEADER,
            lesson(1),
            ("Total", "", "100", "", ""),
            ("2 classes", "", "100 min", "", ""),
            ("Printed on 20/08/2031 10:33 by office@riverside.example", "", "", "", ""),
        ],
        {2: "ready"},
        told=("Rows 3 and 4 are totals", "Row 5 is a note"),
    ),
    "defaults filled down": Situation(
        [
            (*HEADER, "Done"),
            lesson(1, "FALSE"),
            *[("", "", "50", "", LONDON, "FALSE")] * 40,
            *[("", "", "", "", "", "FALSE")] * 3,
        ],
        {2: "ready"},
        told=("Rows 3-45 have no title, start or presenter",),
    ),
    "cancelled classes": Situation(
        [
            (*HEADER, "Status"),
            lesson(1, "Confirmed"),
            lesson(2, "Cancelled"),
            lesson(3, "Tentative"),
            lesson(4, "CANCELLED"),
            lesson(5, "abgesagt"),
        ],
        {2: "ready", 4: "ready"},
        told=("Rows 3, 5 and 6 are cancelled, as the file says",),
    ),
    "a class that a calendar calls cancelled, and remarks that do": Situation(
        [(*HEADER, "Note"), lesson(1, "", Class="Canceled: Biology"), lesson(2, "cancelled")],
        {2: "R064", 3: "ready W062"},
    ),
    "rows that repeat": Situation(
        [
            (*HEADER, "Repeats"),
            lesson(1, "Weekly"),
            lesson(2, "every Monday until 12 Dec"),
            lesson(3, "no"),
            lesson(4, ""),
        ],
        {2: "R080", 3: "ready", 4: "ready", 5: "ready"},
        told=(
            "Repeats 'Weekly' says that the lesson repeats, and nothing says until when",
            "Row 3, Lesson 2: 12 lessons, Mondays 14:00, 22 Sep to 8 Dec 2031.",
        ),
    ),
    "a registrar's days": Situation(
        [(*HEADER, "Days"), lesson(1, "MWF"), lesson(2, "TTh"), lesson(3, "Wed"), lesson(4, "Monday")],
        {2: "R080", 3: "R080", 4: "ready", 5: "R050"},
        told=("Days 'MWF' says that the lesson repeats, and nothing says until when",),
    ),
    "a second session in the same row": Situation(
        [(*HEADER, "Start 2"), lesson(1, "2031-09-16 14:00"), lesson(2, "")],
        {2: "ready W061", 3: "ready"},
        told=("Start 2 '2031-09-16 14:00' is not read",),
    ),
    "rows that were pasted twice": Situation(
        [(*HEADER, "Note"), lesson(1, ""), lesson(1, ""), lesson(2, "room 1"), lesson(2, "room 2")],
        {2: "ready", 3: "held", 4: "ready", 5: "held"},
        told=("This is row 2 (Lesson 1) once more", "Delete one of the two rows"),
    ),
    "a title corrected, and a class moved": Situation(
        [HEADER, lesson(1, Class="Mathematics"), lesson(2, Start="2031-09-16 14:30")],
        {2: "ready", 3: "ready"},
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS)
def test_a_timetable_comes_out_as_it_was_meant(situation: Situation, form: str, tmp_path: Path) -> None:
    made, ending = FORMS[form]
    path = tmp_path / f"term.{ending}"
    path.write_bytes(made(situation.table))
    report = checked(path)
    assert {
        row.number: outcome(row.outcome, [each.code for each in row.problems]) for row in report.rows
    } == situation.rows
    by_number = {row.number: row for row in report.rows}
    assert {number: by_number[number].title for number in situation.titles} == situation.titles
    assert {number: by_number[number].presenter for number in situation.presenters} == situation.presenters
    starts = {
        number: datetime.strptime(start, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        for number, start in situation.starts.items()
    }
    assert {number: by_number[number].starts for number in starts} == starts
    said = "\n".join([*report.notes, *(text for row in report.rows for text in row.sentences())])
    assert [text for text in situation.told if text not in said] == []
    assert bool(report.exit_code) is any("ready" not in row for row in situation.rows.values())


def outcome(ended: Outcome, codes: Sequence[str]) -> str:
    """Such as "ready", "ready W060", "R001 R011", "held"."""
    told = [code for code in codes if code not in _OF_DATES]
    return " ".join(told) if ended is Outcome.INVALID else " ".join([ended.value, *told])


#: What other tests look after: what is taken for granted, in which order dates are read.
_OF_DATES = frozenset({"W002", "W003"})

#: Files that are no table with one class a row -> what is said of each.
REFUSED: dict[str, tuple[Rows, Sequence[str]]] = {
    "a calendar without a teacher": (
        [
            ("Subject", "Start Date", "Start Time", "End Date", "End Time"),
            ("French", "09/15/2031", "9:00 AM", "09/15/2031", "9:50 AM"),
        ],
        ("presenter_email",),
    ),
    "a timetabling program's own format": (
        [("12", "8B", "DIA", "MA", "R12", "1", "3"), ("14", "9A", "OKA", "BI", "LAB1", "2", "1")],
        ("Row 1 is data, no header", "No column holds dates or times of day"),
    ),
    "days and periods as numbers": (
        [("TeacherName", "Day", "Period", "Class", "Subject"), ("Ana Diaz", "Monday", "3", "8B", "Maths")],
        ("presenter_email", "'Monday' and '3'", "'Class' in D1 and 'Subject' in E1", "All may stay"),
    ),
    "the chart on the wall": (
        [
            ("Time", "Monday", "Tuesday", "Wednesday", "Thursday"),
            ("08:30-09:20", "Maths", "Biology", "Physics", "French"),
        ],
        ("looks like a weekly grid", "cell = "),
    ),
    "sections with periods": (
        [
            ("Course", "Section", "Meets", "Teacher", "Teacher_Email"),
            ("Algebra", "1", "3(A-E)", "Diaz", ANA),
        ],
        ("no column for start_time",),
    ),
    "a roster's classes": (
        [("sourcedId", "status", "title", "classCode", "periods"), ("c1", "", "Algebra 1", "A1", "1,3")],
        ("no column for start_time or presenter_email",),
    ),
    "a roster's users": (
        [("sourcedId", "status", "role", "email"), ("u1", "", "teacher", ANA)],
        ("no column for title or start_time",),
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("table", "says"), REFUSED.values(), ids=REFUSED)
def test_a_file_without_what_a_class_needs_is_refused_in_one_pass(
    table: Rows, says: Sequence[str], form: str, tmp_path: Path
) -> None:
    made, ending = FORMS[form]
    path = tmp_path / f"term.{ending}"
    path.write_bytes(made(table))
    said = refusal(path)
    assert [text for text in says if text not in said] == []
    assert "Is 'status'" not in said
    assert "Is 'periods'" not in said


def test_a_line_cut_short_by_its_program_is_read_and_one_cut_off_is_not(tmp_path: Path) -> None:
    lines = [
        "title,start_time,presenter_email,duration,attendee_limit,notes",
        f"Full,2031-09-15 14:00,{ANA},50,20,x",
    ]
    lines += [
        f"Short,2031-09-15 15:00,{ANA},50",
        f"Shorter,2031-09-15 16:00,{ANA}",
        "Too short,2031-09-15 17:00",
    ]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    found = checked(tmp_path / "t.csv").rows
    assert [outcome(row.outcome, [each.code for each in row.problems]) for row in found] == ["ready"] * 3 + [
        "R001"
    ]
    (tmp_path / "t.csv").write_text("\n".join(lines[:3]))
    assert [[each.code for each in row.faults] for row in checked(tmp_path / "t.csv").rows] == [[], ["R062"]]


def test_quotation_marks_inside_a_title_are_read_or_refused_with_their_line(tmp_path: Path) -> None:
    rows = [",".join(map(str, lesson(number))) for number in (1, 2)]
    (tmp_path / "t.csv").write_text(
        "\n".join([",".join(HEADER), rows[0].replace("Lesson 1", 'Maths "set 2"'), rows[1]]) + "\n"
    )
    assert [row.title for row in checked(tmp_path / "t.csv").rows] == ['Maths "set 2"', "Lesson 2"]
    (tmp_path / "t.csv").write_text(
        "\n".join([",".join(HEADER), rows[0], rows[1].replace("Lesson 2", '"Macbeth" (Year 9)')]) + "\n"
    )
    assert "line 3" in refusal(tmp_path / "t.csv")

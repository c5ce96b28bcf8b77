"""CSV: every way that spreadsheets write it loads, and what is not surely text is refused with its line."""

import io
import os
import threading
from typing import BinaryIO

import pytest

from batch.core.errors import FileProblem
from batch.core.rows.columns import AccountKind
from batch.core.rows.problems import Problem
from batch.core.rows.row import RawRow
from batch.readers import LoadOptions, open_timetable
from batch.report.wording.messages import hint_of, message_of
from tests.support.words import issue_message, stops

HEADER = "title,start_time,presenter_email"
ROW = "Algebra,2031-09-01 10:00,ana@school.example"
CELLS = ("Algebra", "2031-09-01 10:00", "ana@school.example")


def read(text: str | bytes, **options: str | int | None) -> list[RawRow]:
    data = text if isinstance(text, bytes) else text.encode()
    return read_stream(io.BytesIO(data), LoadOptions(**options))  # type: ignore[arg-type] # each as its field takes it


def read_stream(stream: BinaryIO, options: LoadOptions) -> list[RawRow]:
    with open_timetable(stream, options=options, account=AccountKind.TEACHER, name="term.csv") as timetable:
        assert timetable.kind == "csv"
        return list(timetable)


def plain(separator: str = ",", end: str = "\n") -> str:
    return end.join(line.replace(",", separator) for line in (HEADER, ROW, "")).rstrip("\n")


LOADS = {
    "commas": plain(),
    "semicolons": plain(";"),
    "tabs": plain("\t"),
    "bars": plain("|"),
    "a space after each comma": plain(", "),
    "a space before each quotation mark": '"title", "start_time", "presenter_email"\n"Algebra", "2031-09-01 10:00", '
    '"ana@school.example"',
    "Excel's line ends": plain(end="\r\n"),
    "an old Mac's line ends": plain(end="\r"),
    "no line end at the end": plain().rstrip(),
    "a mark of UTF-8": plain().encode("utf-8-sig"),
    "UTF-16 with its mark": plain().encode("utf-16"),
    "UTF-16, little end first, no mark": plain().encode("utf-16-le"),
    "UTF-16, big end first, no mark": plain().encode("utf-16-be"),
    "Ctrl-Z at the end": plain() + "\x1a",
    "Ctrl-Z on a line of its own": plain() + "\n\x1a",
    "empty fields past the header": f"{HEADER}\n{ROW},,,",
    "empty columns in header and rows": f"{HEADER},,\n{ROW},,",
    "everything quoted": '"title","start_time","presenter_email"\n"Algebra","2031-09-01 10:00","ana@school.example"',
}


@pytest.mark.parametrize("text", LOADS.values(), ids=LOADS)
def test_the_same_class_however_it_was_saved(text: str | bytes) -> None:
    (row,) = read(text)
    assert (row.number, row.cells, row.issues) == (2, CELLS, ())


def test_a_sep_line_names_the_delimiter_and_is_no_row() -> None:
    (row,) = read("sep=;\r\n" + plain(";"))
    assert (row.number, row.cells) == (2, CELLS)


def test_the_delimiter_that_was_given_overrules() -> None:
    (row,) = read(plain(";").replace("Algebra", "Maths, Algebra, Sets"), delimiter=";")
    assert row.cells[0] == "Maths, Algebra, Sets"


def test_text_in_the_encoding_that_was_given() -> None:
    (row,) = read(plain().replace("Algebra", "Première").encode("cp1252"), encoding="cp1252")
    assert row.cells[0] == "Première"


def test_text_is_kept_as_typed_and_nothing_means_missing() -> None:
    rows = read(f"{HEADER}\nNA,007,null\n None ,1e5,\n")
    assert [row.cells for row in rows] == [("NA", "007", "null"), (" None ", "1e5", None)]


def test_rows_are_numbered_by_records_and_blank_ones_count() -> None:
    rows = read(f'Autumn\n\n{HEADER}\n"two\nlines",a,b\n\n,,\n{ROW}\n')
    assert [(row.number, row.cells[0]) for row in rows] == [(4, "two\nlines"), (7, "Algebra")]


WIDTHS = {
    "an unquoted comma": ("Maths, Algebra,2031-09-01 10:00,ana@school.example", 4),
    "a comma too many at the end, and a word behind it": ("Algebra,2031-09-01 10:00,ana@school.example,x", 4),
}


@pytest.mark.parametrize(("line", "fields"), WIDTHS.values(), ids=WIDTHS)
def test_a_row_of_another_width_is_its_own_problem_and_shifts_nobody_else(line: str, fields: int) -> None:
    wrong, right = read(f"{HEADER}\n{line}\n{ROW}\n")
    assert [issue_message(issue) for issue in wrong.issues] == [f"has {fields} fields where the header has 3"]
    assert len(wrong.cells) == 3
    assert (right.cells, right.issues) == (CELLS, ())


WIDE = f"{HEADER},duration,notes"


def test_fields_that_a_program_left_away_at_the_end_of_a_line_are_empty() -> None:
    short, shorter, whole, blank_required = read(
        f"{WIDE}\n{ROW},60\n{ROW}\n{ROW},60,x\nAlgebra,2031-09-01 10:00\n"
    )
    assert (short.cells, short.issues) == ((*CELLS, "60", None), ())
    assert (shorter.cells, shorter.issues) == ((*CELLS, None, None), ())
    assert (whole.cells, whole.issues) == ((*CELLS, "60", "x"), ())
    assert (blank_required.cells[2], blank_required.issues) == (None, ()), (
        "that it is empty is for the row's check"
    )


ENDS = {
    "in the middle of an address": (f"{WIDE}\n{ROW},60,x\nAlgebra,2031-09-01 10:00,ana@school.exa", 3),
    "behind a field": (f"{WIDE}\n{ROW},60,x\n{ROW},6", 4),
    "on a line of its own": (f"{WIDE}\n{ROW}", 3),
}


@pytest.mark.parametrize(("text", "fields"), ENDS.values(), ids=ENDS)
def test_a_file_that_breaks_off_in_its_last_line_is_noticed(text: str, fields: int) -> None:
    *_, last = read(text)
    assert [issue.problem for issue in last.issues] == [Problem.CUT_OFF]
    assert f"has {fields} fields where the header has 5" in issue_message(last.issues[0])


WHOLE = {
    "a last line without its end": f"{WIDE}\n{ROW},60,x",
    "empty fields written out": f"{WIDE}\n{ROW},,",
    "a short line with its end": f"{WIDE}\n{ROW}\n",
    "with its end as Windows writes it": f"{WIDE}\r\n{ROW}\r\n",
    "as an old Mac writes it": f"{WIDE}\r{ROW}\r",
    "and Ctrl-Z behind it": f"{WIDE}\n{ROW}\n\x1a",
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_a_whole_file_is_not_said_to_break_off(text: str) -> None:
    assert [row.issues for row in read(text)] == [()]


@pytest.mark.parametrize("marks", ["\ufeff", "\ufeff\ufeff", "\ufeff\ufeff\ufeff"])
def test_a_mark_or_several_in_front_are_no_part_of_the_header(marks: str) -> None:
    assert [row.cells for row in read((marks + plain()).encode())] == [CELLS]
    assert [row.cells for row in read((marks + "sep=;\n" + plain(";")).encode())] == [CELLS]


OFFERS = {
    "letters of Windows": (f"{HEADER}\nPremi\xe8re,,".encode("latin-1"), None, "cp1252"),
    "bytes that Windows has no letters for": (HEADER.encode() + b"\nFran\x8dais,,", None, "mac_roman"),
    "line ends of an old Mac": (HEADER.encode() + b"\r\x8et\x8e,,\r", None, "mac_roman"),
    "after Windows was the wrong guess": (HEADER.encode() + b"\nFran\x8dais,,", "cp1252", "mac_roman"),
    "after it was, by another of its names": (
        HEADER.encode() + b"\nFran\x8dais,,",
        "windows-1252",
        "mac_roman",
    ),
    "after ASCII was": (f"{HEADER}\nPremi\xe8re,,".encode("latin-1"), "ascii", "cp1252"),
}


@pytest.mark.parametrize(("data", "encoding", "offer"), OFFERS.values(), ids=OFFERS)
def test_the_encoding_that_is_offered_can_be_the_right_one(
    data: bytes, encoding: str | None, offer: str
) -> None:
    with pytest.raises(FileProblem) as caught:
        read(data, encoding=encoding)
    assert f"--encoding {offer} " in hint_of(caught.value)
    data.decode(offer)


def test_what_was_offered_is_read_to_the_letter() -> None:
    text = f"{HEADER}\r{ROW.replace('Algebra', 'Français été')}\r"
    (row,) = read(text.encode("mac_roman"), encoding="mac_roman")
    assert row.cells[0] == "Français été"


REFUSED = {
    "not UTF-8": (
        f"{HEADER}\n{ROW}\nPremi\xe8re,,".encode("latin-1"),
        "not UTF-8 at byte 82 (line 3)",
        "cp1252",
    ),
    "an unclosed quotation mark": (
        f'{HEADER}\n{ROW}\n"Algebra,,\n{ROW}\n' * 3,
        "begins in line 3",
        "quotation mark",
    ),
    "an unclosed quotation mark below sep=": (
        f'sep=,\n{HEADER}\n"x,,\n',
        "begins in line 3",
        "quotation mark",
    ),
    "text after a closing quotation mark": (f'{HEADER}\n"Alg"ebra,,\n', "begins in line 2", "quotation mark"),
    "a field of more than a megabyte": (f"{HEADER}\n{'x' * 1_000_001},,\n", "field larger", "quotation mark"),
    "a line without an end": (f"{HEADER}\n" + "," * 4_000_001, "line 2 has more than 4,000,000", "CSV UTF-8"),
    "a NUL": (f"{HEADER}\n{ROW}\nAl\0gebra,,\n", "line 3 holds a NUL", "CSV UTF-8"),
    "nothing but blank lines": ("\n\n \n", "is empty", "timetable"),
    "another file's columns": ("a,b\n1,2\n", "no header", "title"),
    "a web page": ("  <!DOCTYPE html><html>", "web page", ".xlsx"),
}


@pytest.mark.parametrize(("text", "says", "fix"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_with_what_to_do(text: str | bytes, says: str, fix: str) -> None:
    with pytest.raises(FileProblem) as caught:
        read(text)
    assert message_of(caught.value).startswith("term.csv")
    assert says in message_of(caught.value)
    assert fix in hint_of(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_the_byte_that_is_no_text_is_named_wherever_it_stands(encoding: str) -> None:
    line = (ROW + "\n").encode(encoding)
    data = (HEADER + "\n").encode(encoding) + line * 5000
    broken = data + b"\xd8\xdc" * 2 + line  # neither UTF-8 nor, whichever end comes first, UTF-16
    with stops(FileProblem, match=rf"at byte {len(data):,} \(line 5,002\)"):
        read(broken)


def test_an_encoding_that_the_file_contradicts_is_refused() -> None:
    with stops(FileProblem, match="UTF-8, and --encoding says cp1252"):
        read(plain().encode("utf-8-sig"), encoding="cp1252")
    assert len(read(plain().encode("utf-8-sig"), encoding="utf8")) == 1


@pytest.mark.parametrize("encoding", ["klingon", "base64", "a\0b"])
def test_an_encoding_that_is_none_is_refused(encoding: str) -> None:
    with stops(FileProblem, match="not a text encoding"):
        read(plain(), encoding=encoding)


def test_a_pipe_is_read_like_a_file() -> None:
    reading, writing = os.pipe()
    lines = f"{HEADER}\n" + f"{ROW}\n" * 5000  # more than a pipe holds

    def write() -> None:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(lines.encode())

    writer = threading.Thread(target=write)
    writer.start()
    with os.fdopen(reading, "rb") as pipe:
        rows = read_stream(pipe, LoadOptions())
    writer.join()
    assert [row.number for row in rows] == list(range(2, 5002))


def test_a_stream_stays_open_for_its_owner() -> None:
    stream = io.BytesIO(plain().encode())
    assert len(read_stream(stream, LoadOptions())) == len(read_stream(stream, LoadOptions())) == 1


def test_rows_that_nobody_wants_any_more_cost_nothing() -> None:
    with open_timetable(
        io.BytesIO((plain() + "\n" + ROW).encode()), options=LoadOptions(), account=AccountKind.TEACHER
    ) as timetable:
        rows = iter(timetable)
        assert next(rows).number == 2
    del rows  # after the file was closed; a complaint here would fail the test


def test_columns_past_the_bound_are_not_read_and_shift_nothing() -> None:
    text = f"{HEADER},x,y\n{ROW},1,2\n{ROW},1,2,3\n"
    right, wrong = read(text, most_columns=4)
    assert (right.cells, right.issues) == ((*CELLS, "1"), ())
    assert [issue_message(issue) for issue in wrong.issues] == ["has 6 fields where the header has 5"]
    with stops(FileProblem, match="no column for presenter_email"):
        read(text, most_columns=2)

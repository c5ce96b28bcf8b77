"""However a timetable is laid out and saved, every class keeps its values and its own row number."""

import csv
import io
import shutil
import subprocess
import zoneinfo
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.rows.columns import AccountKind
from batch.core.rows.file_evidence import Known
from batch.core.rows.problems import Problem
from batch.core.rows.reading import Terms
from batch.core.rows.row import CheckedRow, ClassRow
from batch.core.rows.rules import check_row
from batch.readers import LoadOptions, open_timetable
from tests.support.command import SAMPLES
from tests.support.workbooks import one_sheet

pytestmark = pytest.mark.thorough

TERMS = Terms(
    now=datetime(2026, 11, 22, tzinfo=UTC),
    account=AccountKind.TEACHER,
    zones=frozenset(zoneinfo.available_timezones()),
    known=Known(counts_to_24=True),
)
FIRST = datetime(2031, 9, 1, 8, 0)  # noqa: DTZ001 - a cell has no zone
Cell = str | int | datetime | None
Line = list[Cell]

titles = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
classes: st.SearchStrategy[dict[str, Cell]] = st.fixed_dictionaries(
    {
        "title": titles.map("Class {}".format),
        "start_time": st.integers(0, 10_000).map(lambda quarter: FIRST + timedelta(minutes=15 * quarter)),
        "presenter_email": st.sampled_from(["ana@school.example", "ben.o@school.example"]),
        "duration": st.integers(1, 300),
        "create_recording": st.sampled_from(["yes", "no", None]),
    }
)
#: Lines that are no class, made from the header.
BETWEEN: Mapping[str, Callable[[Sequence[str]], Line]] = {
    "blank": lambda names: [None for _ in names],
    "spaces": lambda names: [" " for _ in names],
    "a heading": lambda names: ["Week 2", *[None for _ in names[1:]]],
    "a heading further right": lambda names: [*[None for _ in names[1:]], "MONDAY"],
    "a total": lambda names: ["Total", *[180 if name == "duration" else None for name in names[1:]]],
    "the header": list,
}


@st.composite
def layouts(draw: st.DrawFn) -> tuple[list[Line], dict[int, Mapping[str, Cell]]]:
    """The lines of a table, header first, and which class each row number has."""
    wanted = draw(st.lists(classes, min_size=1, max_size=8))
    names = draw(st.permutations(list(wanted[0])))
    for _ in range(draw(st.integers(0, 3))):
        names.insert(
            draw(st.integers(0, len(names))), draw(st.sampled_from(["Room", "Year", "Remarks (own)"]))
        )
    lines: list[Line] = [list(names)]
    rows: dict[int, Mapping[str, Cell]] = {}
    for each in draw(st.permutations(wanted)):
        lines += [BETWEEN[line](names) for line in draw(st.lists(st.sampled_from([*BETWEEN]), max_size=2))]
        lines.append([each.get(name, "M1") for name in names])
        rows[len(lines)] = each
    return lines, rows


def as_text(cell: Cell) -> str:
    return f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, datetime) else str(cell or "")


def saved(lines: list[Line], way: tuple[str, str, str] | None) -> bytes:
    """As a workbook, or as text in a delimiter, a line end and an encoding."""
    if way is None:
        return one_sheet(*[tuple(line) for line in lines])
    delimiter, end, encoding = way
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(
        map(as_text, line) for line in lines
    )
    return stream.getvalue().encode(encoding)


ways = st.none() | st.tuples(
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)


def checked(source: Path | io.BytesIO) -> list[CheckedRow]:
    with open_timetable(source, options=LoadOptions(), account=TERMS.account, isolated=False) as timetable:
        return [check_row(raw, timetable.header, TERMS) for raw in timetable]


@given(layouts(), ways)
def test_every_class_keeps_its_values_and_its_row(
    layout: tuple[list[Line], dict[int, Mapping[str, Cell]]], way: tuple[str, str, str] | None
) -> None:
    lines, rows = layout
    found = checked(io.BytesIO(saved(lines, way)))
    assert [row.issues for row in found] == [()] * len(rows)
    assert {row.raw.number: sent(row) for row in found} == {
        number: {
            "title": each["title"],
            "start_time": f"{each['start_time']:%m/%d/%Y %H:%M:%S}",
            "presenter_email": each["presenter_email"],
            "duration": str(each["duration"]),
            "create_recording": {"yes": "true", "no": "false"}.get(str(each["create_recording"])),
        }
        for number, each in rows.items()
    }


def sent(row: CheckedRow) -> dict[str, str | None]:
    assert row.parsed is not None
    names = ("title", "start_time", "presenter_email", "duration", "create_recording")
    return {name: row.parsed.parameters.get(name) for name in names}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_samples_saved_again_by_libreoffice_have_the_same_classes(tmp_path: Path, kind: str) -> None:
    """CSV: LibreOffice writes cells as shown, in UTF-8 (token 76) with commas."""
    form = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "csv": "csv:Text - txt - csv (StarCalc):44,34,76,1"}[kind]
    files = sorted(SAMPLES.glob("*-term.xlsx"))
    assert len(files) == 4
    subprocess.run(
        [
            *(
                "soffice",
                "--headless",
                "--norestore",
                f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            ),
            *("--convert-to", form, "--outdir", str(tmp_path / "out"), *map(str, files)),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    for file in files:
        before, after = checked(file), checked(tmp_path / "out" / f"{file.stem}.{kind}")
        # A formula that nobody had calculated has a value now, and text files know text alone.
        mends = {Problem.NOT_CALCULATED.code} | ({Problem.NOT_TEXT.code} if kind == "csv" else set())
        mended = {number for number, found in codes(before).items() if mends & set(found)}
        assert classes_in(after, but=mended) == classes_in(before, but=mended), file.name
        if kind == "xlsx":
            assert codes(after, but=mended) == codes(before, but=mended), file.name


def classes_in(rows: list[CheckedRow], *, but: Collection[int]) -> dict[int, ClassRow]:
    """Without warnings: a text file knows of no hidden rows."""
    return {
        row.raw.number: replace(row.parsed, warnings=())
        for row in rows
        if row.parsed is not None and row.raw.number not in but
    }


def codes(rows: list[CheckedRow], *, but: Collection[int] = ()) -> dict[int, list[str]]:
    return {row.raw.number: [issue.code for issue in row.issues] for row in rows if row.raw.number not in but}

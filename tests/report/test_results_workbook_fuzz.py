"""10,000 hostile texts, from the file and from the service: none comes to life, all come back."""

import random
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
from openpyxl.utils.escape import unescape

from batch.core.outcome import Outcome
from batch.core.rows.own_sheets import TO_DO_SHEET
from batch.core.rows.problems import Problem
from batch.core.tally import Tally
from batch.report.facts import BatchFacts, ResultRow
from batch.report.text import cell_text
from batch.report.wording.problems import worded
from batch.report.workbook.results import RESULTS_SHEET, write_results

PAYLOADS = 10_000
ROWS = PAYLOADS // 5  # five payloads in each
BITS = (
    *(
        "=",
        "+",
        "-",
        "@",
        "\t=",
        "\r\n=",
        " =",
        "'=",
        '"=',
        "{=",
        "\uff1d",
        "=1+1}",
        "\x00",
        "\x0b",
        "\x1b[2J",
        "\x7f",
    ),
    *('=HYPERLINK("http://evil.example","x")', "=cmd|' /C calc'!A0", '=WEBSERVICE("http://evil.example")'),
    *(
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        'DDE("cmd";"/C calc";"x")',
        "#REF!",
        "TRUE",
        "1e9",
    ),
    *(
        "https://evil.example",
        "mailto:x@evil.example",
        "file:///etc/passwd",
        "internal:Summary!A1",
        "external:x.xlsx",
    ),
    *(
        "<f>1+1</f>",
        "]]>",
        "&amp;",
        "<!--",
        "_x000B_",
        "_x003D_1+1",
        "\u202e",
        "\u200b",
        "日本",
        "👩‍🏫",
        "\ud800",
        "\uffff",
    ),
    *("a" * 300, "\n" * 5, "00123", "x", "", " ", "%0A=", ",", ";", "|"),
)
LETTERS = "=+-@ab1 \t'\""


def payload(chance: random.Random) -> str:
    return "".join(
        chance.choice(BITS) if chance.random() < 0.7 else chance.choice(LETTERS)
        for _ in range(chance.randint(1, 4))
    )


def rows(chance: random.Random) -> Iterator[ResultRow]:
    for number in range(2, ROWS + 2):
        title, message, url, cell, code = (payload(chance) for _ in range(5))
        refused = number % 3 == 0
        yield ResultRow(
            number=number,
            sheet="",
            outcome=Outcome.REFUSED if refused else Outcome.INVALID,
            call_id=code,
            class_id=code,
            error_code=code if refused else None,
            message=message,
            title=title,
            presenter=cell if refused else None,
            starts=datetime(2031, 9, 1, tzinfo=UTC) if refused else None,
            zone="Europe/London" if refused else None,
            presenter_url=url,
            fingerprint=code,
            cells=(title, cell),
            problems=()
            if refused
            else worded([Problem.NOT_A_TIME.at(cell, title, header=cell, example=code)]),
        )


def test_no_payload_comes_to_life_and_every_one_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    seed = 20310901
    written = list(rows(random.Random(seed)))
    facts = BatchFacts(
        batch="=b",
        file='=HYPERLINK("x")',
        sheet="=1+1",
        account="@a",
        sent_to="-1+1",
        limit="=5",
        version="+1",
    )
    tally = Tally(row.outcome for row in written)
    header = ("=title", "+start")
    write_results(
        path, header_names=header, rows=iter(written), facts=facts, tally=tally, presenter_links=True
    )
    with zipfile.ZipFile(path) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        links = 0
        for name in sheets:
            xml = parts.read(name).decode()
            assert not re.search(r"<f[ >/]", xml), f"a formula in {name}, seed {seed}"
            links += len(re.findall("<hyperlink ", xml))
        assert not [name for name in parts.namelist() if "external" in name.lower()]
    asked = sum(bool(re.match("https?://", row.presenter_url or "")) for row in written)
    assert links == asked
    book = openpyxl.load_workbook(path, read_only=True)
    lines = list(book[RESULTS_SHEET].iter_rows(min_row=2, values_only=True))
    assert len(lines) == ROWS
    for line, row in zip(lines, written, strict=True):
        assert unescape(str(line[6] or "")) == cell_text(row.cells[0])
        assert unescape(str(line[7] or "")) == cell_text(row.cells[1])
        assert cell_text(row.message or "") in unescape(str(line[5] or ""))
    assert len(list(book[TO_DO_SHEET].iter_rows(min_row=2))) == ROWS

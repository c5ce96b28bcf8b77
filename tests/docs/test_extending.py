"""docs/developers.md's word: a column is one entry of its table, a code one entry of its catalogue."""

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from batch.report.wording.outcomes import SANDBOX
from tests.support.command import KEYS, PATIENCE_S, ROOT, Command, lesson, rows_of, serving, timetable

NEW_COLUMN = """
import sys
from batch.core.rows import columns

new = columns.Column(
    name="dress_code",
    called="Uniform",
    headers=(("uniform",),),
    kind=columns.Kind.TEXT,
    help="What to wear.",
    example="Blazer",
)
columns.COLUMNS = (*columns.COLUMNS, new)
columns.BY_NAME[new.name] = new

# The service knows its own parameters, whatever we think of them.
from batch.sandbox import account
account.CREATE_PARAMETERS = (*account.CREATE_PARAMETERS, new.name)

from batch.cli.main import main
main(sys.argv[1:])
"""

NEW_CODE = """
import sys
from batch.core.service import api_codes

new = api_codes.ApiCode(
    "1999",
    "Classes are not allowed on Sundays.",
    "The school's licence has no classes on Sundays.",
    "Choose another day.",
)
api_codes.CODES = (*api_codes.CODES, new)
api_codes.BY_CODE[new.code] = new

from batch.cli.main import main
main(sys.argv[1:])
"""


def with_entry(script: str, folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command with one entry more in a table, as if it had been written there."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=folder,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_a_column_in_the_table_is_read_sent_and_offered(classbatch: Command) -> None:
    folder = classbatch.folder
    timetable(folder / "t.csv", [lesson(1, Uniform="House colours")])
    ran = with_entry(NEW_COLUMN, folder, "submit", "t.csv", "--sandbox", "--state", "state")
    assert ran.returncode == 0, ran.stderr
    (ledger,) = (folder / "state").glob("*/sandbox.jsonl")
    scheduled = json.loads(ledger.read_text("utf-8"))
    assert scheduled["parameters"]["dress_code"] == "House colours"
    assert rows_of(folder / "t-results.xlsx")[0]["Uniform"] == "House colours"
    assert with_entry(NEW_COLUMN, folder, "template", "blank.xlsx").returncode == 0
    assert "Uniform" in [
        cell.value for cell in openpyxl.load_workbook(folder / "blank.xlsx").worksheets[0][1]
    ]


SAID = {
    "listed: its meaning and its advice": (
        NEW_CODE,
        "The school's licence has no classes on Sundays. Choose another day.",
    ),
    "unlisted: as the service said it": (NEW_CODE.replace("1999", "1998"), "A message that no table lists."),
}


@pytest.mark.parametrize(("script", "says"), SAID.values(), ids=SAID)
def test_a_code_in_the_catalogue_is_explained_everywhere(classbatch: Command, script: str, says: str) -> None:
    folder = classbatch.folder
    timetable(folder / "t.csv", [lesson(1)])
    with serving(classbatch, "--fault", "unknown-code") as service:
        ran = with_entry(script, folder, "submit", "t.csv", **KEYS, CLASSBATCH_BASE_URL=service.url)
    assert ran.returncode == 1, ran.stderr
    (row,) = rows_of(folder / "t-results.xlsx")
    assert (row["outcome"], row["error_code"]) == ("refused", "1999")
    message = row["message"].removeprefix(f"{SANDBOX}\n")
    assert message == says
    assert message in ran.stdout
    summary = openpyxl.load_workbook(folder / "t-results.xlsx")["Summary"]
    told = [str(cell) for line in summary.iter_rows(values_only=True) for cell in line if cell]
    assert message in told

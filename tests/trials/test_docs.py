"""docs/reliability.md: its commands run as written, and its messages are the program's."""

import re
import shlex
from pathlib import Path

import openpyxl
import pytest

from batch.core.plan.plan import PRESUMED
from batch.sending import reconcile
from tests.support.command import KEYS, Command, lesson, lessons, serving

PAGE = (Path(__file__).parents[2] / "docs" / "reliability.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)

MESSAGES = [
    reconcile.FOUND_LATER,
    reconcile.CANNOT_TELL,
    reconcile.CANNOT_LIST,
    reconcile.MET_1032,
    reconcile.GIVEN_UP,
    PRESUMED,
    reconcile.PRESUMED_ALIKE,
    reconcile.PRESUMED_ASK,
]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_about_a_lost_answer_is_explained(message: str) -> None:
    assert message.split(". ", maxsplit=1)[0].rstrip(".") in PAGE


def test_its_commands_run_as_written(classbatch: Command) -> None:
    book = openpyxl.Workbook()
    for row in (lesson(1), *map(dict.values, lessons(2))):
        book.worksheets[0].append(list(row))
    book.save(classbatch.folder / "term.xlsx")
    with serving(classbatch) as service:
        here = classbatch.at(**KEYS, CLASSBATCH_BASE_URL=service.url, CLASSBATCH_STATE="state")
        for line in "".join(BLOCKS).splitlines():
            words = shlex.split(line)
            assert words[0] == "classbatch"
            if "--backup" in words:
                journal = next((classbatch.folder / "state").glob("*/journal.sqlite3"))
                (classbatch.folder / "yesterday").mkdir()
                (classbatch.folder / "yesterday" / "journal.sqlite3").write_bytes(journal.read_bytes())
            ran = here(*words[1:])
            assert ran.code == 0, ran
        assert here("submit", "term.xlsx").code == 0
        assert service.calls("create") == 2

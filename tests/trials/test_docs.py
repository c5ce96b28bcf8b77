"""docs/reliability.md and docs/doubt.md: their commands run as written, and their messages are the program's."""

import re
import shlex
from pathlib import Path

import openpyxl
import pytest

from batch.core.message import Message, RowNote
from batch.report.wording.messages import message_of
from tests.support.command import KEYS, Command, lesson, lessons, serving

DOCS = Path(__file__).parents[2] / "docs"
PROMISE, PAGE = ((DOCS / name).read_text("utf-8") for name in ("reliability.md", "doubt.md"))
BLOCKS = re.findall(r"```sh\n(.*?)```", PROMISE + PAGE, re.DOTALL)

NOTES = [
    RowNote.FOUND_LATER,
    RowNote.CANNOT_TELL,
    RowNote.CANNOT_LIST,
    RowNote.UNPROVED,
    RowNote.UNWITNESSED,
    RowNote.MET_1032,
    RowNote.GIVEN_UP,
    RowNote.PRESUMED,
    RowNote.PRESUMED_ALIKE,
    RowNote.PRESUMED_ASK,
]


@pytest.mark.parametrize("note", NOTES)
def test_a_message_about_a_lost_answer_is_explained(note: RowNote) -> None:
    message = message_of(Message(note))
    assert message.split(". ", maxsplit=1)[0].rstrip(".") in PAGE


def test_what_is_promised_is_one_page() -> None:
    assert len(PROMISE.splitlines()) <= 75


@pytest.mark.thorough
def test_their_commands_run_as_written(classbatch: Command) -> None:
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

"""Makes the pages and tables of docs/ that follow from the program; run it after changing a catalogue.

    python docs/make_docs.py

A test compares the committed pages with fresh ones.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from batch.core.outcome import Outcome
from batch.core.rows.columns import columns_table
from batch.core.rows.problems import Problem
from batch.core.service.api_codes import CODES, Aftermath
from batch.logs import EVENTS
from batch.report.wording.outcomes import WORDS
from batch.report.wording.problems import words_of
from batch.settings.document import settings_table

DOCS = Path(__file__).parent

_LEFT_BEHIND = {
    Aftermath.NOTHING: "no class",
    Aftermath.MAYBE_A_CLASS: "perhaps a class: it is looked up",
    Aftermath.EVERYONES_TROUBLE: "no class; the run stops",
    Aftermath.SLOT_FULL: "no class; held",
    Aftermath.PRESENTER_BUSY: "no class; after a lost answer it is looked up",
}


def outcomes_table() -> str:
    rows = [
        (f"`{each.value}`", WORDS[each].explained or WORDS[each].name, WORDS[each].next_step)
        for each in Outcome
    ]
    return _table(("outcome", "means", "what to do"), rows)


def problems_table() -> str:
    found = {each: words_of(each, {}) for each in Problem}
    rows = [
        (each.code, f"... {_blanks(words.message)}", _blanks(words.hint)) for each, words in found.items()
    ]
    return _table(("code", "the cell", "what to do"), rows)


def codes_table() -> str:
    rows = [(each.code, each.meaning, each.advice, _LEFT_BEHIND[each.aftermath]) for each in CODES]
    return _table(("code", "means", "what to do", "leaves behind"), rows)


def events_table() -> str:
    rows = [(f"`{each.name}`", each.means, ", ".join(f"`{name}`" for name in each.fields)) for each in EVENTS]
    return _table(("event", "means", "fields"), rows)


#: Between `<!-- name -->` and `<!-- /name -->` stands what the function of that name makes.
TABLES = {
    "codes": codes_table,
    "columns": columns_table,
    "events": events_table,
    "outcomes": outcomes_table,
    "problems": problems_table,
    "settings": settings_table,
}


def fresh(page: str) -> str:
    """A page with every table as the program has it now."""

    def made(match: re.Match[str]) -> str:
        name = match[1]
        if name not in TABLES:  # another part's table, made and compared by its own tests
            return match[0]
        return f"<!-- {name} -->\n\n{TABLES[name]().strip()}\n\n<!-- /{name} -->"

    return re.sub(r"<!-- (\w+) -->.*?<!-- /\1 -->", made, page, flags=re.DOTALL)


def _blanks(text: str) -> str:
    """The facts that a sentence is filled with, as blanks."""
    return re.sub(r"{(\w+)[^}]*}", r"*\1*", text)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


if __name__ == "__main__":
    for file in sorted(DOCS.glob("*.md")):
        file.write_text(fresh(file.read_text("utf-8")), "utf-8")

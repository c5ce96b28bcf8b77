"""The catalogue: every code has its words for every reader, and every place that uses a code gives the facts they need."""

import ast
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from batch.core import message
from batch.core.message import (
    Message,
    NightNote,
    Plain,
    RowNote,
    What,
)
from batch.core.rows.non_class_lines import NonClassLine
from batch.core.rows.problems import Issue, Problem
from batch.core.service.api_codes import CODES
from batch.report.wording import messages
from batch.report.wording.outcomes import WORDS
from batch.report.wording.phrases import Reader, Words
from batch.report.wording.problems import worded, words_of

PACKAGE = Path(__file__).parents[2] / "batch"
FAMILIES: tuple[type[Enum], ...] = tuple(each for each in get_args(What) if each is not Plain)
ALL = [code for family in FAMILIES for code in family]

#: What only a terminal has: flags, commands, the settings file. A person on the page has none of them.
TERMINAL = re.compile(
    r"(?<![\w-])--[a-z]{2}|classbatch\.toml|`classbatch (?!serve)|: classbatch [a-z]|[Ss]ubmit |Run the same"
)


ANY: Mapping[str, object] = {
    "fault": message.Unread.EMPTY,
    "first_day": "2031-09-08",
    "last_day": "2031-12-15",
    "format": message.FileFormat.ZIP,
    "known": 2,
    "lessons": 14,
    "line": NonClassLine.HEADING,
    "lines": 3,
    "missing": ["title"],
    "near": [],
    "offset_s": 40.0,
    "sent": False,
    "reason": message.NoWay.REFUSED,
    "rows": (3, [(2, 4)], 0),
    "unused": ["HTTPS_PROXY"],
}
#: Of one code alone.
OF_CODE: Mapping[Enum, Mapping[str, object]] = {
    message.RunNote.MISTAKEN: {"rows": [(2, "2492040", "2492041")]}
}
#: Told inside another message.
PARTS = {
    *(RowNote.ROW_CALLED, RowNote.CLASS_CALLED, RowNote.AND_MORE),
    *(NightNote.INVALID_SHARE, NightNote.VANISHED_SHARE, NightNote.SMALLER, NightNote.SHIFTED),
}


class Anything(Mapping[str, object]):
    """Facts of which any is there: which ones are asked for is noted."""

    def __init__(self, known: Mapping[str, object]) -> None:
        self.asked: set[str] = set()
        self._known = known

    def __getitem__(self, name: str) -> object:
        self.asked.add(name)
        return self._known.get(name, "")

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def words(code: Enum) -> Words:
    return messages._words(Message(code, Anything({**ANY, **OF_CODE.get(code, {})})))  # type: ignore[arg-type]  # each is of one of the families


@pytest.mark.parametrize("code", [code for code in ALL if code not in PARTS], ids=str)
def test_a_message_is_whole_sentences_for_everybody(code: Enum) -> None:
    for text in (words(code).message, words(code).hint, words(code).page, words(code).page_hint):
        assert not text or re.search(r"([.?:]|[}])$", text), text
    assert words(code).message


@pytest.mark.parametrize("code", [code for code in ALL if not isinstance(code, NightNote)], ids=str)
def test_nobody_on_the_page_is_sent_to_the_terminal_unless_whoever_looks_after_it_is_named(
    code: Enum,
) -> None:
    for text in (words(code).message_for(Reader.PAGE), words(code).hint_for(Reader.PAGE)):
        assert not TERMINAL.search(text) or "looks after classbatch" in text, text


@pytest.mark.parametrize("problem", Problem, ids=lambda problem: problem.code)
def test_no_problem_of_a_row_sends_anybody_on_the_page_to_the_terminal(problem: Problem) -> None:
    found = words_of(problem, {})
    assert not TERMINAL.search(found.message_for(Reader.PAGE) + found.hint_for(Reader.PAGE))


def test_no_advice_on_a_code_of_the_service_does_either() -> None:
    for code in CODES:
        assert not TERMINAL.search(code.page_advice or code.advice)


def fields(code: Enum) -> set[str]:
    """The facts that the words of a code need."""
    found = words(code)
    texts = [found.message, found.hint, found.page or "", found.page_hint or ""]
    names = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}
    return {re.split(r"[.\[]", name)[0] for name in names} - set(found.more)


def uses() -> Iterator[tuple[str, Enum, set[str]]]:
    """Each place where a code is given its facts by name: where, the code, the names."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Attribute):
                continue
            first = node.args[0]
            family = getattr(message, getattr(first.value, "id", ""), None)
            if family not in FAMILIES or any(keyword.arg is None for keyword in node.keywords):
                continue
            names = {keyword.arg for keyword in node.keywords if keyword.arg}
            given = node.args[1] if len(node.args) > 1 else None
            if isinstance(given, ast.Dict) and all(given.keys):
                names |= {ast.literal_eval(key) for key in given.keys if key is not None}
            elif given is not None:
                continue  # put together somewhere else
            yield f"{path.name}:{node.lineno}", getattr(family, first.attr), names


def test_whoever_uses_a_code_gives_the_facts_that_its_words_need() -> None:
    lacking = {(where, code): fields(code) - given for where, code, given in uses()}
    assert len(lacking) > 50
    assert {place: facts for place, facts in lacking.items() if facts} == {}


def test_every_code_is_used() -> None:
    text = "".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py") if "wording" not in path.parts)
    unused = [code for code in ALL if f"{type(code).__name__}.{code.name}" not in text]
    assert unused == []


def test_a_problem_that_an_earlier_version_put_in_words_keeps_them() -> None:
    issue = Issue(
        problem=Problem.BLANK,
        column="title",
        header="Class",
        value="",
        as_written=("is bare", "Put something in."),
    )
    assert str(*worded([issue])) == "Class is bare. Put something in. [R001]"


def test_outcomes_have_next_steps_in_whole_sentences() -> None:
    assert all(each.next_step.endswith(".") for each in WORDS.values() if each.next_step)

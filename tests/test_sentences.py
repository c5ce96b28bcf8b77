"""No sentence is used as data: none is searched, parsed, compared or edited, and few may word one at all."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "batch"
FILES = {str(path.relative_to(PACKAGE)): path for path in sorted(PACKAGE.rglob("*.py"))}


# Not when this is imported, which every worker of a test run does.
@cache
def trees() -> dict[str, ast.Module]:
    return {name: ast.parse(path.read_text("utf-8")) for name, path in FILES.items()}


#: What gives words, and attributes that hold them.
WORDING = {"message_of", "hint_of", "both_of", "worded", "page_words", "filled"}
WORDS_HELD = {"message", "hint", "says", "fix", "next_step", "means", "meaning", "sentence", "explained"}
#: What is done to text as data.
SURGERY = {
    *("replace", "partition", "rpartition", "split", "rsplit", "removeprefix", "removesuffix"),
    *("startswith", "endswith", "find", "index", "strip", "lstrip", "rstrip"),
}
REGULAR = {"search", "match", "fullmatch", "sub", "split", "findall"}
#: The service's own text is data that came from outside; what its codes mean is read off it in one place.
OF_THE_SERVICE = {"wiziq/errors.py", "journal/planning.py"}
#: Who words messages: reports, and the entry points.
MAY_WORD = ("report/", "cli/", "web/", "nightly/wording.py", "library.py", "doctor.py", "maintenance.py")


def gives_words(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in WORDING
    return isinstance(node, ast.Attribute) and node.attr in WORDS_HELD


def surgeries(tree: ast.AST) -> Iterator[str]:
    """Every place where words are taken for data."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            on_words = node.func.attr in SURGERY and gives_words(node.func.value)
            by_pattern = node.func.attr in REGULAR and any(map(gives_words, node.args))
            if on_words or by_pattern:
                yield ast.unparse(node)
        elif isinstance(node, ast.Compare):
            equals = any(isinstance(each, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for each in node.ops)
            sides = [node.left, *node.comparators]
            if equals and any(isinstance(side, ast.Call) and gives_words(side) for side in sides):
                yield ast.unparse(node)
        elif (
            isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and gives_words(node.value)
        ):
            yield ast.unparse(node)


def test_no_sentence_is_parsed_compared_or_edited() -> None:
    ours = {name: tree for name, tree in trees().items() if name not in OF_THE_SERVICE}
    assert not {name: found for name, tree in ours.items() if (found := [*surgeries(tree)])}


def test_no_template_cuts_a_sentence() -> None:
    pages = [*PACKAGE.glob("web/templates/*.html"), *PACKAGE.glob("web/static/*.js")]
    found = {
        path.name: re.findall(r"\.(?:partition|split|replace)\(", path.read_text("utf-8")) for path in pages
    }
    assert pages
    assert not {name: cuts for name, cuts in found.items() if cuts}


CASES = {
    "its point taken off": "group.meaning.rstrip('.')",
    "cut at a mark": "_, _, which = error.message.partition(': ')",
    "another name put in": "message_of(held).replace('this account', 'the inbox')",
    "made large": "says = error.says[:1].upper()",
    "searched": "re.sub(pattern, place, hint_of(error))",
    "compared": "if both_of(note) == 'Stopped.': pass",
}


@pytest.mark.parametrize("code", CASES.values(), ids=CASES)
def test_what_was_done_once_would_be_found(code: str) -> None:
    assert list(surgeries(ast.parse(code)))


def test_words_are_made_at_the_entry_points_and_in_reports_alone() -> None:
    by_anybody = {"batch.report.wording.phrases", "batch.report.wording.outcomes"}
    others = {name: tree for name, tree in trees().items() if not name.startswith(MAY_WORD)}
    assert not {
        (name, node.module)
        for name, tree in others.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("batch.report.wording")
        if node.module not in by_anybody
    }


def test_a_closed_gate_is_told_by_a_code() -> None:
    passes = ast.unparse(trees()["sending/passes.py"])
    assert "closed_because is Closing." in passes

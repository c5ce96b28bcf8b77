"""The table of columns agrees with itself, with the catalogue and with the readers."""

import re
from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

import pytest

from batch.core.rows.cells import Fault, Value, encode, reader
from batch.core.rows.columns import BY_NAME, COLUMNS, AccountKind, Column, Kind, columns_for, fold
from batch.core.rows.own_sheets import RESULTS_FIRST, RESULTS_LAST
from batch.core.rows.problems import Problem
from batch.report.wording.problems import words_of
from tests.support.words import issue_hint, issue_message, issue_words

ZONES = frozenset(available_timezones())
each_column = pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
each_account = pytest.mark.parametrize("account", AccountKind)


def read(column: Column, text: str) -> Value | Fault | None:
    return reader(column, ZONES)(text)


def test_no_parameter_stands_twice() -> None:
    assert len(BY_NAME) == len(COLUMNS)


@each_account
def test_no_header_word_means_two_columns(account: AccountKind) -> None:
    words = Counter(
        word
        for column in columns_for(account)
        for word in {fold(word) for word in (column.name, *column.words)}
    )
    assert [word for word, columns in words.items() if columns > 1] == []


@each_column
def test_no_header_word_is_left_empty_by_folding(column: Column) -> None:
    assert all(fold(word) for word in column.words)


def test_the_results_workbook_s_own_columns_are_no_parameters() -> None:
    own = {fold(name) for name in (*RESULTS_FIRST, *RESULTS_LAST)}
    assert not own & {fold(word) for column in COLUMNS for word in (column.name, *column.words)}


@each_column
def test_a_column_of_our_own_stands_for_one_that_is_sent(column: Column) -> None:
    if column.part_of:
        assert not BY_NAME[column.part_of].part_of
        assert not column.required_by
        assert not column.default


@each_column
def test_the_example_is_valid(column: Column) -> None:
    assert not isinstance(read(column, column.example), Fault | None)


@each_column
def test_a_default_goes_out_as_it_stands_in_the_table(column: Column) -> None:
    value = read(column, column.default)
    assert not isinstance(value, Fault)
    assert column.default == ("" if value is None else encode(value))


@each_column
def test_every_choice_is_valid(column: Column) -> None:
    assert not any(isinstance(read(column, choice), Fault | None) for choice in column.choices)


@each_column
def test_codes_are_the_service_s(column: Column) -> None:
    codes = [code for code in (column.code_missing, column.code_wrong) if code]
    assert all(re.fullmatch("1[0-9]{3}", code) for code in codes)


@each_column
def test_only_an_account_that_takes_a_column_can_require_it(column: Column) -> None:
    assert column.required_by <= column.used_by
    assert column.used_by


@each_column
def test_help_is_a_sentence(column: Column) -> None:
    assert re.fullmatch(r"[A-Z].*\.", column.help)


@each_account
def test_an_account_knows_its_presenter_by_its_own_columns(account: AccountKind) -> None:
    presenter = [column.name for column in columns_for(account) if column.name.startswith("presenter_")]
    own = {
        AccountKind.TEACHER: ["presenter_email"],
        AccountKind.ROOM: ["presenter_id", "presenter_name"],
    }[account]
    assert presenter == [*own, "presenter_default_controls"]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_reader(kind: Kind) -> None:
    column = Column(name="new", called="New", headers=(), kind=kind, help="", example="")
    value = reader(column, ZONES)("\x00")
    assert isinstance(value, Fault)
    assert reader(column, ZONES)("") is None


def test_the_example_of_a_start_is_a_date_and_a_time() -> None:
    assert isinstance(read(BY_NAME["start_time"], BY_NAME["start_time"].example), datetime)


FOLDED: dict[str, str] = {
    "Presenter_E-Mail *": "presenter e mail",
    "  Date / Time ": "date time",
    "Duration (min)": "duration min",
    "Título": "titulo",
    "Durée (min)": "duree min",
    "मिनट": "मिनट",
    "时长\uff08分钟\uff09": "时长 分钟",
    "\uff34\uff29\uff34\uff2c\uff25": "title",
    "start\ntime": "start time",
    "": "",
}


@pytest.mark.parametrize(("header", "folded"), FOLDED.items())
def test_folds(header: str, folded: str) -> None:
    assert fold(header) == folded


def test_problem_codes_stand_once_and_have_their_shape() -> None:
    codes = [problem.code for problem in Problem]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("[RW][0-9]{3}", code) for code in codes)


#: A fact of the kind that each way to write one asks for.
_FACTS: dict[str, object] = {
    "day": "2031-09-01",
    "count": 5,
    "list": ["5"],
    "period": (1946026800, 1946030400, "Europe/London"),
}


@pytest.mark.parametrize("problem", Problem, ids=lambda problem: problem.code)
def test_a_problem_reads_as_a_sentence(problem: Problem) -> None:
    words = words_of(problem, {})
    named = re.findall(r"\{(\w+)(?::(\w+))?", words.message + words.hint)
    facts: dict[str, Any] = {name: _FACTS.get(way, "5") for name, way in named}
    issue = problem.at("column", "value", header="", **facts)
    assert not issue_message(issue).endswith(".")
    assert re.fullmatch(r"[A-Z].*\.", issue_hint(issue))
    assert issue_words(issue).endswith(f"[{problem.code}]")

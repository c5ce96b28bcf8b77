"""What makes two rows the same class, and what must not."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.identity import fingerprint, identity
from batch.core.rows.problems import Problem
from batch.core.rows.row import ClassRow

ROW = ClassRow(
    parameters={"title": "Algebra I"},
    title="Algebra \u00c9",
    presenter="ana@school.example",
    start=datetime(2031, 9, 1, 12, 0, tzinfo=UTC),
    minutes=60,
)

SAME: dict[str, ClassRow] = {
    "other parameters": replace(ROW, parameters={"title": "Algebra I", "attendee_limit": "5"}),
    "another extension": replace(ROW, extend_minutes=15),
    "a warning": replace(ROW, warnings=(Problem.HOUR_COMES_TWICE.at("start_time", "", zone="GMT"),)),
    "other capitals of the presenter": replace(ROW, presenter="Ana@School.Example"),
    "the title's accent written apart": replace(ROW, title="Algebra E\u0301"),
    "other spaces in the title": replace(ROW, title=" Algebra \u00a0 \u00c9 "),
}
OTHER: dict[str, ClassRow] = {
    "another title": replace(ROW, title="Algebra II"),
    "other capitals of the title": replace(ROW, title="ALGEBRA \u00c9"),
    "another presenter": replace(ROW, presenter="ben@school.example"),
    "another start": replace(ROW, start=ROW.start + timedelta(seconds=1)),
    "another duration": replace(ROW, minutes=61),
}


@pytest.mark.parametrize("row", SAME.values(), ids=SAME)
def test_the_same_class(row: ClassRow) -> None:
    assert identity("key", row) == identity("key", ROW)


@given(account=st.text(), title=st.text(), presenter=st.text())
def test_it_is_the_digest_of_a_json_document(account: str, title: str, presenter: str) -> None:
    row = replace(ROW, title=title, presenter=presenter)
    facts = [
        account,
        normalize("NFC", presenter).casefold(),
        row.start.isoformat(),
        row.minutes,
        " ".join(normalize("NFC", title).split()),
    ]
    assert identity(account, row) == hashlib.sha256(json.dumps(facts).encode()).hexdigest()


@pytest.mark.parametrize("row", OTHER.values(), ids=OTHER)
def test_another_class(row: ClassRow) -> None:
    assert identity("key", row) != identity("key", ROW)


def test_another_account_is_another_class() -> None:
    assert identity("other key", ROW) != identity("key", ROW)


def test_the_recipe_never_changes() -> None:
    """These stand in journals: a change here would schedule every class again."""
    assert identity("key", ROW) == "aa2781954ada784c1ac0ba3ac2620f00818437eb086380a30db9e4cd12cf6c74"
    assert (
        fingerprint(identity("key", ROW), 1)
        == "53fa4f797086cc7806ce07e80d2d2fa9db4705b7abcb57516166697a037afbe0"
    )


def test_equal_rows_of_a_file_stay_apart() -> None:
    prints = {fingerprint(identity("key", ROW), ordinal) for ordinal in range(1, 100)}
    assert len(prints) == 99


#: Letters that no normalisation touches, and the marks that a careless recipe would put between fields.
LETTERS = st.text('ab,:|"[]\\', min_size=1)


@given(LETTERS, LETTERS, LETTERS)
def test_no_text_reaches_over_into_the_next(account: str, presenter: str, title: str) -> None:
    def of(account: str, presenter: str, title: str) -> str:
        return identity(account, replace(ROW, presenter=presenter, title=title))

    longer_account = of(account + presenter, presenter, title)
    longer_presenter = of(account, presenter + presenter, title)
    longer_title = of(account, presenter, presenter + title)
    assert len({of(account, presenter, title), longer_account, longer_presenter, longer_title}) == 4

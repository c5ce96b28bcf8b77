"""A class that its file says is cancelled is asked about or named; a title about cancelled things is a title."""

import pytest

from batch.core.rows.cancelled_marks import Mark, cancelled_mark
from batch.core.rows.problems import Problem
from batch.core.rows.row import Header
from batch.core.rows.rules import check_row
from tests.core.rows.test_unread_columns import OURS, problem, row_of
from tests.support.rows import TERMS

P = Problem

#: A subject and its marks, in each of the languages.
MARKED = {
    "English": (
        "Geography",
        "cancelled",
        "canceled",
        "class cancelled",
        "called off",
        "not taking place",
        "postponed",
    ),
    "Spanish": ("Geografía", "cancelada", "cancelado", "suspendida", "anulado", "aplazada"),
    "French": ("Géographie", "annulé", "annulée", "supprimé", "n'a pas lieu", "reportée"),
    "German": (
        "Erdkunde",
        "abgesagt",
        "entfällt",
        "fällt aus",
        "ausgefallen",
        "findet nicht statt",
        "verschoben",
    ),
    "Portuguese": ("Geografia", "cancelada", "suspensa", "não haverá aula", "adiada"),
    "Arabic": ("الجغرافيا", "ملغاة", "ملغى", "تم الإلغاء", "مؤجلة"),
    "Hindi": ("भूगोल", "रद्द", "रद्द किया गया", "स्थगित"),
    "Chinese": ("地理", "取消", "已取消", "停课", "延期"),
}
SET_OFF = (
    *("{mark}: {subject}", "{mark} - {subject}", "{subject} - {mark}", "{subject} \u2013 {mark}"),
    *(
        "{subject} ({mark})",
        "[{mark}] {subject}",
        "{subject}: {mark}",
        "*{mark}* {subject}",
        "({mark}) {subject}",
    ),
    *(
        "{subject}\uff08{mark}\uff09",
        "\u3010{mark}\u3011{subject}",
        "{mark}\uff1a{subject}",
        "{mark} | {subject}",
    ),
)


@pytest.mark.parametrize("form", SET_OFF)
@pytest.mark.parametrize(
    ("subject", "mark"), [(each[0], mark) for each in MARKED.values() for mark in each[1:]]
)
def test_a_mark_that_is_set_off_is_sure_in_every_language(subject: str, mark: str, form: str) -> None:
    for written in (mark, mark.upper(), mark.capitalize()):
        assert cancelled_mark(form.format(subject=subject, mark=written)) is Mark.SURE


@pytest.mark.parametrize(
    "title",
    [
        *("CANCELLED Geography", "Geography CANCELLED", "CANCELED Biology 10B", "ABGESAGT Kunst 8a"),
        *("ANNULÉ Géographie", "Geografía CANCELADA", "SUSPENDIDO Taller de arte", "Artes CANCELADA"),
        *(
            "Geography is cancelled",
            "Sport fällt aus",
            "Kunst entfällt",
            "地理已取消",
            "已取消地理",
            "Cancelled",
        ),
    ],
)
def test_so_is_one_in_capitals_and_one_that_is_a_sentence(title: str) -> None:
    assert cancelled_mark(title) is Mark.SURE
    assert problems_of(title) == [P.CANCELLED_TITLE]


@pytest.mark.parametrize(
    "title",
    [
        *("Cancelled orders in SQL", "Cancelled Geography", "CANCELLED GEOGRAPHY", "Geografía cancelada"),
        *(
            "Orders: placed, shipped, cancelled",
            "Cancelled-order handling",
            "Annulé Géographie",
            "ملغى الجغرافيا",
        ),
    ],
)
def test_a_title_that_may_be_about_cancelled_things_is_sent_and_named(title: str) -> None:
    assert problems_of(title) == [P.MAY_BE_CANCELLED]
    assert P.MAY_BE_CANCELLED.is_warning


@pytest.mark.parametrize(
    "title",
    [
        *("Cancelling fractions: part 1", "How to handle cancelled orders well", "Geography (not cancelled)"),
        *("Noise cancellation", "Cancel culture", "The cancelled Apollo 18 and after", "Void functions in C"),
        *("Mathematics Year 8, set 2", "取消文化", "Deleted scenes in film", "Kunst: nicht abgesagt", ""),
    ],
)
def test_a_title_that_says_nothing_of_the_kind_is_a_title(title: str) -> None:
    assert cancelled_mark(title) is None


@pytest.mark.parametrize("cell", ["Cancelled", "CANCELLED - teacher is ill", "abgesagt", "annulé", "已取消"])
def test_a_remark_that_a_class_is_cancelled_is_told(cell: str) -> None:
    assert problem("Note", cell) is P.SAYS_CANCELLED
    assert P.SAYS_CANCELLED.is_warning


def test_a_status_that_says_more_than_a_word_is_told() -> None:
    assert problem("Status", "cancelled by the office, moved online") is P.SAYS_CANCELLED
    assert problem("Status", "Confirmed") is None
    assert problem("Note", "Ring those who had cancelled their booking") is None


def problems_of(title: str) -> list[Problem]:
    header = Header(1, OURS, {name: position for position, name in enumerate(OURS)})
    checked = check_row(row_of(title, "2031-09-15 14:00", "ana@school.example", "GMT", "50"), header, TERMS)
    return [issue.problem for issue in (checked.parsed.warnings if checked.parsed else checked.issues)]

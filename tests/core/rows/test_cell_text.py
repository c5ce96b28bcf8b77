"""What programs and keyboards put around a value is taken off; what a cell says is left as it is."""

from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.rows.cell_text import EDGES, NOTHING, UNMISTAKABLE, is_nothing, value_text, wording
from batch.core.rows.cells import Fault, Value, reader
from batch.core.rows.columns import BY_NAME
from batch.core.rows.problems import Problem
from batch.core.rows.row import CellValue

ZONES = frozenset(available_timezones())

#: How a value may be written, none of which changes it. `{}` is the value.
AROUND = {
    "an apostrophe that keeps it text": "'{}",
    "an apostrophe and a space": "' {}",
    "a formula that keeps it text": '="{}"',
    "quotation marks": '"{}"',
    "single quotation marks": "'{}'",
    "curly quotation marks": "\u201c{}\u201d",
    "a no-break space behind it": "{}\u00a0",
    "a byte order mark in front": "\ufeff{}",
    "a line break behind it": "{}\n",
    "a line break of Windows in front": "\r\n{}",
    "marks of direction": "\u200e{}\u200f",
}
#: API name -> a value as typed, and as read.
VALUES: dict[str, tuple[str, Value]] = {
    "presenter_email": ("ana.diaz@school.example", "ana.diaz@school.example"),
    "time_zone": ("Europe/London", "Europe/London"),
    "duration": ("50", 50),
    "attendee_limit": ("25", 25),
    "create_recording": ("yes", True),
    "language_culture_name": ("en-GB", "en-GB"),
    "return_url": ("https://school.example/after", "https://school.example/after"),
}


@pytest.mark.parametrize("column", VALUES)
@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_a_value_is_read_whatever_a_program_put_around_it(around: str, column: str) -> None:
    typed, value = VALUES[column]
    assert reader(BY_NAME[column], ZONES)(around.format(typed)) == value


WORDINGS = {
    "a course code that was kept text": ("'00123 Maths", "00123 Maths"),
    "a word that was kept text": ("'Algebra", "Algebra"),
    "kept text as a formula": ('="00124 Art"', "00124 Art"),
    "a quotation inside a formula": ('="Say ""yes"""', 'Say "yes"'),
    "a quotation in front": ("'Macbeth' and power", "'Macbeth' and power"),
    "a word that begins so": ("'Tis the season", "'Tis the season"),
    "a Dutch word that begins so": ("'s Avonds lezen", "'s Avonds lezen"),
    "an apostrophe inside": ("Pupils' choir", "Pupils' choir"),
    "quotation marks around a title": ('"Macbeth"', '"Macbeth"'),
    "a title that is a formula's text": ("=1+1", "=1+1"),
    "two lines": ("Mathematics\nYear 8, set 2", "Mathematics Year 8, set 2"),
    "two lines of Windows, indented": ("Mathematics \r\n  Year 8", "Mathematics Year 8"),
    "an empty line between": ("Mathematics\n\nYear 8", "Mathematics Year 8"),
    "a tab": ("Year 8\tFrench", "Year 8 French"),
    "no-break and narrow spaces": ("Year\u00a08\u202fFrench", "Year 8 French"),
    "an ideographic space": ("数学\u3000八年级", "数学 八年级"),
    "spaces without width": ("Year\u200b 8\u2060", "Year 8"),
    "a hyphen that is not shown": ("Mathe\u00admatics", "Mathematics"),
    "two spaces that somebody typed": ("Algebra  I", "Algebra  I"),
    "a mark of direction inside": ("א\u200fב", "א\u200fב"),
    "accents and joined emoji": (
        "Français \U0001f468\u200d\U0001f467",
        "Français \U0001f468\u200d\U0001f467",
    ),
}


@pytest.mark.parametrize(("typed", "title"), WORDINGS.values(), ids=WORDINGS)
def test_a_title_keeps_its_words(typed: str, title: str) -> None:
    assert reader(BY_NAME["title"], ZONES)(typed) == title


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_what_a_cell_says_is_never_changed(text: str) -> None:
    """No letter, digit or emoji goes, comes or changes its place; what is tidied once is tidy."""

    def said(text: str) -> str:
        return "".join(letter for letter in text if letter.isalnum())

    for tidied in (value_text(text), wording(text)):
        assert said(tidied) == said(text)
        assert tidied == tidied.strip(EDGES)
        assert "\n" not in tidied
        assert len(tidied) <= len(text)


@given(st.from_regex(r"[A-Za-z0-9][ -~]*[A-Za-z0-9]", fullmatch=True))
def test_text_without_marks_is_kept_to_the_letter(text: str) -> None:
    assert value_text(text) == wording(text) == text


YES = (
    "Sí",
    "oui",
    "JA",
    "Sim",
    "نعم",
    "हाँ",
    "हां",
    "是",
    "VRAI",
    "WAHR",
    "VERDADERO",
    "VERDADEIRO",
    "\u2713",
    "\u2611",
    "t",
)
NO = (
    "No",
    "non",
    "Nein",
    "NÃO",
    "nao",
    "لا",
    "नहीं",
    "否",
    "FAUX",
    "FALSCH",
    "FALSO",
    "\u2610",
    "\u2717",
    "f",
)


@pytest.mark.parametrize("word", YES)
def test_yes_is_yes_in_every_language_of_the_headers(word: str) -> None:
    assert reader(BY_NAME["create_recording"], ZONES)(word) is True


@pytest.mark.parametrize("word", NO)
def test_no_is_no_in_every_language_of_the_headers(word: str) -> None:
    assert reader(BY_NAME["create_recording"], ZONES)(word) is False


OPTIONAL = (
    *("attendee_limit", "create_recording", "language_culture_name", "return_url", "extend_duration"),
    *("duration", "time_zone", "priority", "date", "end_time"),
)


@pytest.mark.parametrize("column", OPTIONAL)
def test_a_word_for_nothing_is_an_empty_cell(column: str) -> None:
    read = reader(BY_NAME[column], ZONES)
    for word in (*NOTHING, "NULL", "N/A", "None", "-", "\u2013", "\u2014", "--", " - ", "'-", "/"):
        assert read(word) is None, word


def test_a_title_and_an_id_may_be_such_a_word_and_no_title_is_a_dash() -> None:
    for word in ("None", "N/A", "NULL", "Nada"):
        assert reader(BY_NAME["title"], ZONES)(word) == word
    assert reader(BY_NAME["presenter_id"], ZONES)("NA") == "NA"
    assert reader(BY_NAME["presenter_id"], ZONES)("NULL") is None
    assert reader(BY_NAME["title"], ZONES)("-") is None


@given(st.text(max_size=30))
def test_only_listed_words_and_dashes_are_nothing(text: str) -> None:
    for words in (UNMISTAKABLE, NOTHING):
        if is_nothing(text, words):
            assert text.casefold() in words or not any(letter.isalnum() for letter in text)


def test_a_column_of_many_different_texts_is_read_to_its_end() -> None:
    read = reader(BY_NAME["duration"], ZONES)
    assert [read(str(minutes)) for minutes in range(1, 10_000)] == list(range(1, 10_000))
    assert [read(f"x{number}") for number in range(5)] == [Fault(Problem.NOT_A_LENGTH, {"likely": ""})] * 5


WORTH = {
    "Outlook's": ("Low", "Normal", "High"),
    "Spanish": ("baja", "media", "alta"),
    "French": ("basse", "normale", "élevée"),
    "German": ("niedrig", "mittel", "hoch"),
    "Portuguese": ("Baixa", "Média", "Alta"),
    "Arabic": ("منخفضة", "متوسطة", "عالية"),
    "Hindi": ("कम", "सामान्य", "उच्च"),
    "Chinese": ("低", "中", "高"),
}


@pytest.mark.parametrize("words", WORTH.values(), ids=WORTH)
def test_a_priority_in_words_keeps_their_order(words: tuple[str, str, str]) -> None:
    assert [reader(BY_NAME["priority"], ZONES)(word) for word in words] == [1, 2, 3]


@pytest.mark.parametrize("cell", ["P1", "A", "top!", "1.5", 1.5, True])
def test_a_priority_that_is_none_is_told_and_costs_no_class(cell: CellValue) -> None:
    fault = reader(BY_NAME["priority"], ZONES)(cell)
    assert fault == Fault(Problem.NOT_A_PRIORITY)
    assert Problem.NOT_A_PRIORITY.is_warning

"""The catalogues of texts: whole, up to date and true to the code's own; and a reader's language."""

import pickle
import re
from gettext import GNUTranslations
from io import BytesIO
from string import Formatter

import pytest
from babel.messages.catalog import Catalog

from batch.core.language import Language, preferred
from batch.core.message import FileFault, Message, SheetName
from batch.report.wording.language import catalogue, speaking, spoken
from batch.report.wording.messages import message_of
from batch.report.wording.phrases import counted, day_in_words, filled, listed, rows_in_words, tr
from docs.make_catalogue import compiled, path_of, read, strings_of, template, translations

UP_TO_DATE = "run: python docs/make_catalogue.py"
#: What a translation decides on by itself: the forms of a word, and the word before the last of a list.
OF_THE_LANGUAGE = {"count", "form", "list", "called"}


@pytest.fixture(scope="module")
def code() -> Catalog:
    return template()


@pytest.fixture(params=translations(), ids=str)
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


def facts(text: str) -> set[tuple[str, str, str]]:
    """The facts of a template, each as it is to be written."""
    found = set[tuple[str, str, str]]()
    for _, name, spec, conversion in Formatter().parse(text):
        if name is not None:
            way = (spec or "").partition(" ")[0]
            found.add((name, conversion or "", "" if way in OF_THE_LANGUAGE else way))
            found |= facts(spec or "")
    return {(name, conversion, way) for name, conversion, way in found if way not in {"", ","}} | {
        (name, conversion, "") for name, conversion, _ in found
    }


def forms(text: str) -> list[str]:
    """The words of a template that go with a number, such as "row|rows"."""
    specs = [(spec or "").partition(" ") for _, _, spec, _ in Formatter().parse(text)]
    return [rest for way, _, rest in specs if way in {"count", "form"}]


def test_every_text_of_the_code_is_in_every_catalogue_and_no_other(code: Catalog, language: Language) -> None:
    texts = {message.id for message in code if message.id}
    assert len(texts) > 1000
    assert {message.id for message in read(language) if message.id} == texts, UP_TO_DATE


def test_every_text_is_translated_and_none_is_a_guess(language: Language) -> None:
    catalog = read(language)
    assert [message.id for message in catalog if message.id and not all(strings_of(message))] == []
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    assert not catalog.obsolete


def test_what_is_compiled_is_what_is_written(language: Language) -> None:
    written = GNUTranslations(BytesIO(compiled(read(language))))
    with path_of(language, "mo").open("rb") as file:
        found = GNUTranslations(file)
    assert {each.id: found.gettext(str(each.id)) for each in read(language)} == {
        each.id: written.gettext(str(each.id)) for each in read(language)
    }, UP_TO_DATE


def test_a_translation_has_the_facts_of_its_text(language: Language) -> None:
    wrong = {
        message.id: text
        for message in read(language)
        for text in strings_of(message)
        if isinstance(message.id, str) and message.id and facts(text) != facts(message.id)
    }
    assert wrong == {}


def test_a_word_that_goes_with_a_number_has_all_forms_of_the_language(language: Language) -> None:
    catalog = read(language)
    few = [
        text
        for message in catalog
        for text in strings_of(message)
        if any(each.count("|") + 1 != catalog.num_plurals for each in forms(text))
    ]
    assert few == []
    numbers = {catalogue(language).ngettext("0", "1", number) for number in range(200)}
    assert numbers == {str(form) for form in range(catalog.num_plurals)}


def test_a_translation_begins_and_ends_like_its_text_and_has_its_tags(language: Language) -> None:
    def edges(text: str) -> tuple[str, str, list[str]]:
        begins, ends = re.match(r"\s*", text), re.search(r"\s*$", text)
        return begins[0] if begins else "", ends[0] if ends else "", sorted(re.findall("<[^>]*>|[<>&]", text))

    pairs = [
        (str(each.id), text)
        for each in read(language)
        if isinstance(each.id, str)
        for text in strings_of(each)
    ]
    assert [pair for pair in pairs if pair[0] and edges(pair[0]) != edges(pair[1])] == []


def test_names_of_days_and_months_are_as_many(language: Language) -> None:
    lists = [
        each for each in read(language) if re.match("Mon|Jan", str(each.id)) and len(str(each.id).split()) > 6
    ]
    assert len(lists) == 5
    assert [each.id for each in lists if len(str(each.id).split()) != len(str(each.string).split())] == []


def test_a_button_that_a_text_names_is_called_as_it_is(language: Language) -> None:
    """What says to press "Finish it" would send nobody anywhere where the button is called otherwise."""
    catalog = read(language)
    wrong = {}
    for message in catalog:
        for quoted in re.findall('"([A-Z][^"{}]+)"', str(message.id)):
            called = catalog.get(quoted)
            if called is not None and f'"{called.string}"' not in str(message.string):
                wrong[message.id] = called.string
    assert wrong == {}


ACCEPTED = {
    "nothing is said": ("", "en"),
    "a browser in Mexico": ("es-MX,es;q=0.9,en-US;q=0.8,en;q=0.7", "es"),
    "English first": ("en-GB,en;q=0.9,es;q=0.8", "en"),
    "a language that there is not, then Spanish": ("qu, es;q=0.5", "es"),
    "none that there is": ("de, fr;q=0.9", "en"),
    "Spanish is refused": ("es;q=0, de", "en"),
    "anything": ("*", "en"),
    "nonsense": (";;q=,es;q=x,;", "en"),
    "capitals": ("ES-419", "es"),
    "more than can be": ("es;q=1e999, en;q=0.1", "en"),
}


@pytest.mark.parametrize(("header", "wanted"), ACCEPTED.values(), ids=ACCEPTED)
def test_a_browser_gets_the_language_that_it_asks_for(header: str, wanted: str) -> None:
    assert preferred(header) == wanted


def test_a_language_is_spoken_as_long_as_it_is_asked_for() -> None:
    with speaking(Language.SPANISH):
        assert tr("Start") == "Inicio"
        assert [counted(number, "fila", "filas") for number in (0, 1, 2)] == ["0 filas", "1 fila", "2 filas"]
        assert day_in_words("2031-09-01") == "lunes 1 de septiembre de 2031"
        assert listed(["a", "b"]) == "a y b"
        assert rows_in_words(4, [(2, 2), (6, 8)], 0) == "filas 2 y 6-8"
        with speaking(Language.ENGLISH):
            assert tr("Start") == "Start"
    assert spoken() is Language.ENGLISH


def test_a_text_that_a_catalogue_has_not_is_shown_as_it_is() -> None:
    with speaking(Language.SPANISH):
        assert tr("{rows:count row} of something quite new", rows=2) == "2 rows of something quite new"


@pytest.mark.parametrize(
    ("row", "english", "spanish"),
    [
        (None, "t.xlsx, sheet 'A',", "t.xlsx, hoja 'A',"),
        (1200, "t.xlsx, sheet 'A', row 1,200", "t.xlsx, hoja 'A', fila 1\N{NO-BREAK SPACE}200"),
    ],
)
def test_a_sheet_is_named_in_the_language_that_is_spoken(row: int | None, english: str, spanish: str) -> None:
    name = pickle.loads(pickle.dumps(SheetName("t.xlsx", "A", row)))  # noqa: S301 - as a reader's process hands it over
    assert name == english
    fault = Message(FileFault.NOTHING_ON_IT, {"name": name})
    assert message_of(fault) == f"{english} is empty."
    with speaking(Language.SPANISH):
        assert message_of(fault) == f"{spanish} está vacío."


def test_a_large_number_is_parted_as_its_language_does() -> None:
    facts = {"name": "t.csv", "rows": 200_000}
    assert filled("{name} has more than {rows:,} rows.", facts) == "t.csv has more than 200,000 rows."
    with speaking(Language.SPANISH):
        said = tr("{name} has more than {rows:,} rows.", **facts), counted(1_200, tr("row"), tr("rows"))
    assert said[0] == "t.csv tiene más de 200\N{NO-BREAK SPACE}000 filas."
    assert said[1].startswith("1\N{NO-BREAK SPACE}200 ")

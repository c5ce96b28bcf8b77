"""The language in which this task, or this process, speaks to its reader, and the texts in it.

English stands in the code, and its sentences are the keys of the catalogues under `locale/`. What is
translated is the template, before its facts are filled in: a catalogue decides on the order of its words,
on plurals and on how a date is written. `docs/developers.md` says how a text or a language is added.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

from batch.core.language import Language

LOCALES = Path(__file__).parent / "locale"
DOMAIN = "classbatch"

# Of a task: pages in several languages are made by turns in one process. To pass it by hand to each place
# where a sentence is made would put it beside every argument of every wording.
_SPOKEN: ContextVar[Language] = ContextVar("spoken", default=Language.ENGLISH)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak it as long as the block lasts, in this task and in those that it begins."""
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def spoken() -> Language:
    return _SPOKEN.get()


@cache
def catalogue(language: Language) -> NullTranslations:
    if language is Language.ENGLISH:
        return NullTranslations()
    return translation(DOMAIN, LOCALES, [language.value])


def translated(template: str) -> str:
    """A template of the code in the language that is spoken; in English where the catalogue has none."""
    return catalogue(_SPOKEN.get()).gettext(template) if template else ""


def tr_later(template: str) -> str:
    """Marks a text for the catalogue that is translated where it is shown, for here nobody knows yet to whom."""
    return template


def plural_of(number: int) -> int:
    """Which of the forms of a word goes with a number."""
    return int(catalogue(_SPOKEN.get()).ngettext("0", "1", number))

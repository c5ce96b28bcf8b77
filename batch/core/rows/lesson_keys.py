"""The column `lesson_id`: whether what stands in it tells lessons apart from one version of a file to the next.

A column that merely counts the rows would give every lesson another number as soon as a
row is put in; one whose values come again and again names periods or courses. Neither is
a key, whatever its header says.
"""

from collections import Counter
from enum import StrEnum, unique
from unicodedata import normalize

from batch.core.rows.cell_text import NOTHING, is_nothing
from batch.core.rows.columns import fold
from batch.core.rows.row import CellValue, shown

LESSON_ID = "lesson_id"
#: So few rows count by chance.
_FEW = 3


@unique
class NoKey(StrEnum):
    """Why a column is no key. It stands in journals: a value is never renamed."""

    COUNTS = "counts"  #: 1, 2, 3, ...
    REPEATED = "repeated"


@unique
class Insists(StrEnum):
    """Who says that the column is the key."""

    NOBODY = "nobody"
    HEADER = "header"  #: it is called `lesson_id`
    PERSON = "person"


#: What stands where an id is still to come.
_STILL_TO_COME = frozenset(
    (
        *("tbd", "tba", "tbc", "t.b.d.", "t.b.a.", "t.b.c.", "unknown", "pending", "to be decided"),
        *("to be confirmed", "to be announced", "n.n.", "offen", "unbekannt", "folgt", "por definir"),
        *("pendiente", "à définir", "a definir", "inconnu", "desconocido", "pendente", "desconhecido"),
    )
)
_WORDS_FOR_NONE = NOTHING | _STILL_TO_COME
_ONLY_MARKS = frozenset("?.…*¿ ")


def key_of(cell: CellValue) -> str:
    """A key as it is compared; "" for none, and for what people write where there is none."""
    key = " ".join(normalize("NFC", shown(cell)).split())
    return "" if is_nothing(key, _WORDS_FOR_NONE) or _ONLY_MARKS.issuperset(key) else key


def is_called_lesson_id(header: str) -> bool:
    return fold(header) == fold(LESSON_ID)


class LessonKeys:
    """Gathers the keys of a file, row by row."""

    def __init__(self, insists: Insists) -> None:
        self._insists = insists
        self._often: Counter[str] = Counter()
        self._last: int | None = None
        self._counts = True

    def see(self, cell: CellValue) -> None:
        """Take in the cell of one more row."""
        key = key_of(cell)
        number = int(key) if key.isdecimal() and len(key) < 10 else None
        self._counts = self._counts and number is not None and self._last in {None, number - 1}
        self._last = number
        if key:
            self._often[key] += 1

    @property
    def twice(self) -> frozenset[str]:
        """Keys that several rows have, where they have to be keys."""
        if self._insists is Insists.NOBODY:
            return frozenset()
        return frozenset(key for key, often in self._often.items() if often > 1)

    @property
    def no_key(self) -> NoKey | None:
        """Why the column is no key; None where it is one."""
        if self._insists is Insists.PERSON:
            return None
        if self._counts and self._often.total() >= _FEW:
            return NoKey.COUNTS
        is_repeated = self._insists is Insists.NOBODY and any(often > 1 for often in self._often.values())
        return NoKey.REPEATED if is_repeated else None

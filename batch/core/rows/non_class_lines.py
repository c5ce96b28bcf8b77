"""Lines between the classes of a timetable that are none: headings, totals, the header once more.

They are left out and told. A line that may be a class which somebody left unfinished
is never one of them: whatever has a title, a start or a presenter of its own is a class,
unless the file itself says that it is cancelled.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum, auto, unique

from batch.core.rows.addresses import presenters_address
from batch.core.rows.cancelled_marks import Mark, cancelled_mark
from batch.core.rows.cell_text import UNMISTAKABLE, is_nothing, value_text
from batch.core.rows.cells import read_start, read_yes_no
from batch.core.rows.columns import BY_NAME, COLUMNS, Kind, fold
from batch.core.rows.date_order import Readings
from batch.core.rows.dates import as_written
from batch.core.rows.header import is_blank, shown
from batch.core.rows.problems import Fault
from batch.core.rows.row import CellValue, Header, Unreadable
from batch.core.rows.status_words import (
    is_all_day_header,
    is_cancelled_header,
    is_status_header,
    is_yes,
)


@unique
class NonClassLine(StrEnum):
    """What a line is that is no class. It stands in journals: a released value is never renamed."""

    HEADING = auto()
    TOTAL = auto()
    NOTE = auto()
    PREFILLED = auto()  #: but for title, start and presenter
    CANCELLED = auto()
    ALL_DAY = auto()  #: an event of a calendar without an hour
    HEADER = auto()
    OTHER_HEADER = auto()
    TAKEN_OUT = auto()  #: of a results workbook, by deleting it on one of its sheets


#: What a total begins with.
_TOTALS = (
    *("total", "totals", "grand total", "subtotal", "sub total", "sum", "overall"),
    *("gesamt", "insgesamt", "summe", "gesamtsumme", "gesamtzahl", "zwischensumme"),
    *(
        "suma",
        "soma",
        "somme",
        "sous total",
        "totaux",
        "totale",
        "totales",
        "totais",
        "subtotales",
        "subtotais",
    ),
    *(
        "المجموع",
        "الإجمالي",
        "اجمالي",
        "إجمالي",
        "कुल",
        "योग",
        "合计",
        "合計",
        "总计",
        "總計",
        "小计",
        "小計",
        "共计",
        "总数",
    ),
)
_TOTAL = re.compile(rf"(?:{'|'.join(map(re.escape, map(fold, _TOTALS)))})(?![^\W\d_])")
#: What is counted at the end of a list.
_COUNTED = (
    *("classes", "class", "lessons", "lesson", "sessions", "session", "rows", "row", "records", "record"),
    *("entries", "entry", "courses", "events", "items", "results", "hours", "students", "teachers"),
    *("clases", "sesiones", "filas", "registros", "cursos", "horas", "alumnos", "lecciones"),
    *("cours", "séances", "lignes", "leçons", "heures", "élèves", "enregistrements"),
    *("stunden", "kurse", "zeilen", "einträge", "termine", "unterrichtsstunden", "datensätze"),
    *("aulas", "linhas", "registos", "sessões", "alunos"),
    *(
        "حصص",
        "حصة",
        "دروس",
        "صفوف",
        "صف",
        "ساعات",
        "कक्षाएं",
        "कक्षाएँ",
        "पंक्तियाँ",
        "घंटे",
        "节课",
        "行",
        "门课",
        "条记录",
    ),
)
_COUNTS = (
    *(
        "count",
        "number of",
        "no of",
        "average",
        "avg",
        "mean",
        "min",
        "max",
        "anzahl",
        "durchschnitt",
        "nombre",
    ),
    *(
        "nombre de",
        "moyenne",
        "número de",
        "cantidad",
        "promedio",
        "quantidade",
        "عدد",
        "العدد",
        "संख्या",
        "औसत",
        "数量",
        "平均",
    ),
)
_COUNT = re.compile(
    rf"[\d ,]*\d ?(?:{'|'.join(map(re.escape, map(fold, _COUNTED)))})"
    rf"|(?:{'|'.join(map(re.escape, map(fold, _COUNTS)))})(?: \w+)?[ \d,]*"
)
#: How the line begins that a program writes below or above a list.
_NOTES = (
    *("printed", "generated", "exported", "created", "produced", "last updated", "updated", "as of", "page"),
    *("report", "source", "confidential", "end of report", "copyright", "\u00a9"),
    *("gedruckt", "erstellt", "exportiert", "stand", "seite", "quelle", "vertraulich", "ende des berichts"),
    *("impreso", "generado", "exportado", "página", "fuente", "actualizado", "fin del informe"),
    *("imprimé", "généré", "exporté", "édité", "mis à jour", "fin du rapport"),
    *("impresso", "gerado", "atualizado", "fonte"),
    *("طبع", "تم الطباعة", "تم التصدير", "صفحة", "मुद्रित", "पृष्ठ", "打印", "导出", "生成", "页"),
)
_NOTE = re.compile(rf"(?:{'|'.join(map(re.escape, map(fold, _NOTES)))})(?![^\W\d_])")
_NUMBER = re.compile(r"[0-9]{1,6}\.?")
_MOST_PARTS = 3  #: cells that such a line is spread over
_DIGIT = re.compile(r"\d")
_WHEN = frozenset({Kind.START, Kind.DATE})
_WHO = frozenset({"presenter_email", "presenter_id", "presenter_name"})
#: What belongs to one class alone: nobody fills it in beforehand.
_OWN = frozenset({"title", "start_time", "date", "end_time", "end_date", *_WHO})
_ALL_WORDS = frozenset(fold(word) for column in COLUMNS for word in (*column.words, column.name))
#: So many header words in one line are a header; a class may be called "Course" and be of kind "lesson".
_LEAST_WORDS = 3


class NonClassLines:
    """Tells lines that are no class below one header; they are asked about from the top down."""

    def __init__(self, header: Header) -> None:
        columns = {position: BY_NAME[name] for name, position in header.columns.items()}
        self._when = [position for position, column in columns.items() if column.kind in _WHEN]
        self._who = [position for position, column in columns.items() if column.name in _WHO]
        self._own = {position for position, column in columns.items() if column.name in _OWN}
        self._defaults = columns.keys() - self._own
        self._words = {
            position: frozenset(map(fold, (header.names[position], column.name, *column.words)))
            for position, column in columns.items()
        }
        others = [position for position in range(len(header.names)) if position not in columns]
        self._status = [position for position in others if is_status_header(header.names[position])]
        self._cancelled = [position for position in others if is_cancelled_header(header.names[position])]
        self._all_day = [position for position in others if is_all_day_header(header.names[position])]
        self._last: Sequence[CellValue] = ()  #: the last line that is a class

    def kind(self, cells: Sequence[CellValue]) -> NonClassLine | None:
        """What a line is, or None for a class, whole or not.

        Args:
            cells: those under the header's names, one each; not all blank.
        """
        if (self._status or self._cancelled) and self._is_cancelled(cells):
            return NonClassLine.CANCELLED
        if self._all_day and self._is_all_day(cells):
            return NonClassLine.ALL_DAY
        found = self._kind(cells)
        if found is None:
            self._last = cells
        return found

    def _kind(self, cells: Sequence[CellValue]) -> NonClassLine | None:
        timed = False
        for position in self._when:
            cell = cells[position]
            if isinstance(cell, datetime):
                return None  # most rows; the rest costs more
            timed = timed or (_may_be_read(cell) and _DIGIT.search(shown(cell)) is not None)
        if timed and self._has_presenter(cells):
            return None
        return self._by_its_words(cells, timed=timed)

    def _by_its_words(self, cells: Sequence[CellValue], *, timed: bool) -> NonClassLine | None:
        filled = {position: cell for position, cell in enumerate(cells) if not _is_empty(cell)}
        if not filled or self._is_prefilled(filled):
            return NonClassLine.PREFILLED
        if self._is_note(filled):
            return NonClassLine.NOTE
        if len(filled) == 1:
            return self._alone(*filled.items())
        if not timed and self._is_total(filled):
            return NonClassLine.TOTAL
        return None if timed else self._header(cells, [*filled.values()])

    def _is_cancelled(self, cells: Sequence[CellValue]) -> bool:
        return any(_is_marked(cells[position]) for position in self._status) or any(
            is_yes(shown(cells[position])) or _is_marked(cells[position]) for position in self._cancelled
        )

    def _is_all_day(self, cells: Sequence[CellValue]) -> bool:
        """An event that lasts all day begins at midnight, if at any hour; whatever begins at another one is a class."""
        is_marked = any(is_yes(shown(cells[position])) for position in self._all_day)
        return is_marked and not any(_has_hour(cells[position]) for position in self._when)

    def _is_prefilled(self, filled: Mapping[int, CellValue]) -> bool:
        """Whether a line repeats what is the same for every class, such as a zone filled down to row 200.

        A tick-box, a running number or a formula's 0 is no class either.
        """
        if self._own & filled.keys() or any(isinstance(cell, Unreadable) for cell in filled.values()):
            return False
        return all(
            self._is_default(position, cell, alone=len(filled) == 1) for position, cell in filled.items()
        )

    def _is_default(self, position: int, cell: CellValue, *, alone: bool) -> bool:
        if isinstance(cell, bool) or (position < len(self._last) and cell == self._last[position]):
            return True
        if position in self._defaults:
            return not alone  # by itself it may be a heading, or the sum of a column
        if isinstance(cell, str):
            return _NUMBER.fullmatch(cell.strip()) is not None or not isinstance(
                read_yes_no(cell.strip()), Fault
            )
        return isinstance(cell, int | float)

    def _is_note(self, filled: Mapping[int, CellValue]) -> bool:
        """Whether a program wrote it: when it printed the list, and for whom."""
        first = next(iter(filled.values()))
        if not isinstance(first, str) or not _NOTE.match(fold(first)):
            return False
        texts = all(isinstance(cell, str) for cell in filled.values())
        return texts and len(filled) <= _MOST_PARTS and not self._has_moment(filled)

    def _has_moment(self, filled: Mapping[int, CellValue]) -> bool:
        return any(
            not isinstance(read_start(cell.strip()), Fault)
            for position in self._when
            if isinstance(cell := filled.get(position), str)
        )

    def _is_total(self, filled: Mapping[int, CellValue]) -> bool:
        """Whether the first cell says so, in whichever column, and nothing else says when or who."""
        label, *others = filled
        first = filled[label]
        if not isinstance(first, str):
            return False
        folded = fold(first)
        if not _TOTAL.match(folded) and not _COUNT.fullmatch(folded):
            return False
        when = any(_may_be_read(filled[position]) for position in others if position in self._when)
        who = any(isinstance(filled[position], str) for position in others if position in self._who)
        return not when and not who

    def _has_presenter(self, cells: Sequence[CellValue]) -> bool:
        return any(_may_be_read(cells[position]) for position in self._who)

    def _header(self, cells: Sequence[CellValue], filled: Sequence[CellValue]) -> NonClassLine | None:
        words = {fold(cell) for cell in filled if isinstance(cell, str)}  # one word thrice is no header
        if len(words & _ALL_WORDS) < _LEAST_WORDS:
            # Under a header of words that the person mapped herself, or of few columns.
            again = [fold(shown(cells[position])) in known for position, known in self._words.items()]
            return NonClassLine.HEADER if len(again) > 1 and all(again) else None
        in_place = all(
            is_blank((cells[position],)) or fold(shown(cells[position])) in known
            for position, known in self._words.items()
        )
        return NonClassLine.HEADER if in_place else NonClassLine.OTHER_HEADER

    def _alone(self, only: tuple[int, CellValue]) -> NonClassLine | None:
        """What a line with one cell is: no class has so little, unless somebody only began to type it."""
        position, cell = only
        if isinstance(cell, str):
            begun = isinstance(read_start(cell.strip()), datetime) or (
                "@" in cell and (position in self._who or isinstance(presenters_address(cell.strip()), str))
            )
            if begun:
                return None
            folded = fold(cell)
            is_total = _TOTAL.match(folded) or _COUNT.fullmatch(folded)
            return NonClassLine.TOTAL if is_total else NonClassLine.HEADING
        if isinstance(cell, Unreadable):
            return None
        return NonClassLine.TOTAL if isinstance(cell, int | float | timedelta) else NonClassLine.HEADING


def _is_marked(cell: CellValue) -> bool:
    return isinstance(cell, str) and cancelled_mark(cell) is Mark.SURE


def _has_hour(cell: CellValue) -> bool:
    """Whether a start says when it begins, at another hour than midnight."""
    if is_blank((cell,)):
        return False
    clock: object = cell
    if isinstance(cell, str):
        written = as_written(value_text(cell))
        clock = written.clock.meant if written.clock else written.day
    if isinstance(clock, datetime):
        clock = clock.time()
    return not isinstance(clock, date | Readings) and clock != time()


def _is_empty(cell: CellValue) -> bool:
    return is_blank((cell,)) or (isinstance(cell, str) and is_nothing(cell.strip(), UNMISTAKABLE))


def _may_be_read(cell: CellValue) -> bool:
    return not isinstance(cell, Unreadable) and not is_blank((cell,))

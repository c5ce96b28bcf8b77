"""The heads of a sheet's weekly grids: each line that names the days of what stands below it."""

from collections.abc import Mapping, Sequence
from enum import Enum, auto

from batch.core.grid.labels import is_hours
from batch.core.grid.upright import Place, Upright, is_blank
from batch.core.quick_dataclass import dataclass
from batch.core.rows.days_across import LEAST_DAYS, are_distinct, days_across, is_dated, named_days, plainly
from batch.core.rows.row import CellValue, shown
from batch.core.rows.value_maps import folded


@dataclass(frozen=True, slots=True)
class Head:
    """The days of a chart, and where they stand."""

    number: int  #: of its line
    days: Mapping[int, CellValue]  #: position -> the day, as it is written
    under: Mapping[int, int]  #: each position below a day -> the day's own: a merged day has several
    read_as: Mapping[int, CellValue]  #: position -> the day, in the language of those beside it
    labels: tuple[str, ...]  #: folded, what stands left of the days
    texts: frozenset[str]  #: folded, all that stands in it

    @property
    def first(self) -> int:
        return min(self.under)

    @property
    def last(self) -> int:
        return max(self.under)


class _Line(Enum):
    LESSONS = auto()
    HEAD = auto()
    UNCLEAR = auto()  #: it names days, and is not surely a head


def heads_in(
    chart: Upright, numbers: Sequence[int], periods: Mapping[str, str]
) -> tuple[list[Head], list[int]]:
    """The heads from above to below; and the lines that may be one, or may be lessons."""
    heads: list[Head] = []
    unclear: list[int] = []
    for number in numbers:
        line = chart.line(number)
        kind = _kind(line, heads[0], periods) if heads else _first_kind(line)
        if kind is _Line.HEAD:
            heads.append(_head(chart, number, line))
        elif kind is _Line.UNCLEAR:
            unclear.append(number)
    return heads, unclear


def _first_kind(line: Sequence[CellValue]) -> _Line:
    """What a line is above which there is no head: two days, or one of them twice, may be that of a chart, too."""
    if days_across(line):
        return _Line.HEAD
    days = named_days(line)
    in_words = [day for day in days.values() if isinstance(day, str)]  # two dates may be those of a term
    return _Line.UNCLEAR if len(in_words) > 1 or len(days) >= LEAST_DAYS else _Line.LESSONS


def _kind(line: Sequence[CellValue], first: Head, periods: Mapping[str, str]) -> _Line:
    """What a line below the first head is: lessons may be called "Ma", and a chart may have but two days."""
    days, found = named_days(line), bool(days_across(line))
    if not days:
        return _Line.LESSONS
    labels = [cell for cell in line[: min(days)] if not is_blank(cell)]
    dated = [is_dated(day) for day in days.values()]
    has_hours = any(is_hours(cell, periods) for cell in labels)
    same_label = bool(labels) and tuple(folded(shown(cell)) for cell in labels) == first.labels
    others = {
        folded(shown(cell)) for place, cell in enumerate(line) if place > min(days) and place not in days
    }
    strange = others - first.texts - {""}
    may_be_lessons = not found and not any(dated)
    if may_be_lessons and (has_hours or (not same_label and len(strange) >= len(days))):
        return _Line.LESSONS
    is_sure = are_distinct(days) and not has_hours and (found or same_label or all(dated))
    return _Line.HEAD if is_sure else _Line.UNCLEAR


def _head(chart: Upright, number: int, line: Sequence[CellValue]) -> Head:
    days = named_days(line)
    under: dict[int, int] = {}
    for place in days:
        area = chart.merged.get((number, place))
        wide = range(area.left, area.right + 1) if area is not None else range(place, place + 1)
        under |= dict.fromkeys(wide, place)
    labels = tuple(folded(shown(cell)) for cell in line[: min(days)] if not is_blank(cell))
    texts = frozenset(folded(shown(cell)) for cell in line if not is_blank(cell))
    return Head(number, days, under, plainly(days), labels, texts)


def label_columns(chart: Upright, head: Head, numbers: Sequence[int]) -> frozenset[int]:
    """The positions that hold labels: left of the days, and those between them that surely do.

    Those are what is headed as the labels on the left are, or has no head and holds hours alone.
    """
    below = {(number, place): cell for (number, place), cell in chart.cells.items() if number in set(numbers)}
    found = set(range(head.first))
    for place in range(head.first, max((place for _, place in below), default=-1) + 1):
        if place in head.under:
            continue
        title = chart.cells.get((head.number, place))
        cells = [cell for (_, at), cell in below.items() if at == place]
        if not is_blank(title):
            is_label = folded(shown(title)) in head.labels
        else:
            is_label = bool(cells) and all(is_hours(cell, {}) for cell in cells)
        if is_label:
            found.add(place)
    return frozenset(found)


def is_second_head(chart: Upright, head: Head, number: int) -> bool:
    """Whether a line says below each day what its columns are, the same for each: 7a, 7b, 7a, 7b."""
    names: dict[int, list[str]] = {place: [] for place in head.days}
    for place, day in sorted(head.under.items()):
        names[day].append(folded(shown(chart.cells.get((number, place)))))
    beside = [
        at for at in range(head.first) if (number, at) in chart.cells and not chart.is_covered((number, at))
    ]
    one = next(iter(names.values()))
    return (
        not beside
        and len(names) > 1
        and len(one) > 1
        and all(one)
        and len(set(one)) == len(one)
        and all(each == one for each in names.values())
    )


def not_of(chart: Upright, head: Head, first: Head, labels: frozenset[int]) -> list[Place]:
    """What stands in a later head, and is neither a day nor a label nor in the first head."""
    return [
        (number, place)
        for (number, place), cell in chart.cells.items()
        if number == head.number and place > head.first and place not in head.under and place not in labels
        if folded(shown(cell)) not in first.texts
    ]

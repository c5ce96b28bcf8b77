"""What the rows of a file show together: in which order it writes dates, whether its clock counts to 24, whether it names zones.

It is learnt while the file is read. Where something comes to light that would have let
a row before be judged otherwise, the file has to be read again with what is known now.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from enum import StrEnum, unique

from batch.core.quick_dataclass import dataclass
from batch.core.rows.cell_text import value_text
from batch.core.rows.clock_times import FIRST_HOUR_OF_DAY, ClockText, Span
from batch.core.rows.date_order import UNTOLD, DateOrder, Dates, Readings
from batch.core.rows.dates import as_written
from batch.core.rows.header_clock import zone_named
from batch.core.rows.header_hints import counts_to_24, order_named
from batch.core.rows.lesson_keys import LESSON_ID, Insists, LessonKeys, NoKey
from batch.core.rows.row import CellValue, Header, RawRow, shown
from batch.core.rows.value_maps import ValueMaps, stands_for

_FIRST_HOUR_OF_24 = 13

#: Those of a start.
STARTS = ("start_time", "date")
#: The columns whose cells can hold dates.
DATED = ("start_time", "date", "end_time", "end_date", "first_date", "last_date")


@unique
class Converted(StrEnum):
    """By what it shows that a program took the month for the day. It stands in journals: a value is never renamed."""

    LEFT_OVER = "left over"  #: what it could not take for a date stayed text
    SHOWN_OTHERWISE = "shown otherwise"  #: it shows its dates in another order than the file is written in


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a whole file while a row of it is judged."""

    dates: Dates = UNTOLD
    counts_to_24: bool = False  #: its clock does, or says AM and PM: a start at night is one
    counts_to_24_as_before: bool = False  #: that was said of an earlier file of the same kind
    clock_is_stated: bool = False  #: that it counts to 24, by the person: midnight may be meant, too
    says_halves: bool = False  #: some start says AM or PM, and nobody that the others count to 24
    has_dates_alone: bool = (
        False  #: of its starts some are at midnight, and none is at another hour of the night
    )
    names_zones: bool = False  #: some row names a time zone: an empty one is no default
    #: Dates of the spreadsheet may be of another day: some program put the month first, or the day, and left the rest.
    converted: Converted | None = None
    no_key: NoKey | None = None  #: why its column `lesson_id` is none
    keys_twice: frozenset[str] = frozenset()  #: what stands there in several rows, though it is to be a key


NOTHING_KNOWN = Known()


def known_from(header: Header, known: Known, zones: Collection[str]) -> Known:
    """What the header says of the whole file, besides what is known already."""
    for column in DATED:
        if column not in header.columns:
            continue
        name = header.name_of(column)
        if order := order_named(name):
            known = replace(known, dates=known.dates.headed(order, f"the header {name!r}"))
        if column in STARTS and (zone_named(name, zones) or counts_to_24(name)):
            known = replace(known, counts_to_24=True)
    return known


class FileEvidence:
    """Gathers what a file shows, row by row."""

    def __init__(
        self, header: Header, known: Known, values: ValueMaps, insists: Insists = Insists.NOBODY
    ) -> None:
        """`insists`: who says that the column `lesson_id` is the key."""
        self.known = known
        self.stale = False  #: a row before would be judged otherwise by now
        self.two_ways: dict[
            tuple[date, date], None
        ] = {}  #: days day first and month first, in the file's order
        columns = header.columns
        self._dated = [(columns[name], values.get(name), name in STARTS) for name in DATED if name in columns]
        self._zone = columns.get("time_zone")
        self._key = columns.get(LESSON_ID)
        self._keys = LessonKeys(insists)
        self._doubtful = self._at_night = self._without_zone = self._lacks_half = False
        self._tells_halves = not (
            known.clock_is_stated
            or any(counts_to_24(header.name_of(name)) for name in STARTS if name in columns)
        )
        self._at_midnight = self._after_midnight = False  #: some start of the spreadsheet is
        self._natives = _Natives()

    def see(self, raw: RawRow) -> bool:
        """Take in a row; whether more is known than before."""
        before = self.known
        for position, table, starts in self._dated:
            cell = raw.cells[position]
            if cell is None:
                continue
            if isinstance(cell, str):
                self._text(cell, table, raw, starts=starts)
            elif isinstance(cell, datetime | date | time):
                if starts and isinstance(cell, datetime) and cell.hour < FIRST_HOUR_OF_DAY:
                    self._by_night(cell)
                if not self._natives_are_known:
                    self._native(cell, starts=starts)
        for position, order in raw.orders:
            self._format(order, f"the format of {shown(raw.cells[position])} in row {raw.number}")
        if self._zone is not None and not before.names_zones:
            self._named_zone(raw.cells[self._zone])
        if self._key is not None:
            self._keys.see(raw.cells[self._key])
        return self.known is not before

    def end(self) -> None:
        """The file is over: what only the whole of it shows."""
        converted = self._converted()
        if converted and not self.known.converted:
            self.known = replace(self.known, converted=converted)
            self.stale = True
        alone = self._at_midnight and not (self._after_midnight or self.known.clock_is_stated)
        if alone and not self.known.has_dates_alone:
            self.known = replace(self.known, has_dates_alone=True)
            self.stale = True
        if self._key is None or self.known.no_key:
            return
        no_key, twice = self._keys.no_key, self._keys.twice
        if no_key or twice != self.known.keys_twice:
            self.known = replace(self.known, no_key=no_key, keys_twice=frozenset() if no_key else twice)
            self.stale = True

    def _converted(self) -> Converted | None:
        if self._natives.look_converted:
            return Converted.LEFT_OVER
        cells, shown = self.known.dates.cells.order, self.known.dates.shown.order
        otherwise = cells is not None and shown is not None and cells is not shown
        return Converted.SHOWN_OTHERWISE if otherwise and self._natives.are_two_ways else None

    @property
    def _natives_are_known(self) -> bool:
        """Whether no real date or time can show more."""
        return self._natives.over_12 and self.known.counts_to_24

    def _native(self, cell: datetime | date | time, *, starts: bool) -> None:
        if not isinstance(cell, time):
            self._natives.see(cell)
        if starts and not self.known.counts_to_24 and isinstance(cell, datetime | time):
            self._hours(cell.hour, midnight=isinstance(cell, datetime) and cell.time() == time())

    def _by_night(self, start: datetime) -> None:
        """A spreadsheet keeps a date without a time as midnight; where classes are given at night, that may be meant."""
        if start.tzinfo is None and start.time() == time():
            self._at_midnight = True
        else:
            self._after_midnight = True

    def _format(self, order: DateOrder, proof: str) -> None:
        dates = self.known.dates.in_cells(order, proof)
        if dates is not self.known.dates:
            self.known = replace(self.known, dates=dates)
            self.stale = self.stale or self._doubtful

    def _text(self, cell: str, table: Mapping[str, str] | None, raw: RawRow, *, starts: bool) -> None:
        typed = stands_for(cell, table) if table else cell
        if not isinstance(typed, str):
            return
        written = as_written(value_text(typed))
        if isinstance(written.day, Readings):
            self._numeric(written.day, f"{value_text(typed)!r} in row {raw.number}")
        if starts and written.clock:
            if self._tells_halves and not self.known.says_halves:
                self._halves(written.clock)
            if not self.known.counts_to_24:
                self._clock(written.clock)

    def _numeric(self, readings: Readings, proof: str) -> None:
        self._natives.see_text(readings)
        dates = self.known.dates.after(readings, proof)
        if dates is not self.known.dates:
            self.known = replace(self.known, dates=dates)
            self.stale = self.stale or self._doubtful or dates.shown.mixed or dates.dots.mixed
        if readings.two_ways and not readings.dotted:
            self.two_ways.setdefault(readings.two_ways)
        self._doubtful = self._doubtful or len(set(readings.days.values())) > 1

    def _halves(self, clock: ClockText) -> None:
        if clock.halved:
            self.known = replace(self.known, says_halves=True)
            self.stale = self.stale or self._lacks_half
        else:
            self._lacks_half = self._lacks_half or clock.lacks_half

    def _clock(self, clock: ClockText) -> None:
        meant = clock.meant
        begins = meant.begins if isinstance(meant, Span) else meant
        ends = meant.ends if isinstance(meant, Span) else None
        latest = max((each.hour for each in (begins, ends) if isinstance(each, time)), default=0)
        self._hours(_FIRST_HOUR_OF_24 if clock.halved else latest)
        if isinstance(begins, time) and begins.tzinfo is None:
            self._hours(begins.hour)

    def _hours(self, hour: int, *, midnight: bool = False) -> None:
        if self.known.counts_to_24:
            return
        if hour >= _FIRST_HOUR_OF_24:
            self.known = replace(self.known, counts_to_24=True)
            self.stale = self.stale or self._at_night
        elif hour < FIRST_HOUR_OF_DAY and not midnight:
            self._at_night = True

    def _named_zone(self, cell: CellValue) -> None:
        if cell is None or (isinstance(cell, str) and not value_text(cell)):
            self._without_zone = True
        else:
            self.known = replace(self.known, names_zones=True)
            self.stale = self.stale or self._without_zone


class _Natives:
    """Dates of the spreadsheet beside dates of text.

    A program that puts the month first makes 10 June of 06/10, and leaves 13/10 as text:
    where every real date has a day up to 12 and every text one over it, that is what happened.
    """

    def __init__(self) -> None:
        self.over_12 = self._two_ways = self._text_over_12 = self._text_two_ways = False

    @property
    def are_two_ways(self) -> bool:
        """Whether each can be another day, and some is."""
        return self._two_ways and not self.over_12

    @property
    def look_converted(self) -> bool:
        return self.are_two_ways and self._text_over_12 and not self._text_two_ways

    def see(self, day: date) -> None:
        if self.over_12:
            return
        if day.day > 12:
            self.over_12 = True
        elif day.day != day.month:
            self._two_ways = True

    def see_text(self, readings: Readings) -> None:
        if {DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST} <= readings.days.keys():
            self._text_two_ways = True
        else:
            self._text_over_12 = True

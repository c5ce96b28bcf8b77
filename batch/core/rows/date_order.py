"""Which comes first in 05/06/2031: what a file shows of it, and what a date can then be.

Two days stay two days until something proves one of them: a date of the file that
can be read in one order only, its header, an earlier file that proved it, or the
person. Dots are the exception: where people write them, the day comes first, unless
the file shows another order.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum, unique

from batch.core.quick_dataclass import dataclass
from batch.core.rows.problems import Fault, Problem


@unique
class DateOrder(StrEnum):
    """Which comes first in 05/06/2031, and in 05/06/31."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"  #: of two-digit years alone: a year of four digits is never in doubt


@unique
class HourCycle(StrEnum):
    """How far the clock of a file counts."""

    TO_24 = "24"


_ALL = frozenset(DateOrder)


@dataclass(frozen=True, slots=True)
class Readings:
    """A date of numbers, in every order in which it is one."""

    days: Mapping[DateOrder, date]
    dotted: bool
    short: bool  #: its year has two digits

    @property
    def two_ways(self) -> tuple[date, date] | None:
        """The day it is day first and the one it is month first, where these are two."""
        day_first, month_first = self.days.get(DateOrder.DAY_FIRST), self.days.get(DateOrder.MONTH_FIRST)
        if day_first is None or month_first is None or day_first == month_first:
            return None
        return day_first, month_first


@dataclass(frozen=True, slots=True)
class Evidence:
    """The orders in which every date seen so far can be read, and the dates that ruled the others out."""

    possible: frozenset[DateOrder] = _ALL
    proofs: tuple[str, ...] = ()

    @property
    def mixed(self) -> bool:
        return not self.possible

    @property
    def order(self) -> DateOrder | None:
        """The order that is left. Years of four digits never come into question as first here."""
        left = self.possible - {DateOrder.YEAR_FIRST} or self.possible
        return next(iter(left)) if len(left) == 1 else None

    def after(self, orders: frozenset[DateOrder], proof: str) -> "Evidence":
        possible = self.possible & orders
        return self if possible == self.possible else Evidence(possible, (*self.proofs, proof))


@dataclass(frozen=True, slots=True)
class Before:
    """What earlier files of the same kind showed of the order, or somebody said of one."""

    order: DateOrder | None = None
    proof: str = ""  #: which of them, and how
    stated_in: str = ""  #: the file of which it was said, where none proved it


#: There was none.
NOTHING_BEFORE = Before()


@dataclass(frozen=True, slots=True)
class Dates:
    """How dates of numbers are read in one file."""

    stated: DateOrder | None = None  #: by the person; no date of the file changes it
    shown: Evidence = Evidence()  #: by dates with slashes or hyphens
    dots: Evidence = Evidence()  #: by dates with dots
    cells: Evidence = Evidence()  #: by how the spreadsheet shows its real dates
    before: Before = NOTHING_BEFORE  #: what earlier files of the same kind showed
    this_year: int = 0  #: an earlier year is not meant where it would stand first, with two digits

    @property
    def order(self) -> DateOrder | None:
        """The order in which dates with slashes or hyphens are read, where there is one."""
        return self.stated or self.shown.order or (None if self.shown.mixed else self.elsewhere)

    @property
    def elsewhere(self) -> DateOrder | None:
        """The order that nothing but the dates of text themselves shows, where all agree."""
        orders = {self.cells.order, self.before.order} - {None}
        return orders.pop() if len(orders) == 1 and not self.cells.mixed else None

    def after(self, readings: Readings, proof: str) -> "Dates":
        """What is known when another date was seen; `proof` is its text and its place."""
        if self.stated:
            return self
        days = self._meant(readings)
        orders = frozenset(days)
        if not readings.short and self._group(readings).possible & orders:
            orders |= {DateOrder.YEAR_FIRST}  # it says nothing of years with two digits
        if readings.dotted:
            dots = self.dots.after(orders, proof)
            return self if dots is self.dots else replace(self, dots=dots)
        shown = self.shown.after(orders, proof)
        return self if shown is self.shown else replace(self, shown=shown)

    def headed(self, order: DateOrder, proof: str) -> "Dates":
        """What is known from a header that names the order, such as DD/MM/YYYY."""
        if self.stated or self.shown.order is order:
            return self
        orders = frozenset({order, DateOrder.YEAR_FIRST})
        return replace(self, shown=self.shown.after(orders, proof), dots=self.dots.after(orders, proof))

    def in_cells(self, order: DateOrder, proof: str) -> "Dates":
        """What is known from a real date that the spreadsheet shows in an order of its own."""
        cells = self.cells.after(frozenset({order, DateOrder.YEAR_FIRST}), proof)
        return self if cells is self.cells else replace(self, cells=cells)

    def resolve(self, readings: Readings) -> date | Fault:
        """The day that a date is, or why it is not known."""
        days = self._meant(readings)
        one = _one(days.values())
        if self.stated and (readings.short or self.stated is not DateOrder.YEAR_FIRST):
            other = Fault(
                Problem.NOT_A_TIME, {"order": self.stated.value, "example": str(next(iter(days.values())))}
            )
            return days.get(self.stated) or other
        evidence = self._group(readings)
        if one and (len(days) > 1 or not evidence.mixed):
            return one
        possible = {order: day for order, day in days.items() if order in evidence.possible}
        if one := _one(possible.values()):
            return one
        if not possible:
            return Fault(
                Problem.MIXED_DATES,
                {**_facts(days), "first": evidence.proofs[0], "last": evidence.proofs[-1]},
            )
        chosen = self._by_custom(days) if readings.dotted else self.elsewhere
        day = possible.get(chosen) if chosen else None
        return day or Fault(Problem.AMBIGUOUS_DATE, _facts(days))

    def _group(self, readings: Readings) -> Evidence:
        return self.dots if readings.dotted else self.shown

    def _by_custom(self, days: Mapping[DateOrder, date]) -> DateOrder | None:
        """Where people write dots, the day comes first; not in a file whose other dates have the month first."""
        return DateOrder.DAY_FIRST if DateOrder.DAY_FIRST in self.shown.possible & frozenset(days) else None

    def _meant(self, readings: Readings) -> Mapping[DateOrder, date]:
        days, first = readings.days, readings.days.get(DateOrder.YEAR_FIRST)
        if first and first.year < self.this_year and len(days) > 1:
            return {order: day for order, day in days.items() if order is not DateOrder.YEAR_FIRST}
        return days


#: Nothing is known of the order in which a file writes its dates.
UNTOLD = Dates()


def _one(days: Collection[date]) -> date | None:
    different = set(days)
    return different.pop() if len(different) == 1 else None


def _facts(days: Mapping[DateOrder, date]) -> Mapping[str, object]:
    return {"readings": {order.value: str(day) for order, day in days.items()}}

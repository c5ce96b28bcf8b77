"""Which rows something holds for, in few numbers."""

from dataclasses import field

from batch.core.quick_dataclass import dataclass

_MOST_STRETCHES = 20  #: of row numbers in one sentence


@dataclass(slots=True)
class RowNumbers:
    """Row numbers from the top down, kept as stretches: thousands of rows stand below one another."""

    stretches: list[tuple[int, int]] = field(default_factory=list)
    count: int = 0
    beyond: int = 0  #: rows that no stretch has
    _last: int = 0

    def add(self, number: int) -> None:
        """Take in a row; one that came last already counts once."""
        if self._last == number:
            return
        self._last = number
        self.count += 1
        if self.stretches and self.stretches[-1][1] == number - 1 and not self.beyond:
            self.stretches[-1] = (self.stretches[-1][0], number)
        elif len(self.stretches) < _MOST_STRETCHES:
            self.stretches.append((number, number))
        else:
            self.beyond += 1

    @property
    def facts(self) -> tuple[int, list[tuple[int, int]], int]:
        return self.count, self.stretches, self.beyond

    def within(self, most: int) -> tuple[int, list[tuple[int, int]], int]:
        """The same with so many stretches at most; the rows of the others are beyond."""
        left_out = sum(last - first + 1 for first, last in self.stretches[most:])
        return self.count, self.stretches[:most], self.beyond + left_out

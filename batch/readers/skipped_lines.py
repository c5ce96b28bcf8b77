"""Which lines of a sheet were left out, and how that is told: what they are, and their row numbers."""

from dataclasses import dataclass, field

from batch.core.rows.non_class_lines import NonClassLine

_MOST_STRETCHES = 20  #: of row numbers in one sentence
_LONGEST = 60  #: of a heading that is quoted


@dataclass(slots=True)
class Rows:
    """Row numbers from the top down, kept as stretches: thousands of rows stand below one another."""

    stretches: list[tuple[int, int]] = field(default_factory=list)
    count: int = 0
    beyond: int = 0  #: rows that no stretch has

    def add(self, number: int) -> None:
        self.count += 1
        if self.stretches and self.stretches[-1][1] == number - 1 and not self.beyond:
            self.stretches[-1] = (self.stretches[-1][0], number)
        elif len(self.stretches) < _MOST_STRETCHES:
            self.stretches.append((number, number))
        else:
            self.beyond += 1

    def __str__(self) -> str:
        """Such as "row 3", "rows 3, 5 and 9", "rows 6-45"; with "and 20 more" where there are very many."""
        if self.count == 1:
            return f"row {self.stretches[0][0]}"
        names: list[str] = []
        for first, last in self.stretches:
            names += [f"{first}-{last}"] if last - first > 1 else map(str, range(first, last + 1))
        if self.beyond:
            names.append(f"{self.beyond:,} more")
        return f"rows {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"rows {names[0]}"


class LeftOut:
    """What was left out of one sheet."""

    def __init__(self, sheet: str, header_row: int) -> None:
        """`sheet`: "" where there is but one."""
        self._sheet = sheet
        self._last = header_row
        self._blank = 0
        self._asides: dict[NonClassLine, tuple[Rows, str]] = {}
        self.rows = 0  #: that were not left out
        self.strays = Rows()

    def reached(self, number: int) -> None:
        """A line that is not blank; those between it and the last one are."""
        self._blank += number - self._last - 1  # blank lines after the last one are nobody's business
        self._last = number

    def add(self, aside: NonClassLine, number: int, words: str) -> None:
        rows, _ = self._asides.setdefault(aside, (Rows(), words))
        rows.add(number)

    def notes(self) -> list[str]:
        """A sentence for each kind of line that was left out."""
        notes = []
        if not self.rows:
            notes.append("there is no row below the header.")
        notes += [self._aside(aside, rows, words) for aside, (rows, words) in self._asides.items()]
        if self._blank:
            notes.append("1 blank row skipped." if self._blank == 1 else f"{self._blank} blank rows skipped.")
        if self.strays.count:
            notes.append(f"{self.strays}: what stands right of the last header is not read.")
        if self._sheet:
            return [f"Sheet {self._sheet!r}: {note}" for note in notes]
        return [note[0].upper() + note[1:] for note in notes]

    def _aside(self, aside: NonClassLine, rows: Rows, words: str) -> str:
        says = aside.says if rows.count == 1 else aside.say
        if aside in {NonClassLine.HEADER, NonClassLine.PREFILLED}:
            return f"{rows} {says}: left out."
        shown = repr(words if len(words) <= _LONGEST else f"{words[:_LONGEST]}...")
        if rows.count > 1:
            shown = f"the first: {shown}"
        if aside is NonClassLine.CANCELLED:
            return f"{rows} {says} ({shown}): left out."
        return f"{rows} {says} ({shown}), no class{'es' if rows.count > 1 else ''}: left out."

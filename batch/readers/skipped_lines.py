"""Which lines of a sheet were left out, and how that is told: what they are, and their row numbers."""

from dataclasses import dataclass, field

from batch.core.rows.non_class_lines import NonClassLine

_SHOWN = 5  #: row numbers in one sentence
_LONGEST = 60  #: of a heading that is quoted


@dataclass(slots=True)
class Rows:
    """Row numbers, few of which are shown; the rest is counted."""

    first: list[int] = field(default_factory=list)
    count: int = 0

    def add(self, number: int) -> None:
        self.count += 1
        if len(self.first) < _SHOWN:
            self.first.append(number)

    def __str__(self) -> str:
        """Such as "row 3", "rows 3, 5 and 9", "rows 3, 5, 9, 12, 14 and 20 more"."""
        numbers = [str(number) for number in self.first]
        if self.count == 1:
            return f"row {numbers[0]}"
        if self.count > _SHOWN:
            numbers.append(f"{self.count - _SHOWN} more")
        return f"rows {', '.join(numbers[:-1])} and {numbers[-1]}"


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
        if aside is NonClassLine.HEADER:
            return f"{rows} {says}: left out."
        shown = repr(words if len(words) <= _LONGEST else f"{words[:_LONGEST]}...")
        if rows.count == 1:
            return f"{rows} {says} ({shown}), no class: left out."
        return f"{rows} {says} (the first: {shown}), no classes: left out."

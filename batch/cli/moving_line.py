"""The line of a terminal that moves while rows are sent."""

from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
from rich.table import Column
from rich.text import Text

#: Columns that the whole line needs, and below which it is numbers only.
_WIDE, _NARROW = 110, 76

Words = Callable[[], str]


class MovingLine(Progress):
    """So many rows of all, and what three functions say at the moment; as much as the terminal is wide."""

    def __init__(self, console: Console, rows: int, *, speed: Words, counts: Words, pace: Words) -> None:
        columns: list[ProgressColumn] = [MofNCompleteColumn(), _Text(speed)]
        if console.width >= _NARROW:
            columns = [TextColumn("Scheduling"), BarColumn(bar_width=20), *columns]
            columns += [_Text(counts), _Text(pace)] if console.width >= _WIDE else [_Text(pace)]
        super().__init__(*columns, console=console, transient=True)
        self._rows = self.add_task("", total=rows)

    def row_ended(self) -> None:
        self.advance(self._rows)


class _Text(ProgressColumn):
    """A column that says what a function says at the moment."""

    def __init__(self, words: Words) -> None:
        super().__init__(table_column=Column(no_wrap=True))
        self._words = words

    def render(self, task: Task) -> Text:  # noqa: ARG002 - one task only
        return Text(self._words())

"""What a message calls a sheet of a file: a text like any other, whose parts each language puts together by itself."""

from typing import Self


class SheetName(str):
    """Such as "term.xlsx, sheet 'Autumn',", and with a row behind it.

    >>> SheetName("term.xlsx", "Autumn"), SheetName("term.xlsx", "Autumn", 12).row
    ("term.xlsx, sheet 'Autumn',", 12)
    """

    __slots__ = ("file", "row", "sheet")

    file: str
    sheet: str
    row: int | None

    def __new__(cls, file: str, sheet: str, row: int | None = None) -> Self:
        in_sheet = f"{file}, sheet {sheet!r}"
        made = super().__new__(cls, f"{in_sheet}," if row is None else f"{in_sheet}, row {row:,}")
        made.file, made.sheet, made.row = file, sheet, row
        return made

    def __getnewargs__(self) -> tuple[str, str, int | None]:  # type: ignore[override]  # what __new__ takes; a reader's process hands it over
        return self.file, self.sheet, self.row

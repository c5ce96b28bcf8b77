"""Rows of a sheet as text of the file format itself, put into XlsxWriter's workbook once that is closed.

Cell by cell, XlsxWriter costs more than reading and sending a row does. Here a row is
one string, and what its cells have in common is made once for each distinct text.
Styles, widths, filter, print settings and every other sheet stay XlsxWriter's: it
writes the sheet without its rows, and `assemble` adds them on their way into the file.
"""

import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Container, Iterable, Sequence
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter  # type: ignore[import-untyped]  # annotated, but ships no py.typed

from batch.report.text import cell_text, looks_like_formula

#: The numbers of a format, and of the same with Excel told that a text is a text.
TextStyle = tuple[int, int]

_STYLE = re.compile(rb'<c r="[A-Z]+2" s="(\d+)"')
#: Seven letters that Excel would read as one character.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_MOST_REMEMBERED = 4096
_SURELY_FITS = 1000  #: letters, into a cell
#: Nothing to see to: no formula, no blank that XML would drop, nothing that it has another way to write.
_PLAIN = re.compile("[0-9A-Za-z](?:[ -%'-;=?-^`-~]*[!-%'-;=?-^`-~])?")
#: As a program writes one: a number with zeros before it is a name.
_WHOLE = re.compile("0|[1-9][0-9]{0,8}")
_LEVEL = 3  #: of packing: half the time of the usual 6, and a tenth larger


def letters_of(position: int) -> str:
    """The name of a column: A for 0, AA for 26."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name


def format_numbers(begin: Callable[[Any], object]) -> list[int]:
    """The numbers that the formats in line 2 of a workbook's first sheet have in the file.

    XlsxWriter numbers formats in the order of their first use and tells nobody, so a
    workbook with nothing else in it is made first, and read. `assemble` sees to it that
    the real one has the same numbers.

    Args:
        begin: adds the first sheet to a new workbook, with a cell of each format in line 2.
    """
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as probe:
        begin(probe)
    with zipfile.ZipFile(packed) as parts:
        return _numbers_in(parts)


def _numbers_in(parts: zipfile.ZipFile) -> list[int]:
    return [int(number) for number in _STYLE.findall(parts.read(sheet_part(1)))]


def sheet_part(number: int) -> str:
    """Where the workbook has its `number`-th sheet, from 1."""
    return f"xl/worksheets/sheet{number}.xml"


class RowStream:
    """The rows of one sheet, on disk until the workbook is put together."""

    def __init__(self, folder: Path, header: Sequence[str], *, numeric: Container[int] = ()) -> None:
        """`numeric`: positions of columns in which a whole number is written as one."""
        self._numeric = numeric
        # In the folder of the workbook's other scratch files, which is removed as a whole.
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - see above
        self._letters = [letters_of(position) for position in range(len(header))]
        self.longest = [len(name) + 1 for name in header]  #: letters in each column
        self._links: list[tuple[str, str]] = []
        self._rendered: dict[str, tuple[str, bool]] = {}
        self._lines = 1  # the header
        self._line = "2"  # that comes next, as it is written in each cell
        self._cells: list[str] = []

    def number(self, position: int, value: float, style: int) -> None:
        self._cells.append(f'<c r="{self._letters[position]}{self._line}" s="{style}"><v>{value}</v></c>')

    def texts(self, position: int, texts: Iterable[str], style: TextStyle, *, blanks: bool = True) -> None:
        """Cells from `position` on that nothing can make a formula or a link.

        Args:
            position: of the first, from 0.
            texts: an empty one shows its style alone.
            style: of all.
            blanks: whether empty ones are there at all.
        """
        plain, quoted = style
        line, remembered, longest = self._line, self._rendered, self.longest
        letters, put, numeric = self._letters, self._cells.append, self._numeric
        for place, text in enumerate(texts, position):
            if not text and not blanks:
                continue
            if place in numeric and _WHOLE.fullmatch(text):
                put(f'<c r="{letters[place]}{line}" s="{plain}"><v>{text}</v></c>')
                continue
            found = remembered.get(text)
            if found is None:
                if len(remembered) >= _MOST_REMEMBERED:
                    remembered.clear()
                found = remembered[text] = _rendered(text)
            xml, is_quoted = found
            if len(text) > longest[place]:  # noqa: PLR1730 - a call of max() for each cell costs more
                longest[place] = len(text)
            put(f'<c r="{letters[place]}{line}" s="{quoted if is_quoted else plain}"{xml}')

    def link(self, position: int, url: str, style: int) -> None:
        """A text that can be clicked."""
        self._links.append((f"{self._letters[position]}{self._line}", url))
        self.texts(position, (url,), (style, style))

    def end_row(self, height: float | None = None) -> None:
        """The cells since the last row are one; `height` is in points, None for the usual one."""
        tall = f' ht="{height:g}" customHeight="1"' if height else ""
        self._file.write(f'<row r="{self._line}"{tall}>{"".join(self._cells)}</row>'.encode())
        self._cells.clear()
        self._lines += 1
        self._line = str(self._lines + 1)

    def put_into(self, xml: bytes, out: IO[bytes]) -> None:
        """Write the sheet that XlsxWriter wrote with the rows in their place."""
        start, end, rest = xml.partition(b"</sheetData>")
        head = start.partition(b'<row r="2"')[0]
        bounds = f'<dimension ref="A1:{self._letters[-1]}{self._lines}"/>'
        out.write(re.sub(rb'<dimension ref="[^"]*"/>', bounds.encode("ascii"), head, count=1))
        self._file.seek(0)
        shutil.copyfileobj(self._file, out)
        out.write(end)
        out.write(self._with_links(rest))

    def relations(self) -> bytes | None:
        """Where the links lead, as the workbook keeps it; None where there is none."""
        if not self._links:
            return None
        lines = [
            f'<Relationship Id="rId{number}" Type="{_OFFICE}/hyperlink" Target={quoteattr(url)} TargetMode="External"/>'
            for number, (_, url) in enumerate(self._links, start=1)
        ]
        return f'{_XML}<Relationships xmlns="{_PACKAGE}">{"".join(lines)}</Relationships>'.encode()

    def close(self) -> None:
        self._file.close()

    def _with_links(self, rest: bytes) -> bytes:
        if not self._links:
            return rest
        lines = (
            f'<hyperlink ref="{cell}" r:id="rId{number}"/>'
            for number, (cell, _) in enumerate(self._links, start=1)
        )
        links = f"<hyperlinks>{''.join(lines)}</hyperlinks>".encode("ascii")
        # The format has an order: links stand before the print settings.
        at = min(place for name in (b"<printOptions", b"<pageMargins") if (place := rest.find(name)) >= 0)
        return rest[:at] + links + rest[at:]


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def assemble(source: Path, target: Path, streams: Sequence[RowStream], numbers: Sequence[int]) -> None:
    """Put the rows of the first sheets into a workbook that XlsxWriter wrote without them.

    Args:
        source: the workbook as it was written.
        target: where the whole one goes.
        streams: of the first sheet, the second and so on.
        numbers: as `format_numbers` found them.

    Raises:
        RuntimeError: the formats have other numbers than `format_numbers` found.
    """
    rows = {sheet_part(number): stream for number, stream in enumerate(streams, start=1)}
    with (
        zipfile.ZipFile(source) as parts,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as whole,
    ):
        if _numbers_in(parts) != list(numbers):
            raise RuntimeError("the installed XlsxWriter does not number formats by their first use")
        for part in parts.infolist():
            xml = parts.read(part)
            stream = rows.get(part.filename)
            if stream is None:
                whole.writestr(part, xml, zipfile.ZIP_DEFLATED, _LEVEL)
                continue
            with whole.open(part.filename, "w", force_zip64=True) as out:
                stream.put_into(xml, out)
            relations = stream.relations()
            if relations is not None:
                folder, _, name = part.filename.rpartition("/")
                whole.writestr(f"{folder}/_rels/{name}.rels", relations)


def _rendered(text: str) -> tuple[str, bool]:
    """The rest of a cell behind its style, and whether it has to be quoted."""
    if len(text) <= _SURELY_FITS and _PLAIN.fullmatch(text):  # most texts: it takes a third of the time
        return f' t="inlineStr"><is><t>{text}</t></is></c>', False
    quoted = looks_like_formula(text)
    text = cell_text(text)
    if not text:
        return "/>", quoted
    if "_x" in text:
        text = _ESCAPED.sub(r"_x005F_x\1_", text)
    keep = ' xml:space="preserve"' if text != text.strip() else ""
    return f' t="inlineStr"><is><t{keep}>{escape(text)}</t></is></c>', quoted

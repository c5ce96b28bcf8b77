"""A column tells lessons apart only where its values do; who says that it does is believed, as far as that goes."""

import pytest

from batch.core.rows.lesson_keys import Insists, LessonKeys, NoKey, key_of
from batch.core.rows.row import CellValue

KEYS: dict[str, tuple[list[CellValue], Insists, NoKey | None, set[str]]] = {
    "a key each": (["A1", "B2", "A3"], Insists.NOBODY, None, set()),
    "numbers that are no count": ([17, 4, 99], Insists.NOBODY, None, set()),
    "some rows have none": (["A1", None, ""], Insists.NOBODY, None, set()),
    "values that come again": (["A1", "A1", "B2"], Insists.NOBODY, NoKey.REPEATED, set()),
    "the same under the very header": (["A1", "A1", "B2"], Insists.HEADER, None, {"A1"}),
    "the same where a person says so": (["A1", "A1", "B2"], Insists.PERSON, None, {"A1"}),
    "the number of the row": ([1, 2, 3], Insists.NOBODY, NoKey.COUNTS, set()),
    "it under the very header": (["1", "2", "3", "4"], Insists.HEADER, NoKey.COUNTS, set()),
    "it from another number on": ([101, 102, 103], Insists.NOBODY, NoKey.COUNTS, set()),
    "it where a person says that it is a key": ([1, 2, 3], Insists.PERSON, None, set()),
    "two rows count by chance": ([7, 8], Insists.NOBODY, None, set()),
    "a count with a gap": ([1, 2, 4], Insists.NOBODY, None, set()),
    "marks that an id is still to come": (["A1", "?", "?", "TBD", "tbd"], Insists.HEADER, None, set()),
    "a count with an empty cell": ([1, None, 2, 3], Insists.NOBODY, None, set()),
}


@pytest.mark.parametrize(("cells", "insists", "no_key", "twice"), KEYS.values(), ids=KEYS)
def test_a_column_is_a_key_where_its_values_are(
    cells: list[CellValue], insists: Insists, no_key: NoKey | None, twice: set[str]
) -> None:
    keys = LessonKeys(insists)
    for cell in cells:
        keys.see(cell)
    assert (keys.no_key, keys.twice if no_key is None else set()) == (no_key, twice)


def test_a_key_is_what_the_spreadsheet_shows_however_it_is_spaced() -> None:
    assert key_of(" MA  7 ") == key_of("MA 7")
    assert key_of(7.0) == key_of(7) == key_of("7")
    assert key_of(None) == key_of("  ") == ""


@pytest.mark.parametrize(
    "cell",
    ["-", "--", "\u2013", "N/A", "n/a", "none", "?", "???", "TBD", "tba", "...", "…", "pendiente", "*"],
)
def test_what_stands_where_there_is_no_id_is_no_key(cell: str) -> None:
    assert key_of(cell) == ""


@pytest.mark.parametrize("cell", ["0", "A-1", "N1", "TBD-1", "?1", "-1", "1/2", "new 3"])
def test_an_id_is_a_key_whatever_it_looks_like(cell: str) -> None:
    assert key_of(cell) == cell

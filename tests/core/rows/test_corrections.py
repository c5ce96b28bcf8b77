"""What is mended after a file came holds for the rows and cells that it names, and for nothing else."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.rows.corrections import Correction, corrected
from batch.core.rows.date_order import DateOrder
from batch.core.rows.row import CellValue, RawRow

START = datetime(2031, 9, 1, 9)  # noqa: DTZ001 - cells have no zone
ROW = RawRow("Autumn", 5, ("Algebra", START, None), orders=((1, DateOrder.MONTH_FIRST),))

CASES: dict[str, tuple[Correction, tuple[CellValue, ...]]] = {
    "nothing": (Correction(), ROW.cells),
    "one cell": (Correction({0: "Algebra I"}), ("Algebra I", START, None)),
    "an empty one is filled in": (Correction({2: "45"}), ("Algebra", START, "45")),
    "one is emptied": (Correction({0: ""}), (None, START, None)),
    "a date becomes what was typed": (Correction({1: "soon"}), ("Algebra", "soon", None)),
    "a place that the row does not have": (Correction({7: "x"}), ROW.cells),
}


@pytest.mark.parametrize(("correction", "cells"), CASES.values(), ids=CASES)
def test_a_cell_is_as_it_was_mended(correction: Correction, cells: tuple[CellValue, ...]) -> None:
    row = corrected(ROW, {("Autumn", 5): correction})
    assert row is not None
    assert row.cells == cells


def test_how_a_date_was_shown_proves_nothing_once_it_is_typed_anew() -> None:
    for correction, orders in ((Correction({1: "2031-09-02"}), ()), (Correction({0: "x"}), ROW.orders)):
        row = corrected(ROW, {("Autumn", 5): correction})
        assert row is not None
        assert row.orders == orders


def test_a_row_can_be_left_out() -> None:
    assert corrected(ROW, {("Autumn", 5): Correction({0: "x"}, left_out=True)}) is None


@given(st.sampled_from(["Autumn", "Spring", ""]), st.integers(1, 9))
def test_other_rows_are_as_they_came(sheet: str, number: int) -> None:
    corrections: dict[tuple[str, int | str], Correction] = {("Autumn", 5): Correction({0: "x"})}
    row = RawRow(sheet, number, ("Algebra", None, None))
    found = corrected(row, corrections)
    assert (found is row) == ((sheet, number) != ("Autumn", 5))

"""Rows for spreadsheets: harmless, and still numbers where they are numbers."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.reports import render
from fairlead.reports.plain import harmless


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\n=1", "-", "＝1+1"])
def test_a_text_that_would_be_a_formula_is_marked_as_text(text: str) -> None:
    shown = render.csv(["title"], [{"title": text}])
    assert next(csv.DictReader(io.StringIO(shown, newline="")))["title"] == f"'{text}"


@pytest.mark.parametrize(("value", "cell"), [(-3.5, "-3.5"), ("-3.5", "-3.5"), ("+4", "+4"), ("-1e-7", "-1e-7"),
    (True, "true"), (None, ""), (["a", "b"], "a, b"), (["=1", "b"], "'=1, b"), ({"a": 1}, '{"a":1}')])  # fmt: skip
def test_values_are_written_as_a_spreadsheet_reads_them(value: object, cell: str) -> None:
    [row] = csv.DictReader(io.StringIO(render.csv(["n", "x"], [{"n": value, "x": 1}]), newline=""))
    assert row == {"n": cell, "x": "1"}


def test_names_of_columns_are_cells_too() -> None:
    assert render.csv(["=HYPERLINK(1)", "n"], []) == "'=HYPERLINK(1),n\n"


@pytest.mark.parametrize("hidden", ["\x1b", "\x07", "\u202e", "\r", "\x9b"])
def test_what_commands_a_terminal_is_left_out_and_hides_no_formula(hidden: str) -> None:
    assert render.csv(["a"], [{"a": f"{hidden}=1{hidden}"}]) == "a\n'=1\n"
    assert render.csv(["a"], [{"a": [f"x{hidden}y"]}]) == "a\nxy\n"


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1))
def test_no_cell_begins_like_a_formula_and_nothing_is_lost(rows: list[tuple[str, str]]) -> None:
    text = render.csv(["a", "b"], [{"a": a, "b": b} for a, b in rows])
    read = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert [tuple(cell.removeprefix("'") for cell in row) for row in read] == [
        tuple(harmless(cell).removeprefix("'") for cell in row) for row in rows
    ]
    for row in read:
        for cell in row:
            assert not cell.startswith(("=", "@", "\t", "\r", "\n"))

"""Rows as text: whole ids whatever the width, whole words, and a line a row where no terminal asks."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from fairlead.reports import render

COLUMNS = ("change", "title", "labels", "reviewer", "requested_at", "lines", "draft")
ROWS: list[dict[str, Any]] = [
    {
        "change": "github:northwind/inventory-service#1204",
        "title": "Retry the nightly stock count when the warehouse of Nagoya (名古屋) does not answer in time",
        "labels": ["bug", "needs review"],
        "reviewer": "person:wilhelmina-oosterhuis",
        "requested_at": datetime(2026, 3, 9, 17, 5, tzinfo=timezone(timedelta(hours=9))),
        "lines": 318,
        "draft": False,
    },
    {
        "change": "github:northwind/web#7",
        "title": "Typo",
        "labels": [],
        "reviewer": None,
        "requested_at": None,
        "lines": None,
        "draft": True,
    },
]
WORDS = [str(row[name]) for row in ROWS for name in ("change", "reviewer") if row[name]]


def test_without_a_terminal_each_row_is_one_whole_line() -> None:
    names, first, second, count = render.rows(COLUMNS, ROWS).splitlines()
    assert names.split() == list(COLUMNS)
    assert "bug, needs review" in first
    assert "does not answer in time" in first
    # In UTC, whatever zone the value came in, and no cell is missing where there is no value.
    assert "2026-03-09T08:05:00Z" in first
    assert second.split() == ["github:northwind/web#7", "Typo", "-", "-", "-", "-", "true"]
    assert count == "2 rows"


def test_a_terminal_wraps_words_while_columns_have_room() -> None:
    text = render.rows(COLUMNS, ROWS, width=180)
    lines = text.splitlines()
    assert lines[0].split() == list(COLUMNS)
    assert len(lines) > 4, "the title takes more than one line"
    assert all(cell_len(line) <= 180 for line in lines)


def test_a_narrow_terminal_lists_the_values_of_a_row() -> None:
    lines = render.rows(COLUMNS, ROWS, width=80).splitlines()
    assert lines[0] == "change        github:northwind/inventory-service#1204"
    assert lines.count("─" * 80) == 1
    assert "reviewer      -" in lines
    assert all(cell_len(line) <= 80 for line in lines)


@given(
    width=st.integers(0, 200),
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "id": st.from_regex(r"github:[a-z]{1,20}/[a-z-]{1,60}#[0-9]{1,6}", fullmatch=True),
                "said": st.text(max_size=90),
                "n": st.none() | st.integers(),
            }
        ),
        max_size=6,
    ),
)
def test_no_width_cuts_an_id_or_lets_a_cell_command_the_terminal(width: int, rows: list[dict[str, Any]]) -> None:
    text = render.rows(("id", "said", "n"), rows, width=width)
    assert all(row["id"] in text for row in rows)
    assert "…" not in text.replace("…", "", sum(row["said"].count("…") for row in rows))
    assert all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize("width", [0, 60, 160])
def test_ids_stand_whole_at_any_width(width: int) -> None:
    text = render.rows(COLUMNS, ROWS, width=width)
    assert all(word in text for word in WORDS)


def test_rows_of_nothing_and_rows_that_were_cut() -> None:
    assert render.rows(("id", "n"), [], width=80) == "id  n\n0 rows\n"
    assert render.rows((), []) == "0 rows\n"
    assert "1 row, and there are more" in render.rows(("n",), [{"n": 1}], cut=True, width=60)


def test_names_and_cells_cannot_forge_lines_or_commands() -> None:
    rows = [{"a\x1b[2J": "one\ntwo\x1b]0;owned\x07", "b": {"at": "2026-01-01"}, "c": date(2026, 1, 2)}]
    text = render.rows(tuple(rows[0]), rows, width=100, colour=False)
    assert "\x1b" not in text
    assert len(text.splitlines()) == 3
    assert '{"at":"2026-01-01"}' in text
    assert "2026-01-02" in text


def test_colour_only_repeats_what_words_say() -> None:
    import re

    coloured = render.rows(COLUMNS, ROWS, width=80, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render.rows(COLUMNS, ROWS, width=80)

"""The generated pages are up to date, and everything that is there is described."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from fairlead.metrics.catalogue import load
from fairlead.metrics.marts import marts
from fairlead.metrics.reference import marts_page, metrics_page

DOCS = Path(__file__).parents[2] / "docs"
AGAIN = "run `python -m fairlead.metrics.reference`"


def test_pages_are_up_to_date() -> None:
    assert (DOCS / "metrics.md").read_text(encoding="utf-8") == metrics_page(load()), AGAIN
    assert (DOCS / "marts.md").read_text(encoding="utf-8") == marts_page(marts()), AGAIN


def test_marts_have_the_columns_that_are_described(shared_company: Any) -> None:
    warehouse = shared_company.warehouse()
    for mart in marts().values():
        if mart.columns and not mart.name.startswith(("attention", "open_change")):
            found = warehouse.rows(f'select column_name as name from (describe main."{mart.name}")')
            assert [column.name for column in mart.columns] == [row["name"] for row in found], mart.name


def test_no_figure_ranks_people() -> None:
    for entry in load().values():
        for rows in (entry.shown or entry.rows, *entry.rows_by.values()):
            assert not re.search(r"\b(author|reviewer|account|person|actor)\b", rows), entry.name
        assert entry.definition.de and entry.source

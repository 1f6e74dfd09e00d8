"""Rows of any query as a table: what each column holds shows in its name and its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from fairlead.model.times import parse_time
from fairlead.ui.around import aware
from fairlead.ui.views.grids import Cell, Column
from fairlead.ui.views.links import page_of, safe, short
from fairlead.ui.visit import Visit

_SPANS = ("_s", "_seconds")
_HIDDEN = ("url", "raw_seq", "rev")
_IDS = frozenset(
    (
        "id", "change", "deployment", "incident", "build", "commit", "repository", "service", "team", "work_item",
        "first_deployment", "previous", "caused_by_deployment", "release", "author", "reviewer", "person",
    )
)  # fmt: skip


def columns_of(names: Sequence[str], visit: Visit) -> list[Column]:
    """A column for each name that a reader wants to see."""
    shown = [name for name in names if name not in _HIDDEN]
    return [_column(name, visit, first=index == 0) for index, name in enumerate(shown)]


def _column(name: str, visit: Visit, *, first: bool) -> Column:
    title = visit.words(name.removesuffix("_seconds").removesuffix("_s").removesuffix("_at").replace("_", " "))
    number = name.endswith(_SPANS) or name in ("n", "additions", "deletions", "lines", "rounds", "score", "number")
    return Column(title, lambda row: _cell(name, row, visit, first=first), sort=name, number=number)


def _cell(name: str, row: Mapping[str, Any], visit: Visit, *, first: bool) -> Cell:
    value = row.get(name)
    if value is None or value == "" or value == []:
        return Cell(None, why=visit.words("the sources do not tell"))
    if name.endswith(_SPANS) and isinstance(value, int | float):
        return Cell(visit.shown.span(value), tight=True)
    if name.endswith("_at") and (at := _moment(value)):
        return Cell(visit.shown.moment(at), at=at, tight=True)
    if first and isinstance(url := row.get("url"), str) and safe(url):
        return Cell(short(str(value)), link=url, out=True)
    if name in _IDS and isinstance(value, str):
        return Cell(short(value), link=page_of(value))
    return Cell(_plain(value, visit))


def _moment(value: Any) -> datetime | None:
    try:
        return aware(value) if isinstance(value, datetime) else parse_time(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _plain(value: Any, visit: Visit) -> str:
    if isinstance(value, bool):
        return visit.words("yes") if value else visit.words("no")
    if isinstance(value, int | float):
        return visit.shown.number(value, 3)
    if isinstance(value, date):
        return visit.shown.day(value)
    if isinstance(value, list | tuple):
        return ", ".join(short(str(part)) for part in value)
    return str(value)

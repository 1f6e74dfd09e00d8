"""Rows of any query as a table: what each column holds shows in its name and its values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from fairlead.model.figures import Figure
from fairlead.model.times import parse_time
from fairlead.ui.around import aware
from fairlead.ui.views.grids import Cell, Column
from fairlead.ui.views.links import Known, page_for, short
from fairlead.ui.visit import Visit

_MOMENTS = ("moment", "since", "until", "day_start")
_SPANS = ("_s", "_seconds")
_HIDDEN = ("url", "raw_seq", "rev")
_NUMBERS = frozenset(
    ("n", "additions", "deletions", "lines", "rounds", "score", "number", "committed", "completed", "points")
)
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_IDS = frozenset(
    (
        "id", "change", "deployment", "incident", "build", "commit", "repository", "service", "team", "work_item",
        "first_deployment", "previous", "caused_by_deployment", "release", "author", "reviewer", "person", "sprint",
    )
)  # fmt: skip


def columns_of(names: Sequence[str], visit: Visit, found: Mapping[str, Known]) -> list[Column]:
    """A column for each name that a reader wants to see; `found` is what is known of the first column's records."""
    # The link is the cell itself, and places in a log mean nothing to a reader.
    shown = [name for name in names if name not in _HIDDEN]
    columns = [_column(name, visit, found) for name in shown]
    # Some queries bring the title themselves.
    if shown and "title" not in shown and any(known.title for known in found.values()):
        columns.insert(1, Column(visit.words("title"), lambda row: Cell(_title(row.get(shown[0]), found))))
    return columns


def figure_columns(figure: Figure, visit: Visit, found: Mapping[str, Known], *, left_out: bool) -> list[Column]:
    """The columns of a figure's rows: what, when, and its value in the figure's unit, or why it was left out."""
    words, shown = visit.words, visit.shown

    def value(row: Mapping[str, Any]) -> Cell:
        if row["value"] is None:
            return Cell(None, why=shown.reason(row["reason"] or "", 1))
        # A single row has no rate: it counts once.
        unit = "count" if "per_" in figure.unit else figure.unit
        return Cell(shown.value(float(row["value"]), unit), tight=True)

    def reason(row: Mapping[str, Any]) -> Cell:
        return Cell(shown.reason(row["reason"], 1) if row["reason"] else None, why=words("the sources do not tell"))

    columns = [
        _column("id", visit, found, words("what")),
        Column(words("title"), lambda row: Cell(_title(row["id"], found))),
        _column("moment", visit, found, words("when")),
        Column(words("left out because"), reason, sort="reason") if left_out else
        Column(words("value"), value, sort="value", number=True),
        _column("repository", visit, {}, words("repository")),
    ]  # fmt: skip
    return columns if any(known.title for known in found.values()) else [columns[0], *columns[2:]]


def _column(name: str, visit: Visit, found: Mapping[str, Known], title: str = "") -> Column:
    title = title or visit.words(
        name.removesuffix("_seconds").removesuffix("_s").removesuffix("_at").replace("_", " ")
    )
    number = name.endswith(_SPANS) or name in _NUMBERS
    return Column(title, lambda row: _cell(name, row, visit, found), sort=name, number=number)


def _title(record: Any, found: Mapping[str, Known]) -> str | None:
    known = found.get(str(record))
    return known.title or None if known else None


def _cell(name: str, row: Mapping[str, Any], visit: Visit, found: Mapping[str, Known]) -> Cell:
    value = row.get(name)
    if value is None or value == "" or value == []:
        return Cell(None, why=visit.words("the sources do not tell"))
    # Names tell what a column holds: queries of reports and of a team's own figures bring no types.
    if name.endswith(_SPANS) and isinstance(value, int | float):
        return Cell(visit.shown.span(value), tight=True)
    if (name.endswith("_at") or name in _MOMENTS) and (at := _moment(value)):
        return Cell(visit.shown.moment(at), at=at, tight=True)
    if isinstance(value, str) and (known := found.get(value)) and known.url:
        return Cell(short(value), link=known.url, out=True)
    if name in _IDS and isinstance(value, str):
        return Cell(short(value), link=page_for(visit, value))
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
    # Of a commit's hash people read the beginning, and all of it would make a table too wide for a phone.
    return str(value)[:7] if _HASH.fullmatch(str(value)) else str(value)

"""Tables: which page of which rows, sorted how; all of it is in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fairlead.ui.misnamed import choice, page_number, within
from fairlead.ui.visit import Visit

PER_PAGE = 50
LONGEST = 600
"""Characters of a cell; the page of the record has the rest."""


@dataclass(frozen=True)
class Cell:
    """One cell; `None` as text is a dash."""

    text: str | None
    link: str = ""
    out: bool = False
    """Whether the link leaves for the tool's own page."""
    tag: str = ""
    why: str = ""
    at: datetime | None = None
    tight: bool = False


@dataclass(frozen=True)
class Column:
    """A column of a table and how its cells are made from a row."""

    title: str
    cell: Callable[[Mapping[str, Any]], Cell]
    sort: str = ""
    """Name in the address; empty columns do not sort."""
    number: bool = False


@dataclass(frozen=True)
class Head:
    """A column's head."""

    title: str
    number: bool
    sorted: str
    """`up`, `down` or empty."""
    link: str


@dataclass(frozen=True)
class Grid:
    """A table ready to be shown."""

    columns: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int | None = None
    """All rows; `None` leaves the line below out."""
    page: int = 1
    pages: int = 1
    first: int = 1
    last: int = 0
    before: str = ""
    after: str = ""
    exports: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Slice:
    """Which rows the address asks for."""

    page: int
    sort: str
    down: bool
    limit: int = PER_PAGE

    @property
    def offset(self) -> int:
        """Rows before the page."""
        return (self.page - 1) * self.limit


def wanted(visit: Visit, sortable: Sequence[str], default: str = "", down: bool = True) -> Slice:
    """Reads `page`, and where something is sortable `sort` and `order`; raises `Misnamed` for what is not there."""
    page = page_number(visit)
    if not sortable:
        return Slice(page=page, sort=default, down=down)
    sort, order = choice(visit, "sort", sortable), choice(visit, "order", ("up", "down"))
    return Slice(page=page, sort=sort or default, down=order != "up" if sort or order else down)


def grid(
    visit: Visit,
    path: str,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    *,
    total: int | None = None,
    part: Slice | None = None,
    exports: Sequence[tuple[str, str]] = (),
) -> Grid:
    """A table of rows that were already cut to the page asked for."""
    part = part or Slice(page=1, sort="", down=True)
    pages = max(-(-(total or 0) // part.limit), 1)
    within(part.page, pages)
    # A new order begins at the first page, and what was done is not said twice.
    kept = {name: value for name, value in visit.query.items() if name not in ("page", "sort", "order", "done")}

    def link(**further: Any) -> str:
        return visit.scope.link(path, **{**kept, **further})

    sorting = {"sort": part.sort, "order": "" if part.down else "up"} if part.sort else {}
    return Grid(
        columns=tuple(_head(column, part, link) for column in columns),
        rows=tuple(tuple(_bounded(column.cell(row)) for column in columns) for row in rows),
        total=total,
        page=part.page,
        pages=pages,
        first=part.offset + 1,
        last=part.offset + len(rows),
        before=link(**sorting, page=part.page - 1) if part.page > 1 else "",
        after=link(**sorting, page=part.page + 1) if part.page < pages else "",
        exports=tuple(exports),
    )


def _bounded(cell: Cell) -> Cell:
    """Some tools let in titles of megabytes, and a page of fifty of them would be all that anybody waits for."""
    text = cell.text or ""
    return cell if len(text) <= LONGEST else replace(cell, text=text[: LONGEST - 1] + "…")


def _head(column: Column, part: Slice, link: Callable[..., str]) -> Head:
    active = bool(column.sort) and column.sort == part.sort
    # The same head again turns the order; a new one begins with the largest, which is what one looks for.
    turned = "up" if active and part.down else ""
    return Head(
        title=column.title,
        number=column.number,
        sorted=("down" if part.down else "up") if active else "",
        link=link(sort=column.sort, order=turned) if column.sort else "",
    )

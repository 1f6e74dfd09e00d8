"""What belongs to one team or service, from the tables that say so; each list with the place where all of it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fairlead.ui.misnamed import Misnamed
from fairlead.ui.scope import Scope
from fairlead.ui.views.grids import Grid, grid
from fairlead.ui.views.links import known
from fairlead.ui.views.tables import columns_of
from fairlead.ui.visit import Visit

MOST = 10
"""Rows of each list; the page of its kind has all of them."""


@dataclass(frozen=True)
class Listed:
    """A list under its heading."""

    key: str
    heading: str
    grid: Grid
    all: str
    """Where all of it is."""


def named(visit: Visit, kind: str, offered: Mapping[str, str]) -> str:
    """The whole id that the path names, by id or key alone; raises `Misnamed` with those that there are."""
    said = visit.path["id"]
    whole = said if ":" in said else f"{kind}:{said}"
    if whole in offered:
        return whole
    raise Misnamed(kind, said, list(offered))


def within(visit: Visit, **limit: str) -> Visit:
    """The same visit limited to one team or service: its figures, rows and links are of that alone."""
    scope = Scope(
        team=limit.get("team", ""),
        window=visit.scope.window,
        segment=tuple((name, value) for name, value in limit.items() if name != "team"),
    )
    return replace(visit, scope=scope)


def listed(visit: Visit, key: str, heading: str, query: str, params: Mapping[str, Any], all_of: str) -> Listed | None:
    """The first rows of a query as a table; nothing where there are none."""
    rows = visit.services.warehouse.rows(f"{query} limit {MOST}", params)
    if not rows:
        return None
    names = list(rows[0])
    of = known(visit.services.warehouse, [str(row[names[0]]) for row in rows])
    return Listed(key, heading, grid(visit, visit.frame.path, columns_of(names, visit, of), rows), all_of)

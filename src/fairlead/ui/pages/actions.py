"""Actions: everything that was to be done outside, and how far each has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from fairlead.store import actions
from fairlead.ui.page import Page
from fairlead.ui.views.grids import Cell, Column, Grid, grid
from fairlead.ui.visit import Visit

_NEWEST = 500
TAGS = {
    "proposed": "watch", "waiting": "watch", "approved": "watch", "executing": "watch", "done": "ok", "failed": "act",
    "unknown": "act", "denied": "", "expired": "", "withdrawn": "", "undone": "",
}  # fmt: skip
"""State -> how much it asks for."""


def states(visit: Visit) -> Mapping[str, str]:
    """State -> the reader's word for it."""
    words = visit.words
    return {
        "proposed": words("proposed"), "waiting": words("waiting"), "approved": words("approved"),
        "denied": words("denied"), "expired": words("expired"), "withdrawn": words("withdrawn"),
        "executing": words("being done"), "done": words("done"), "failed": words("failed"),
        "unknown": words("unknown, check"), "undone": words("taken back"),
    }  # fmt: skip


def show(visit: Visit) -> Response:
    """The newest, of all teams."""
    with visit.services.database.read() as tx:
        rows = actions.newest(tx, _NEWEST)
    number = visit.shown.number(len(rows))
    title = visit.words.plural("{n} action", "{n} actions", len(rows), n=number)
    return visit.page(
        "pages/actions.html",
        title if rows else visit.words("No action was proposed yet"),
        actions=_table(visit, rows),
    )


def _table(visit: Visit, rows: list[dict[str, Any]]) -> Grid:
    words, shown, named = visit.words, visit.shown, states(visit)

    def link(row: Mapping[str, Any]) -> str:
        return visit.scope.link(f"/actions/{row['id'].partition(':')[2]}")

    def proposed(row: Mapping[str, Any]) -> Cell:
        at = row["proposed_at"]
        return Cell(shown.moment(at), at=at) if at else Cell(None)

    columns = [
        Column(words("Action"), lambda row: Cell(row["id"].partition(":")[2], link=link(row))),
        Column(words("What"), lambda row: Cell(row["title"] or row["kind"])),
        Column(words("State"), lambda row: Cell(named[row["state"]], tag=TAGS[row["state"]] or "neutral")),
        Column(words("Team"), lambda row: Cell(row["team"] or None)),
        Column(words("Made"), proposed),
    ]
    return grid(visit, "/actions", columns, rows)


PAGE = Page("/actions", "Actions", 63, show, shown="more", scoped=False)

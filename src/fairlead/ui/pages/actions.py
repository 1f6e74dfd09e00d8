"""Actions: everything that was to be done outside, and how far each has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from fairlead.model.records.judgement import ACTION_STATES
from fairlead.store import actions
from fairlead.ui.misnamed import choice
from fairlead.ui.page import Page
from fairlead.ui.rights import allowed
from fairlead.ui.views.acting import called, names_of, team_name
from fairlead.ui.views.grids import Cell, Column, grid, wanted
from fairlead.ui.visit import Visit

TAGS = {
    "proposed": "watch", "waiting": "watch", "approved": "watch", "executing": "watch", "done": "ok", "failed": "act",
    "unknown": "act", "denied": "neutral", "expired": "neutral", "withdrawn": "neutral", "undone": "neutral",
}  # fmt: skip
"""State -> how much it asks for."""
WORDS = {
    "proposed": "proposed", "waiting": "waiting", "approved": "approved", "denied": "denied", "expired": "expired",
    "withdrawn": "withdrawn", "executing": "being done", "done": "done", "failed": "failed",
    "unknown": "unknown, check", "undone": "taken back",
}  # fmt: skip
"""States in words."""


def show(visit: Visit) -> Response:
    """A page of those of all teams, the newest first, of one state if one is asked for."""
    state, part = choice(visit, "state", ACTION_STATES), wanted(visit, ())
    with visit.services.database.read() as tx:
        counts = actions.counted(tx)
        rows = actions.listed(tx, state, limit=part.limit, skip=part.offset)
        names = names_of(tx, (row["proposed_by"] or "" for row in rows))
    total = counts.get(state, 0) if state else sum(counts.values())
    there = [one for one in ACTION_STATES if one in counts]
    return visit.page(
        "pages/actions.html",
        _title(visit, counts),
        actions=grid(visit, "/actions", _columns(visit, names), rows, total=total, part=part),
        states=[(one, counts[one], visit.scope.link("/actions", state=one)) for one in there],
        state=state,
        words=WORDS,
    )


def _title(visit: Visit, counts: Mapping[str, int]) -> str:
    words, number = visit.words, visit.shown.number
    if unknown := counts.get("unknown", 0):
        return words.plural(
            "Of {n} action nobody knows whether it was done", "Of {n} actions nobody knows whether they were done",
            unknown, n=number(unknown),
        )  # fmt: skip
    if waiting := counts.get("waiting", 0):
        return words.plural("{n} action waits for a word", "{n} actions wait for a word", waiting, n=number(waiting))
    total = sum(counts.values())
    if not total:
        return words("No action was proposed yet")
    return words.plural("{n} action, none waits", "{n} actions, none waits", total, n=number(total))


def _columns(visit: Visit, names: Mapping[str, str]) -> Sequence[Column]:
    words, shown = visit.words, visit.shown

    def link(row: Mapping[str, Any]) -> str:
        return visit.scope.link(f"/actions/{row['id'].partition(':')[2]}")

    def proposed(row: Mapping[str, Any]) -> Cell:
        at = row["proposed_at"]
        return Cell(shown.moment(at), at=at) if at else Cell(None)

    def proposer(row: Mapping[str, Any]) -> Cell:
        return Cell(called(visit, row["proposed_by"] or "", names) or None)

    return [
        Column(words("Action"), lambda row: Cell(row["id"].partition(":")[2], link=link(row))),
        Column(words("What"), lambda row: Cell(row["title"] or row["kind"], link=link(row))),
        Column(words("State"), lambda row: Cell(words(WORDS[row["state"]]), tag=TAGS[row["state"]])),
        # who proposed it is no business of viewers
        *([Column(words("By"), proposer)] if allowed(visit, "member") else []),
        Column(words("Team"), lambda row: Cell(team_name(visit, row["team"] or "") or None)),
        Column(words("Made"), proposed),
    ]


PAGE = Page("/actions", "Actions", 63, show, shown="more", scoped=False, reads=("state", "page"))

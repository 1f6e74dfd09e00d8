"""One action with its whole life: the exact requests, what policy said, the words of people, its steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from starlette.responses import Response

from fairlead.governance import proposing, showing
from fairlead.governance.desk import there
from fairlead.governance.lifecycle import LAPSING
from fairlead.governance.voting import TAKES_BACK, WITHDRAWS, may
from fairlead.store import actions
from fairlead.store.actions import Row
from fairlead.ui.page import Page
from fairlead.ui.pages.actions import TAGS, states
from fairlead.ui.pages.approvals import waiting
from fairlead.ui.rights import allowed
from fairlead.ui.visit import Visit


@dataclass(frozen=True)
class Step:
    """A line of the timeline, with the entry of the ledger that proves it."""

    at: datetime
    text: str
    link: str


@dataclass(frozen=True)
class Day:
    """Steps of one day."""

    title: str
    events: tuple[Step, ...]


def show(visit: Visit) -> Response:
    """All of it."""
    row = _row(visit, visit.path["number"])
    with visit.services.database.read() as tx:
        steps, words = showing.life(tx, row["id"]), actions.approvals(tx, [row["id"]])
    viewer, acts = visit.request.state.viewer, allowed(visit, PAGE.act_role)
    said, who = {**waiting(row), "approvals": words}, (row, viewer.person, viewer.roles)
    return visit.page(
        "pages/action.html",
        row["title"] or row["id"],
        action=said if acts else showing.unnamed(said),
        state=states(visit)[row["state"]],
        tag=TAGS[row["state"]] or "neutral",
        days=list(_days(visit, steps)),
        can_undo=acts and bool(row["undo"]) and row["state"] == "done" and may(*who, TAKES_BACK),
        can_withdraw=acts and row["state"] in LAPSING and may(*who, WITHDRAWS),
    )


def _row(visit: Visit, number: str) -> Row:
    with visit.services.database.read() as tx:
        return there(tx, f"action:{number}")


def _days(visit: Visit, said: Sequence[Any]) -> Iterator[Day]:
    words, link = visit.words, visit.scope.link
    lines = [
        Step(one.at, f"{one.kind} · {words('entry {n}', n=one.index)}", link("/audit", entry=one.index))
        for one in said
    ]
    for title, steps in groupby(lines, key=lambda line: visit.shown.day(line.at)):
        yield Day(title, tuple(steps))


def undo(visit: Visit) -> Response:
    """Proposes what takes it back."""
    row = _row(visit, visit.form.get("number", ""))
    viewer = visit.request.state.viewer
    back = proposing.undo(visit.request.app.state.desk, row["id"], by=viewer.person, roles=viewer.roles)
    return visit.back(f"/actions/{back['id'].partition(':')[2]}")


def withdraw(visit: Visit) -> Response:
    """Takes it back before it is done."""
    row = _row(visit, visit.form.get("number", ""))
    viewer, why = visit.request.state.viewer, visit.form.get("reason", "")[:2000]
    proposing.withdraw(visit.request.app.state.desk, row["id"], by=viewer.person, roles=viewer.roles, why=why)
    return visit.back(f"/actions/{row['id'].partition(':')[2]}")


PAGE = Page(
    "/actions/{number:int}",
    "Action",
    63,
    show,
    shown="nowhere",
    acts={"/actions/undo": undo, "/actions/withdraw": withdraw},
    act_role="member",
    scoped=False,
)

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
from fairlead.model.errors import Skip
from fairlead.store import actions
from fairlead.store.actions import Row
from fairlead.ui.page import Page
from fairlead.ui.pages.actions import TAGS, states
from fairlead.ui.pages.approvals import waiting
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
        said, words = showing.life(tx, row["id"]), actions.approvals(tx, [row["id"]])
    return visit.page(
        "pages/action.html",
        row["title"] or row["id"],
        action=waiting(row),
        state=states(visit)[row["state"]],
        tag=TAGS[row["state"]] or "neutral",
        said=words,
        days=list(_days(visit, said)),
        can_undo=bool(row["undo"]) and row["state"] == "done",
        can_withdraw=row["state"] in ("proposed", "waiting", "approved"),
    )


def _row(visit: Visit, number: str) -> Row:
    with visit.services.database.read() as tx:
        row = there(tx, f"action:{number}")
    # one of another team looks like one that is not there
    viewer = visit.request.state.viewer
    if not showing.seen_by([row], viewer.roles, viewer.person):
        raise Skip(f"no action `action:{number}`")
    return row


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
    back = proposing.undo(visit.request.app.state.desk, row["id"], by=visit.request.state.viewer.person)
    return visit.back(f"/actions/{back['id'].partition(':')[2]}")


def withdraw(visit: Visit) -> Response:
    """Takes it back before it is done."""
    row = _row(visit, visit.form.get("number", ""))
    by = visit.request.state.viewer.person
    proposing.withdraw(visit.request.app.state.desk, row["id"], by=by, why=visit.form.get("reason", "")[:2000])
    return visit.back(f"/actions/{row['id'].partition(':')[2]}")


PAGE = Page(
    "/actions/{number:int}",
    "Action",
    63,
    show,
    shown="nowhere",
    role="member",
    acts={"/actions/undo": undo, "/actions/withdraw": withdraw},
    act_role="member",
    scoped=False,
)

"""One action with its whole life: the exact requests, what policy said, the words of people, tries, proofs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import msgspec
from starlette.responses import Response

from fairlead.governance import proposing, showing
from fairlead.governance.desk import there
from fairlead.governance.voting import TAKES_BACK, may
from fairlead.model.acts import read_act
from fairlead.model.errors import Skip
from fairlead.store import ledger, requests
from fairlead.store.actions import Row
from fairlead.ui.page import Page
from fairlead.ui.pages.actions import TAGS
from fairlead.ui.pages.actions import WORDS as STATES
from fairlead.ui.rights import allowed
from fairlead.ui.views.acting import desk_of, party, told
from fairlead.ui.visit import Visit

WORDS = {
    "action.proposed": "proposed", "action.judged": "judged by policy", "action.edited": "edited",
    "action.withdrawn": "withdrawn", "action.expired": "lapsed", "action.executing": "begun",
    "action.postponed": "put off, the tool did not answer", "action.done": "done", "action.failed": "failed",
    "action.unknown": "nobody knows whether it was done", "action.settled": "settled by who looked",
    "action.undone": "taken back", "approval.approved": "approved", "approval.refused": "refused",
    "approval.rejected": "a word that did not count", "approval.broke_glass": "the glass was broken",
    "approved": "yes", "refused": "no", "rejected": "does not count",
    "web": "on a page", "slack": "in Slack", "cli": "in a terminal", "api": "over the API",
}  # fmt: skip
"""Steps, words of people and the ways they came, in words."""


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
    with visit.services.database.read() as tx:
        who = party(visit, tx)
        row = there(tx, f"action:{visit.path['number']}")
        action, life = told(visit, tx, row, who), showing.life(tx, row["id"])
        tries, signed = requests.of(tx, row["id"]), ledger.last_checkpoint(tx)
    acts = allowed(visit, PAGE.act_role) and may(row, who.me.person, who.me.roles, TAKES_BACK)
    return visit.page(
        "pages/action.html",
        row["title"] or row["id"],
        action=action,
        state=STATES[row["state"]],
        tag=TAGS[row["state"]],
        words=WORDS,
        tries=[_try(one) for one in tries],
        # whoever acts does so within seconds of the word; what waits for its time is not asked for again and again
        coming=any(one.state == "working" or (one.state == "waiting" and one.next_at <= who.now) for one in tries),
        days=list(_days(visit, life, signed.size if signed else 0)),
        answer=_answer(row),
        back=_back(visit, row) if row["undo"] else "",
        can_undo=acts and bool(row["undo"]) and row["state"] == "done",
        can_settle=acts and row["state"] == "unknown",
    )


def _days(visit: Visit, life: Sequence[showing.Happened], signed: int) -> Iterator[Day]:
    lines = [_step(visit, one, one.index < signed) for one in life]
    for title, steps in groupby(lines, key=lambda line: visit.shown.day(line.at)):
        yield Day(title, tuple(steps))


def _step(visit: Visit, one: showing.Happened, signed: bool) -> Step:
    words, said = visit.words, one.said
    parts = [words(WORDS.get(one.kind, one.kind))]
    if one.kind == "action.judged" and (state := said.get("state")):
        parts[0] += f": {words(STATES.get(state, state))}"
    if one.kind == "action.executing" and said.get("try"):
        parts.append(words("try {n}", n=said["try"]))
    if said.get("found"):
        parts.append(words("found at the tool, not sent again"))
    proof = words("entry {n}, signed", n=one.index) if signed else words("entry {n}", n=one.index)
    # the ledger is read by managers; a link that only refuses is none
    link = visit.scope.link("/audit", entry=one.index) if allowed(visit, "manager") else ""
    return Step(one.at, " · ".join([*parts, proof]), link)


def _try(one: requests.Request) -> dict[str, Any]:
    return {"id": one.id, "state": one.state, "made_at": one.made_at, "next_at": one.next_at, "done_at": one.done_at,
            "outcome": one.outcome}  # fmt: skip


def _answer(row: Mapping[str, Any]) -> str:
    """What the tool answered, as it was kept."""
    said = msgspec.json.decode(row["result"]) if row["result"] else None
    return showing.spelled(said) if said else ""


def _back(visit: Visit, row: Row) -> str:
    """What would take it back, in a sentence."""
    return desk_of(visit).hands.title(read_act(msgspec.json.decode(row["undo"])), row["tool"])


def undo(visit: Visit) -> Response:
    """Proposes what takes it back."""
    viewer, why = visit.request.state.viewer, visit.form.get("reason", "")[:2000]
    back = proposing.undo(desk_of(visit), _named(visit), by=viewer.person, roles=viewer.roles, why=why)
    return visit.back(f"/actions/{back['id'].partition(':')[2]}", done="undoing")


def settle(visit: Visit) -> Response:
    """Says what somebody found who looked at the tool."""
    viewer, found = visit.request.state.viewer, visit.form.get("found")
    if found not in ("done", "failed"):
        raise Skip(visit.words("Say whether it is there."))
    why, action, done = visit.form.get("reason", "")[:2000], _named(visit), found == "done"
    proposing.settle(desk_of(visit), action, done=done, by=viewer.person, roles=viewer.roles, why=why)
    return visit.back(f"/actions/{action.partition(':')[2]}", done="settled")


def _named(visit: Visit) -> str:
    return f"action:{visit.form.get('number', '')}"


PAGE = Page(
    "/actions/{number:int}",
    "Action",
    63,
    show,
    shown="nowhere",
    acts={"/actions/undo": undo, "/actions/settle": settle},
    act_role="member",
    scoped=False,
)

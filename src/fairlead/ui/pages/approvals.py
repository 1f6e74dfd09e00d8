"""Approvals: what waits for the reader's word, exactly as it would be done, and who decides for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from fairlead.governance import approving, proposing
from fairlead.model.errors import Denied, Fault, Skip
from fairlead.store import actions
from fairlead.ui.page import Page
from fairlead.ui.views.acting import desk_of, party, told
from fairlead.ui.views.lending import lending, read_until
from fairlead.ui.visit import Visit

_MOST = 50


def show(visit: Visit) -> Response:
    """The reader's queue, the oldest first."""
    return _page(visit)


def _page(visit: Visit, said: str = "", status: int = 200, typed: Mapping[str, str] | None = None) -> Response:
    viewer, desk = visit.request.state.viewer, desk_of(visit)
    rows = approving.waiting_for(desk, viewer.person, viewer.roles)
    with visit.services.database.read() as tx:
        who = party(visit, tx)
        own = [row for row in actions.in_states(tx, {"waiting"}) if row["proposed_by"] == viewer.person]
        waiting = [told(visit, tx, row, who) for row in rows[:_MOST]]
        mine = [told(visit, tx, row, who) for row in own[:_MOST]]
        lent = lending(visit, tx, who)
    number = visit.shown.number(len(rows))
    title = visit.words("Nothing waits for your word")
    if rows:
        title = visit.words.plural(
            "{n} action waits for your word", "{n} actions wait for your word", len(rows), n=number
        )
    return visit.page(
        "pages/approvals.html",
        title,
        status=status,
        waiting=waiting,
        more=max(0, len(rows) - _MOST),
        mine=mine,
        more_mine=max(0, len(own) - _MOST),
        lent=lent,
        person=viewer.person.startswith("person:"),
        said=said,
        typed=typed or {},
    )


def approve(visit: Visit) -> Response:
    """Yes, to exactly what was shown."""
    return _say(visit, "approved")


def refuse(visit: Visit) -> Response:
    """No, with the reason."""
    return _say(visit, "refused")


def break_glass(visit: Visit) -> Response:
    """Done in an emergency though policy says no; recorded and reviewed."""
    return _say(visit, "approved", glass=True)


def _say(visit: Visit, verdict: approving.Verdict, *, glass: bool = False) -> Response:
    viewer, form = visit.request.state.viewer, visit.form
    try:
        approving.decide(
            desk_of(visit),
            form.get("action", ""),
            person=viewer.person,
            roles=viewer.roles,
            digest=form.get("digest", ""),
            verdict=verdict,
            reason=form.get("reason", "")[:2000],
            how="web",
            break_glass=glass,
        )
    except (Denied, Skip) as fault:
        # told where the reader stands, with what waits by now
        return _page(visit, _sentence(fault), 403)
    done = "glass" if glass else "yes" if verdict == "approved" else "no"
    return visit.back(f"/actions/{form.get('action', '').removeprefix('action:')}", done=done)


def withdraw(visit: Visit) -> Response:
    """Takes a proposal back before it is done: whoever made it, or a manager of its team."""
    viewer, action = visit.request.state.viewer, f"action:{visit.form.get('number', '')}"
    why = visit.form.get("reason", "")[:2000]
    proposing.withdraw(desk_of(visit), action, by=viewer.person, roles=viewer.roles, why=why)
    return visit.back(f"/actions/{action.partition(':')[2]}", done="withdrawn")


def delegate(visit: Visit) -> Response:
    """Lends the reader's right to approve to somebody for a while."""
    form, giver = visit.form, visit.request.state.viewer.person
    try:
        until = read_until(visit, form.get("until", ""))
        approving.delegate(
            desk_of(visit), giver, form.get("person", ""), team=form.get("team", ""), until=until,
            reason=form.get("reason", "")[:2000],
        )  # fmt: skip
    except (Denied, Skip) as fault:
        return _page(visit, _sentence(fault), 422, form)
    return visit.back("/approvals", done="lent")


def end(visit: Visit) -> Response:
    """Takes such a right back."""
    approving.end_delegation(
        desk_of(visit), visit.form.get("delegation", ""), giver=visit.request.state.viewer.person
    )
    return visit.back("/approvals", done="lent_no_more")


def _sentence(fault: Fault) -> str:
    said: Any = f"{fault.message}. {fault.hint}" if fault.hint else f"{fault.message}."
    return str(said)


PAGE = Page(
    "/approvals",
    "Approvals",
    62,
    show,
    acts={
        "/approvals/approve": approve,
        "/approvals/refuse": refuse,
        "/approvals/break-glass": break_glass,
        "/approvals/withdraw": withdraw,
        "/approvals/delegate": delegate,
        "/approvals/end-delegation": end,
    },
    # whose word counts is not a matter of the role alone: a viewer may stand in for somebody
    act_role="viewer",
    scoped=False,
)

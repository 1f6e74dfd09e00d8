"""Approvals: what waits for the reader's word, exactly as it would be done, and the word."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from fairlead.governance import approving
from fairlead.governance.showing import spelled, told
from fairlead.model.errors import Denied, Skip
from fairlead.store.actions import Row
from fairlead.ui.page import Page
from fairlead.ui.visit import Visit

_MOST = 50


def show(visit: Visit) -> Response:
    """The reader's queue, the oldest first."""
    return _page(visit)


def _page(visit: Visit, said: str = "", status: int = 200) -> Response:
    viewer, desk = visit.request.state.viewer, visit.request.app.state.desk
    rows = approving.waiting_for(desk, viewer.person, viewer.roles)
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
        waiting=[waiting(row) for row in rows[:_MOST]],
        more=max(0, len(rows) - _MOST),
        person=viewer.person.startswith("person:"),
        said=said,
    )


def waiting(row: Row) -> dict[str, Any]:
    """An action as whoever decides must see it: nothing of it cut, nothing hidden."""
    said = told(row)
    for call in said["calls"] or []:
        call["body"] = spelled(call["body"]) if call.get("body") is not None else ""
    return said


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
            visit.request.app.state.desk,
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
        return _page(visit, f"{fault.message}. {fault.hint}".rstrip(". "), 403)
    return visit.back(f"/actions/{form.get('action', '').removeprefix('action:')}")


PAGE = Page(
    "/approvals",
    "Approvals",
    62,
    show,
    role="member",
    acts={"/approvals/approve": approve, "/approvals/refuse": refuse, "/approvals/break-glass": break_glass},
    act_role="member",
    scoped=False,
)

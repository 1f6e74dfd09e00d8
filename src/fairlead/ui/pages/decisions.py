"""Decisions: the log with what each was weighed against, a form for a new one, and those that want another look."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.responses import Response

from fairlead.governance import deciding, entering
from fairlead.store import decided, records
from fairlead.ui.entering import settle
from fairlead.ui.kept import forget
from fairlead.ui.misnamed import choice
from fairlead.ui.page import Page
from fairlead.ui.rights import allowed
from fairlead.ui.visit import Visit

STATES = ("accepted", "proposed", "superseded", "withdrawn")
WORDS = {"accepted": "accepted", "proposed": "proposed", "superseded": "superseded", "withdrawn": "withdrawn"}
"""States in words."""
_TAGS = {"accepted": "ok", "proposed": "watch"}


def show(visit: Visit) -> Response:
    """The log, the newest first, of a state if one is asked for."""
    state = choice(visit, "state", STATES)
    with visit.services.database.read() as tx:
        rows = decided.listed(tx, "decisions")
        owners = {row["owner"] for row in rows if row["owner"]}
        names = {row["id"]: row["name"] or row["id"] for row in records.rows(tx, "people", owners)} if owners else {}
    team = visit.scope.team
    rows = [row for row in rows if not team or row["team"] in (None, "", team)]
    told = [_told(visit, row, names) for row in reversed(rows) if not state or row["state"] == state]
    due = sum(one["due"] for one in told)
    return visit.page(
        "pages/decisions.html",
        _title(visit, len(rows), due),
        decisions=told,
        states=[(one, visit.scope.link("/decisions", state=one), one == state) for one in STATES],
        every=visit.scope.link("/decisions"),
        state=state,
        words=WORDS,
        tags=_TAGS,
        may=allowed(visit, "member"),
        numbers=[row["number"] for row in rows if row["number"]],
    )


def _told(visit: Visit, row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    now, again = visit.services.clock.now(), row["review_at"]
    return {
        **row,
        "owner_name": names.get(row["owner"] or "", row["owner"] or ""),
        "decided": visit.shown.day(row["decided_at"]) if row["decided_at"] else "",
        "review": visit.shown.day(again) if again else "",
        "due": bool(row["state"] == "accepted" and isinstance(again, datetime) and again <= now),
        "later": (row["superseded_by"] or "").rpartition(":")[2],
    }


def _title(visit: Visit, count: int, due: int) -> str:
    words, number = visit.words, visit.shown.number
    if due:
        return words.plural("{n} decision wants another look", "{n} decisions want another look", due, n=number(due))
    if not count:
        return words("No decision was entered yet")
    return words.plural("{n} decision", "{n} decisions", count, n=number(count))


def add(visit: Visit) -> Response:
    """Enters a decision as a raw event that replays."""
    said, viewer = visit.form, visit.request.state.viewer
    team = said.get("team", "")
    viewer.demand("member", "write", team or None)
    fields: dict[str, Any] = {name: _text(said, name) for name in ("title", "context", "rationale")}
    fields |= {"options": _lines(said, "options"), "links": _lines(said, "links"), "team": team}
    fields |= {"review_at": entering.moment(said.get("review_at") or None)}
    deciding.add(visit.services, fields, str(viewer.person))
    return _back(visit)


def review(visit: Visit) -> Response:
    """Notes that somebody has looked at it again, or that another has taken its place."""
    number, viewer = visit.form.get("decision", ""), visit.request.state.viewer
    row = entering.one(visit.services, "decisions", number)
    viewer.demand("member", "write", row["team"] or None)
    if later := visit.form.get("later", "").strip():
        deciding.supersede(visit.services, number, later, str(viewer.person))
    else:
        again = entering.moment(visit.form.get("review_at") or None)
        deciding.review(visit.services, number, str(viewer.person), again)
    return _back(visit)


def _back(visit: Visit) -> Response:
    settle(visit.services)
    forget()
    return visit.back("/decisions", done="saved")


def _text(said: Mapping[str, str], name: str) -> str:
    # a browser sends lines as the web has them
    return said.get(name, "").replace("\r\n", "\n").strip()


def _lines(said: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in _text(said, name).splitlines() if line.strip())


PAGE = Page(
    "/decisions", "Decisions", 52, show, shown="more", acts={"/decisions/add": add, "/decisions/review": review},
    act_role="member", cut=("team",), reads=("state",),
)  # fmt: skip

"""Dependencies: who waits for whom, by when it was agreed, what links suggest; entered and moved by both teams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from fairlead.governance import depending, entering
from fairlead.model.errors import Denied, Skip
from fairlead.reports.asked import Asked
from fairlead.reports.dependencies import load_map
from fairlead.reports.plain import plain
from fairlead.ui.entering import settle
from fairlead.ui.kept import forget
from fairlead.ui.page import Page
from fairlead.ui.rights import allowed
from fairlead.ui.views.documents import story
from fairlead.ui.views.papers import paper
from fairlead.ui.visit import Visit

_FIELDS = ("from_team", "to_team", "work_item", "waiting_item", "title")


def show(visit: Visit) -> Response:
    """The document of `fairlead dependencies list`, and what members can do about each."""
    told = story(paper("dependencies", visit), visit)
    services = visit.services
    asked = Asked(
        services.warehouse, services.setup, services.clock.now(), visit.scope.team or None, visit.words.language
    )
    found = load_map(asked.scope) if allowed(visit, "member") else None
    return visit.page(
        "pages/dependencies.html",
        told.title.text,
        story=told,
        command="fairlead dependencies list",
        may=found is not None,
        open=[_named(asked, one.row) for one in found.open] if found else [],
        suggested=[_named(asked, row) for row in found.suggested] if found else [],
    )


def _named(asked: Asked, row: Mapping[str, Any]) -> dict[str, Any]:
    teams = {name: asked.names.team(row[name]) if row[name] else "" for name in ("from_team", "to_team")}
    shown = {"number": str(row.get("id") or "").rpartition(":")[2], "what": plain(row["title"] or "")}
    return {**row, **shown, "waits": teams["from_team"], "gives": teams["to_team"]}


def add(visit: Visit) -> Response:
    """Enters one, or confirms or refuses what a link suggests."""
    given = {name: visit.form.get(name, "").strip() for name in _FIELDS}
    said: dict[str, Any] = {name: value for name, value in given.items() if value}
    if (due := entering.moment(visit.form.get("due_at") or None)) is not None:
        said["due_at"] = due
    by = _member(visit, said.get("from_team"), said.get("to_team"))
    (depending.refuse if visit.form.get("act") == "refuse" else depending.add)(visit.services, said, by)
    return _back(visit)


def decide(visit: Visit) -> Response:
    """Agrees on a date, moves it, says that it is there, or that nobody waits any more."""
    services, act = visit.services, visit.form.get("act", "")
    row = entering.one(services, depending.TABLE, visit.form.get("dependency", ""))
    by = _member(visit, *((row["to_team"],) if act == "agree" else (row["from_team"], row["to_team"])))
    if act in ("agree", "move"):
        due = entering.moment(visit.form.get("until") or None)
        if due is None:
            raise Skip(visit.words("A date is needed."))
        (depending.agree if act == "agree" else depending.move)(services, row["id"], due, by)
    elif act in ("deliver", "drop"):
        (depending.deliver if act == "deliver" else depending.drop)(services, row["id"], by)
    else:
        raise Skip(visit.words("A dependency can be agreed, moved, delivered or dropped."))
    return _back(visit)


def _member(visit: Visit, *teams: Any) -> str:
    """Who asks, where they are a member of one of the teams."""
    viewer, refused = visit.request.state.viewer, None
    for team in filter(None, teams):
        try:
            viewer.demand("member", "write", str(team))
            return str(viewer.person)
        except Denied as fault:
            refused = fault
    if refused:
        raise refused
    viewer.demand("member", "write")
    return str(viewer.person)


def _back(visit: Visit) -> Response:
    settle(visit.services)
    visit.services.catch_up()
    forget()
    return visit.back("/dependencies", done="saved")


PAGE = Page(
    "/dependencies", "Dependencies", 54, show, shown="more", key="x",
    acts={"/dependencies/add": add, "/dependencies/decide": decide}, act_role="member", cut=("team",),
)  # fmt: skip

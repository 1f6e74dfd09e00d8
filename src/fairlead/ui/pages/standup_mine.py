"""My standup: a draft from what the tools saw of one's own work, seen by nobody else, and its posting to the team."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from fairlead.connectors.fairlead import STANDUP_PARTS
from fairlead.ingest.posting import LONGEST, posted
from fairlead.model.times import entered_at
from fairlead.reports.asked import Asked
from fairlead.reports.standup_draft import draft
from fairlead.ui.entering import enter
from fairlead.ui.kept import forget
from fairlead.ui.page import Page
from fairlead.ui.visit import Visit

_HEADINGS = {"done": "Done", "planned": "Under way and planned", "blockers": "Blocked"}
_MAY_POST = frozenset({"owner", "manager", "member"})
_EVERYBODY = "*"
"""Where no teams are stated, all are one."""


@dataclass(frozen=True)
class Part:
    """One part of the form."""

    key: str
    heading: str
    text: str


def show(visit: Visit) -> Response:
    """The form, filled with the draft; nothing of it is kept until it is posted."""
    services, person = visit.services, str(visit.request.state.viewer.person)
    teams = _teams(visit)
    asked = Asked(
        services.warehouse, services.setup, services.clock.now(), visit.scope.team or None, visit.words.language
    )
    # kept nowhere, not even among the pages that are made ahead: it is one reader's
    found = draft(asked.teller(), person)
    parts = [Part(key, visit.words(_HEADINGS[key]), "\n".join(getattr(found, key))) for key in STANDUP_PARTS]
    return visit.page(
        "pages/standup_mine.html",
        visit.words("My standup"),
        parts=parts,
        teams=teams,
        team=visit.scope.team,
        longest=LONGEST,
        nobody=not person.startswith("person:"),
    )


def post(visit: Visit) -> Response:
    """Hands the lines to the team as a raw event."""
    viewer, services, team = visit.request.state.viewer, visit.services, visit.form.get("team", "")
    viewer.demand("member", "write", team)
    # a browser sends lines as the web has them
    said = {key: visit.form.get(key, "").replace("\r\n", "\n").strip() for key in STANDUP_PARTS}
    enter(services, posted(services.database, team, said, str(viewer.person), entered_at(services.clock)))
    forget()
    return visit.back("/standup", done="posted")


def _teams(visit: Visit) -> list[tuple[str, str]]:
    """Teams to which the reader may post, by id."""
    setup, viewer = visit.services.setup, visit.request.state.viewer
    stated = [(f"team:{key}", team.name or key) for key, team in setup.teams.items()]
    every = stated or [(_EVERYBODY, visit.words("Everybody"))]
    return [(team, name) for team, name in every if viewer.role_in(team) in _MAY_POST]


PAGE = Page(
    "/standup/mine", "My standup", 16, show, shown="more", role="member", acts={"/standup/post": post},
    act_role="member", cut=("team",),
)  # fmt: skip

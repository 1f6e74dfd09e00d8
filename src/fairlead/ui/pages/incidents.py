"""Incidents: which deployment each counts for, the parts of the score, and a form by which a manager corrects it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from fairlead.ingest.attributing import stated_cause, stated_no_cause, withdrawn_cause
from fairlead.model.errors import Skip
from fairlead.model.times import entered_at
from fairlead.reports.causes import Suspect, load_causes, load_suspects
from fairlead.reports.document import Claim, Document
from fairlead.reports.incidents import DAYS
from fairlead.reports.scope import Scope
from fairlead.ui.entering import enter
from fairlead.ui.kept import forget
from fairlead.ui.page import Page
from fairlead.ui.rights import allowed
from fairlead.ui.views.documents import Line, story
from fairlead.ui.views.links import short
from fairlead.ui.views.papers import paper
from fairlead.ui.visit import Visit


@dataclass(frozen=True)
class Offer:
    """What the form under an incident offers."""

    choices: tuple[tuple[str, str], ...]
    """Deployments before it by id, with what they are called."""
    stated: bool
    """Whether somebody has said something that can be withdrawn."""


@dataclass(frozen=True)
class Told:
    """One line of the report, with its form for those who may correct it."""

    line: Line
    incident: str
    offer: Offer | None


def show(visit: Visit) -> Response:
    """The document of `fairlead incidents list`, with a form under each incident for those who may correct it."""
    document = paper("incidents", visit)
    tree = story(document, visit)
    lines = [line for part in tree.chapters[0].parts for line in part.lines]
    ids = _ids(document)
    offers = _offers(visit, ids) if allowed(visit, "manager") else {}
    # What is counted and not told has no incident of its own.
    told = [
        Told(line, incident, offers.get(incident))
        for line, incident in zip(lines, [*ids, *[""] * (len(lines) - len(ids))], strict=True)
    ]
    return visit.page(
        "pages/incidents.html",
        tree.title.text,
        story=tree,
        told=told,
        caused=bool(ids),
        command="fairlead incidents list",
    )


def correct(visit: Visit) -> Response:
    """Notes a person's word on a cause as a raw event, which replays with the rest."""
    services, form = visit.services, visit.form
    by, now = str(visit.request.state.viewer.person), entered_at(services.clock)
    incident, what = form.get("incident", ""), form.get("what", "")
    if what == "deployment":
        event = stated_cause(services.database, incident, form.get("deployment", ""), by, now)
    elif what == "none":
        event = stated_no_cause(services.database, incident, form.get("reason", ""), by, now)
    elif what == "withdraw":
        event = withdrawn_cause(services.database, incident, by, now)
    else:
        raise Skip(visit.words("A cause can be stated or withdrawn."))
    enter(services, event)
    forget()
    return visit.back("/incidents", done="unattributed" if what == "withdraw" else "attributed")


def _ids(document: Document) -> list[str]:
    blocks = document.sections[0].blocks
    return [block.refs[0].id for block in blocks if isinstance(block, Claim) and block.refs]


def _offers(visit: Visit, ids: list[str]) -> dict[str, Offer]:
    services = visit.services
    scope = Scope.of(services.warehouse, services.setup, services.clock.now(), visit.scope.team or None)
    suspects = load_suspects(scope, ids)
    stated = {cause.incident: bool(cause.stated or cause.reason) for cause in load_causes(scope, days=DAYS)}
    return {
        incident: Offer(tuple((one.deployment, _called(visit, one)) for one in suspects[incident]), stated[incident])
        for incident in ids
        if incident in stated
    }


def _called(visit: Visit, suspect: Suspect) -> str:
    commit = f" {suspect.sha[:7]}" if suspect.sha else ""
    return f"{short(suspect.deployment)}{commit}, {visit.shown.moment(suspect.finished_at)}"


PAGE = Page("/incidents", "Incidents", 45, show, shown="more", acts={"/incidents/cause": correct}, cut=("team",))

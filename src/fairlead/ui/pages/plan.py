"""Plan: the schedule of a sprint, an epic or a milestone, how sure it is, and what an absence would do to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from starlette.responses import Response

from fairlead.model.errors import Abort, Fault
from fairlead.planning.answer import EVERYBODY
from fairlead.reports.asked import Asked
from fairlead.reports.document import Document
from fairlead.reports.planned import Planned, Wish, planned
from fairlead.ui.improving import Run, begun, known
from fairlead.ui.kept import kept
from fairlead.ui.misnamed import Misnamed, choice
from fairlead.ui.page import Page
from fairlead.ui.rights import allowed
from fairlead.ui.views.documents import own_words, story
from fairlead.ui.visit import Visit

_STOPS_S = 3.0
"""Time for a search that was stopped to hand over what it has."""
_TARGETS = """
select 'sprint' as kind, name as name, coalesce(name, id) as title from sprints
where deleted_at is null and state = 'active' and {sprints}
union all
select * from (
    select 'epic', w.key, concat_ws(' ', w.key, w.title) from work_items w
    where w.deleted_at is null and w.work_type = 'epic' and w.key is not null and {items} and exists (
        select 1 from work_items k where k.epic = w.id and k.deleted_at is null
            and k.status_category in ('todo', 'in_progress')
    ) order by w.updated_at desc nulls last, w.key limit 8
)
union all
select * from (
    select 'milestone', m.title, m.title from milestones m
    where m.deleted_at is null and m.state = 'open' and m.title is not null and exists (
        select 1 from work_items k where k.milestone = m.id and k.deleted_at is null
            and k.status_category in ('todo', 'in_progress') and {of_milestone}
    ) group by m.title order by min(m.due_at) nulls last, m.title limit 8
)
"""


def show(visit: Visit) -> Response:
    """The plan; `?sprint=`, `?epic=` or `?milestone=` name another than the next sprint, the form asks what if."""
    changes, fault = _changes(visit), ""
    try:
        document, found = _planned(visit, changes)
    except Abort as said:
        # a change that cannot be made is told beside the plan as it is
        if not changes:
            raise
        fault, changes = f"{said.message}. {said.hint}".strip(), ""
        document, found = _planned(visit, "")
        choice(visit, "who", [person for person, _ in _people(found)])
    run = _run(visit, found)
    first = found
    if run and run.over:
        document, found = _planned(visit, changes, run)
    told = story(document, visit)
    own = {name: said for name, said in own_words("plan", visit).items() if said}
    command = "fairlead plan " + " ".join(f'--{name} "{said}"' for name, said in (own or {"sprint": "NEXT"}).items())
    for line in filter(None, changes.split("\n")):
        command += f" --what-if {line}"
    asked = {name: visit.said(name) for name in ("who", "first", "until", "add", "end")}
    return visit.page(
        "pages/plan.html",
        told.title.text,
        story=told,
        command=command,
        links=[*_links(visit, own), *_acting(visit, own, found)],
        fault=fault,
        own=own,
        said=asked,
        people=_people(found),
        changed=bool(changes),
        here=visit.scope.link("/plan", **own),
        better=_better(visit, first, found, run, {**own, **{name: said for name, said in asked.items() if said}}),
    )


def _planned(visit: Visit, changes: str, run: Run | None = None) -> tuple[Document, Planned | None]:
    services, team = visit.services, visit.scope.team
    own, viewer = own_words("plan", visit), visit.request.state.viewer
    load = str(viewer.loads) if viewer else ""

    def make() -> tuple[Document, Planned | None]:
        now, intake = services.clock.now(), services.intake()
        asked = Asked(services.warehouse, services.setup, now, team or None, visit.words.language, intake)
        wish = Wish(
            sprint=own["sprint"],
            epic=own["epic"],
            milestone=own["milestone"],
            what_if=tuple(filter(None, changes.split("\n"))),
            load=load,
        )
        return planned(asked, wish, run.solve if run else None)

    key = ("plan", team, visit.words.language, *own.values(), changes, load, id(run) if run else 0)
    return kept(visit, key, make)


def _run(visit: Visit, found: Planned | None) -> Run | None:
    """The search for a better plan, begun or stopped where the address says so."""
    asked = choice(visit, "improve", ("1", "stop"))
    if found is None or not _may_be_better(found):
        return None
    home = visit.services.home
    run = begun(home, found.plans) if asked == "1" else known(home, found.plans)
    if run and asked == "stop":
        run.stop()
        run.wait(_STOPS_S)
    return run


def _may_be_better(found: Planned) -> bool:
    """Whether looking for a better plan than the first one can come to anything."""
    answers = [found.difference.before, found.difference.after] if found.difference else [found.answer]
    return any(one.outcome.schedule and one.outcome.note == "no_time" for one in answers)


@dataclass(frozen=True, slots=True)
class _Better:
    """What the page says of the search for a better plan."""

    state: str
    """`offered`, `waiting`, `looking`, `stopping`, `found` or `shown`."""
    link: str
    stop: str
    plain: str
    end: str = ""
    bound: str = ""
    proven: bool = False


def _better(
    visit: Visit, first: Planned | None, found: Planned | None, run: Run | None, own: Mapping[str, str]
) -> _Better | None:
    if first is None or found is None or not _may_be_better(first):
        return None
    link = visit.scope.link
    offered = _Better(
        "offered", link("/plan", **own, improve="1"), link("/plan", **own, improve="stop"), link("/plan", **own)
    )
    if run is None:
        return offered
    if not run.over:
        looking = replace(offered, state="stopping" if run.stopped else "waiting" if run.waits else "looking")
        if best := run.best:
            return replace(looking, end=found.words.moment(best.end), bound=found.words.moment(best.bound))
        return looking
    end, outcome = found.words.moment(found.answer.end), found.answer.outcome
    # the page that was asked for a part still shows the first plan around it
    same = [one.start for one in first.answer.outcome.schedule] == [one.start for one in outcome.schedule]
    state = "found" if visit.partial and not same else "shown"
    return replace(offered, state=state, end=end, proven=outcome.status == "optimal")


def _changes(visit: Visit) -> str:
    """What the form says, as the command line writes it."""
    found = []
    first, until, end = (_day(visit, word) for word in ("first", "until", "end"))
    if who := visit.said("who"):
        found.append(f"absence:{who}:{first}..{until or first}")
    if added := choice(visit, "add", ("person", "agent")):
        found.append(f"add:{added}")
    if end:
        found.append(f"end:{end}")
    return "\n".join(found)


def _day(visit: Visit, word: str) -> str:
    said = visit.said(word)
    try:
        return str(date.fromisoformat(said)) if said else ""
    except ValueError as fault:
        raise Misnamed(word, said, ["2027-03-01 …"]) from fault


def _people(found: Planned | None) -> Sequence[tuple[str, str]]:
    return [(one.id, found.words.person(one.id)) for one in found.stored.plan.people] if found else []


def _links(visit: Visit, own: Mapping[str, str]) -> list[tuple[str, str]]:
    """What else can be planned."""
    from fairlead.reports.scope import Scope

    services = visit.services
    try:
        scope = Scope.of(services.warehouse, services.setup, services.clock.now(), visit.scope.team or None)
    except Fault:
        return []
    query = _TARGETS.format(sprints=scope.sprints("id"), items=scope.items("w.id"), of_milestone=scope.items("k.id"))
    found: list[tuple[str, str]] = [(visit.words("Next sprint"), visit.scope.link("/plan"))] if own else []
    for row in kept(visit, ("plan targets", visit.scope.team), lambda: _rows(services, query)):
        if own.get(row["kind"]) != row["name"]:
            found.append((row["title"], visit.scope.link("/plan", **{row["kind"]: row["name"]})))
    return found


def _acting(visit: Visit, own: Mapping[str, str], plan: Planned | None) -> list[tuple[str, str]]:
    """What a manager can do with the plan: have it proposed to the tools, and balance a sprint that runs."""
    if plan is None or not allowed(visit, "manager"):
        return []
    found = [(visit.words("What the tools would be told"), visit.scope.link("/plan/actions", **own))]
    if own.get("sprint") and EVERYBODY in plan.shown(visit.request.state.viewer.loads):
        found.append((visit.words("Who has too much to do"), visit.scope.link("/plan/actions", **own, rebalance="1")))
    return found


def _rows(services: Any, query: str) -> list[dict[str, Any]]:
    return list(services.warehouse.rows(query))


PAGE = Page(
    "/plan", "Plan", 35, show, shown="more", key="v", cut=("team",),
    reads=("sprint", "epic", "milestone", "who", "first", "until", "add", "end", "improve"),
)  # fmt: skip

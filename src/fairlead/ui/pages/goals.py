"""Goals: how far each objective is, where effort went, what probably serves one, and which dates were kept."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from fairlead.goals import facts, periods
from fairlead.goals.linking import Suggestion
from fairlead.goals.standing import GoalStanding
from fairlead.governance import aiming
from fairlead.model.errors import Skip
from fairlead.reports import alignment as aligned
from fairlead.reports import goals as reported
from fairlead.reports import quarter as dated
from fairlead.reports.alignment_facts import Alignment, load_alignment
from fairlead.reports.asked import Asked
from fairlead.store.decided import Row
from fairlead.ui.entering import settle
from fairlead.ui.kept import forget, kept
from fairlead.ui.misnamed import Misnamed
from fairlead.ui.page import Page
from fairlead.ui.rights import allowed
from fairlead.ui.scope import WINDOWS
from fairlead.ui.views.aims import GoalCard, goal_card, strip
from fairlead.ui.views.documents import Chapter, Line, Story, story
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """Objectives that run, those of a quarter, or the one that the address names."""
    asked = _asked(visit)
    asking = reported.Asking(_quarter(visit, asked), _objective(visit, asked))
    key = (visit.scope.team, visit.words.language, visit.scope.window, asking)
    found = kept(visit, ("goals", *key), lambda: reported.load(asked, asking))
    alignment = kept(visit, ("goals-aligned", *key), lambda: _aligned(asked, visit))
    goals = story(reported.told(asked, found, asking), visit)
    effort = story(aligned.told(asked.teller(), alignment, WINDOWS[visit.scope.window]), visit)
    return visit.page(
        "pages/goals.html",
        goals.title.text,
        one=asking.objective,
        cards=_cards(visit, asked, found, goals, alignment) if found else [],
        goals=goals,
        courses=[chapter for chapter in goals.chapters if chapter.key == "courses"],
        effort={chapter.key: chapter for chapter in effort.chapters},
        strip=strip(visit, asked.teller(), alignment),
        suggestions=_suggestions(alignment, effort),
        dates=_dates(visit, asked, asking.quarter),
        may=allowed(visit, "member"),
    )


def _objective(visit: Visit, asked: Asked) -> str:
    said = visit.path.get("objective") or visit.said("objective")
    if said:
        names = [goal.id.partition(":")[2] for goal in facts.load(asked.warehouse)]
        if said.removeprefix("objective:") not in names:
            raise Misnamed("objective", said, names)
    return said


def _quarter(visit: Visit, asked: Asked) -> str:
    said = visit.said("quarter")
    if said and periods.first_day(said) is None:
        raise Misnamed("quarter", said, [periods.quarter_of(asked.now, asked.scope.calendar)])
    return said


def _asked(visit: Visit) -> Asked:
    services = visit.services
    return Asked(
        services.warehouse, services.setup, services.clock.now(), visit.scope.team or None, visit.words.language,
        services.intake(),
    )  # fmt: skip


def _aligned(asked: Asked, visit: Visit) -> Alignment:
    return load_alignment(asked.scope, days=WINDOWS[visit.scope.window])


def _cards(
    visit: Visit, asked: Asked, found: list[GoalStanding], goals: Story, alignment: Alignment
) -> list[GoalCard]:
    teller = asked.teller()
    cards = []
    for standing, chapter in zip(found, goals.chapters, strict=False):
        lines = [line for part in chapter.parts for line in part.lines]
        # of one objective in full the report says more between its own sentence and those of its key results
        count = len(standing.results)
        own = [lines[0], *(lines[-count:] if count else ())]
        cards.append(goal_card(visit, teller, standing, own, chapter.aside, alignment))
    return cards


def _suggestions(alignment: Alignment, effort: Story) -> list[tuple[Suggestion, Line]]:
    chapter = next((one for one in effort.chapters if one.key == "suggestions"), None)
    lines = [line for part in chapter.parts for line in part.lines] if chapter else []
    return list(zip(alignment.suggestions, lines, strict=False))


def _dates(visit: Visit, asked: Asked, quarter: str) -> Chapter:
    """The dates of a quarter, as its plan tells them."""
    calendar = asked.scope.calendar
    name = quarter or periods.quarter_of(asked.now, calendar)
    made = dated.dates_alone(asked.teller(), name.upper(), periods.quarter(name, calendar))
    return story(made, visit).chapters[0]


def link(visit: Visit) -> Response:
    """Says that an item serves an objective, or that it does not."""
    said, viewer = visit.form, visit.request.state.viewer
    objective = said.get("objective", "")
    row = aiming.one(visit.services, objective)
    _works(viewer, row)
    aiming.link(visit.services, said.get("item", ""), objective, said.get("state", ""), str(viewer.person))
    return _back(visit)


def check_in(visit: Visit) -> Response:
    """Enters the value of a key result."""
    said, viewer = visit.form, visit.request.state.viewer
    row = aiming.result(visit.services, said.get("result", ""))
    goal = aiming.one(visit.services, row["objective"])
    _works(viewer, goal, row["owner"])
    value = said.get("value", "").strip()
    if not value:
        raise Skip(visit.words("A value is missing."))
    aiming.check_in(
        visit.services, row["id"], value, str(viewer.person), on=said.get("on", ""),
        note=said.get("note", "").strip(),
    )  # fmt: skip
    return _back(visit)


def _works(viewer: Any, goal: Row, owner: str | None = None) -> None:
    # as by API: who belongs to the team, answers for it or looks after the value
    if viewer.person not in (owner, goal["owner"]):
        viewer.demand("member", "write", goal["team"] or None)


def _back(visit: Visit) -> Response:
    settle(visit.services)
    forget()
    return visit.back_to_form("/goals", "saved")


PAGE = Page(
    "/goals", "Goals", 36, show, shown="more", key="g", cut=("team", "window"), reads=("objective", "quarter"),
    acts={"/goals/link": link, "/goals/check-in": check_in}, act_role="member",
)  # fmt: skip

"""Which week a page tells of: the one of its address, with the way to the one before it and back to this one."""

from __future__ import annotations

from fairlead.model.calendar.weeks import WeekNumber, week_of
from fairlead.reports.asked import Asked
from fairlead.ui.visit import Visit

Link = tuple[str, str]


def week_links(visit: Visit, path: str, **further: str) -> list[Link]:
    """Names and addresses; of what is no week none, as the report itself says how one is written."""
    words, week = visit.words, visit.said("week")
    try:
        # told up to now is the week of the last working day, so that on Monday its own number leads one back
        named = WeekNumber.read(week) if week else _told_now(visit)
    except ValueError:
        return []
    links = [(words("The week before"), visit.scope.link(path, week=str(named.before), **further))]
    return [*links, (words("This week"), visit.scope.link(path, **further))] if week else links


def _told_now(visit: Visit) -> WeekNumber:
    services = visit.services
    scope = Asked(services.warehouse, services.setup, visit.shown.now, visit.scope.team or None).scope
    return week_of(scope.calendar, scope.calendar.local_day(scope.since))

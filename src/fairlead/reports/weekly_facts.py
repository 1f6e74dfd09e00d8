"""What a week is told from: loaded once, and only what is told; the weekly and every update choose from it.

Nothing here is loaded before somebody asks for it: an executive's update must not wait for figures of builds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from fairlead.goals import facts as objectives
from fairlead.goals.standing import STATUSES, GoalStanding, standings
from fairlead.metrics import figures
from fairlead.model.calendar.weeks import WeekNumber, week_bounds, week_days, week_of
from fairlead.model.errors import Abort
from fairlead.model.figures import Figure
from fairlead.reports import facts
from fairlead.reports.alerts import Alerts, load_alerts
from fairlead.reports.asked import Asked
from fairlead.reports.load import Loads, load_review_load
from fairlead.reports.open_changes import Waiting, load_open
from fairlead.reports.plain import plain
from fairlead.reports.scope import Scope
from fairlead.reports.sentences import Teller
from fairlead.reports.sprint_health import Told, running_sprints
from fairlead.reports.standup_facts import (
    Agreed,
    Blocked,
    Dependency,
    Done,
    Underway,
    load_agreed,
    load_blocked,
    load_dependencies,
    load_done,
    load_underway,
)
from fairlead.reports.weekly_goals import Goal, Target, load_goals, load_targets

TREND_DAYS = 28
"""Four whole weeks against the four before: whatever the weekday, both hold as many weekends."""
DATES_AHEAD = timedelta(days=42)
"""Dates within six weeks are told: what is later is planned, not watched."""


@dataclass(frozen=True)
class Period:
    """The stretch of time that is told of."""

    week: WeekNumber
    start: datetime
    end: datetime
    """The first moment of the next week."""
    days: tuple[date, ...]
    """Its local dates."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A date agreed between two teams."""

    date: Agreed
    giver: str | None
    """Team that delivers."""
    taker: str | None

    def late(self, now: datetime) -> bool:
        """Whether it has passed without a delivery."""
        return self.date.delivered_at is None and self.date.due_at <= now


@dataclass(frozen=True)
class WeekFacts:
    """A team's week, or everybody's, as it was known at the end of the period or is known now."""

    asked: Asked
    scope: Scope
    """Told from the start of the week."""
    period: Period

    @cached_property
    def teller(self) -> Teller:
        """Who words it, in the zone of the scope."""
        return self.asked.teller(self.scope)

    @cached_property
    def done(self) -> Sequence[Done]:
        """Items that were done."""
        return load_done(self.scope)

    @cached_property
    def goals(self) -> Mapping[str, Goal]:
        """Item done -> what it is a part of, where a tool says so."""
        return load_goals(self.scope, [item.item for item in self.done])

    @cached_property
    def aims(self) -> Sequence[GoalStanding]:
        """Objectives that run, and those that were ended in the period, those that ask for most first."""
        known = objectives.load(self.scope.warehouse, team=self.scope.team)
        now, start = self.scope.now, self.period.start
        wanted = [
            *objectives.running(known, now),
            *(one for one in known if one.ended_at and start <= one.ended_at < now),
        ]
        found = standings(self.scope.warehouse, self.scope.calendars, wanted, now, self.asked.language)
        return sorted(found, key=lambda one: (one.goal.state != "open", STATUSES.index(one.status)))

    @cached_property
    def happened(self) -> facts.Happened:
        """Changes, deployments, releases and incidents of the period."""
        return facts.load_happened(self.scope)

    @cached_property
    def targets(self) -> Sequence[Target]:
        """Dates that the team has set itself, the nearest first."""
        return load_targets(self.scope, self.scope.now + DATES_AHEAD)

    @cached_property
    def teams(self) -> Sequence[Scope]:
        """The scopes of single teams: of everybody's report each stated one, for dates are agreed between teams."""
        if self.scope.team:
            return [self.scope]
        return [replace(self.asked.scope_of(key), told_from=self.period.start) for key in self.scope.setup.teams]

    @cached_property
    def agreed(self) -> Sequence[Promise]:
        """Dates agreed between teams, late, near, or kept in the period; each once."""
        found: dict[str, Promise] = {}
        for scope in self.teams:
            for each in load_agreed(scope, scope.now + DATES_AHEAD):
                sides = (scope.team, each.other) if each.ours else (each.other, scope.team)
                found[each.id] = Promise(each, *sides)
        return sorted(found.values(), key=lambda each: (each.date.due_at, each.date.id))

    @cached_property
    def dependencies(self) -> Sequence[Dependency]:
        """Items that wait for those of another team now."""
        found = {
            (each.item, each.by): each
            for scope in self.teams
            for each in load_dependencies(scope)
            if not each.ended_at
        }
        return [found[pair] for pair in sorted(found)]

    @cached_property
    def blocked(self) -> Sequence[Blocked]:
        """What cannot go on now, the longest first."""
        return load_blocked(self.scope)

    @cached_property
    def underway(self) -> Sequence[Underway]:
        """Items in progress now."""
        return load_underway(self.scope)

    @cached_property
    def sprints(self) -> Sequence[Told]:
        """Running sprints with what they will bring."""
        return running_sprints(self.scope)

    @cached_property
    def waiting(self) -> Sequence[Waiting]:
        """Open changes, those to look at first in front."""
        return load_open(self.scope)

    @cached_property
    def incidents(self) -> Sequence[facts.Trouble]:
        """Incidents that are not over."""
        return facts.load_incidents(self.scope)

    @cached_property
    def failed(self) -> Sequence[facts.Trouble]:
        """Services whose last production deployment failed."""
        return facts.load_failed_deployments(self.scope)

    @cached_property
    def did_harm(self) -> bool:
        """Whether one of the week's deployments ended well and turned out to be bad: an incident, a rollback."""
        query = "select 1 from deployment_outcomes where failed and deployment in (select unnest($live)) limit 1"
        return bool(self.scope.warehouse.rows(query, {"live": list(self.happened.deployed)}))

    @cached_property
    def red(self) -> Sequence[facts.Trouble]:
        """Main branches that have been red for too long."""
        return [trouble for trouble in facts.load_red_main(self.scope) if trouble.overdue]

    @cached_property
    def alerts(self) -> Sequence[Alerts]:
        """Open security alerts by repository, the gravest first."""
        return load_alerts(self.scope)

    @cached_property
    def loads(self) -> Loads:
        """Reviews that wait, by person; never shown by name in these reports."""
        return load_review_load(self.scope)

    @cached_property
    def sources(self) -> Sequence[facts.SourceState]:
        """Where data come from, and how fresh they are."""
        return facts.load_sources(self.scope)

    @cached_property
    def delivery(self) -> Sequence[Figure]:
        """DORA's figures."""
        return self._group("dora")

    @cached_property
    def flow(self) -> Sequence[Figure]:
        """Figures of work items."""
        return self._group("flow")

    @cached_property
    def quality(self) -> Sequence[Figure]:
        """Figures of builds and tests."""
        return self._group("quality")

    @cached_property
    def reliability(self) -> Sequence[Figure]:
        """Figures of incidents, pages and objectives."""
        return self._group("reliability")

    @cached_property
    def review(self) -> Sequence[Figure]:
        """Figures of reviews; those about people are suppressed for small groups where they are made."""
        return self._group("review")

    def _group(self, name: str) -> Sequence[Figure]:
        scope = self.scope
        window = scope.last_days(TREND_DAYS)
        return figures.group(scope.warehouse, name, window, scope.segment, language=self.asked.language)


def period_of(asked: Asked, week: str = "") -> Period:
    """The week that is named, else that of the last working day: on Monday nobody asks for the week just begun."""
    calendar = asked.scope.calendar
    try:
        named = WeekNumber.read(week) if week else week_of(calendar, calendar.local_day(asked.scope.since))
    except ValueError as fault:
        raise Abort(f"no week `{plain(week)}`", hint="write it like 2026-W46") from fault
    start, end = week_bounds(calendar, named)
    if start >= asked.now:
        raise Abort(f"{named} has not begun", hint="a week that is under way is told up to now")
    return Period(named, start, end, tuple(week_days(calendar, named)))


def week_facts(asked: Asked, week: str = "") -> WeekFacts:
    """The facts of a week; one that is over is asked of what was known by its end, or this would tell of today."""
    period = period_of(asked, week)
    if week and asked.now > period.end:
        raise Abort(f"{period.week} is over", hint="what was known by its end is told by `fairlead weekly --week`")
    return WeekFacts(asked, replace(asked.scope, told_from=period.start), period)

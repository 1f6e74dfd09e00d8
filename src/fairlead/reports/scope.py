"""Whose report it is: one team or everybody, with its calendar and the conditions that limit queries to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from fairlead.model.calendar.resolve import Calendars, PeopleRows
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import Abort
from fairlead.model.figures import Window
from fairlead.model.setup import Setup
from fairlead.reports.intake import Intake
from fairlead.reports.literals import text_literal
from fairlead.reports.plain import plain

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

_T = TypeVar("_T")
_PEOPLE_TABLES = ("calendars", "holidays", "absences", "people", "accounts", "teams", "memberships")


@dataclass(frozen=True)
class Scope:
    """A team (or everybody) at a moment."""

    warehouse: Warehouse
    setup: Setup
    now: datetime
    team: str | None
    """Team id."""
    intake: Intake = field(default_factory=Intake)
    told_from: datetime | None = None
    """From when on it is told what happened; else from the start of the last working day."""
    beside: frozenset[str] = frozenset()
    """Ids of all teams that the same report tells of, one after the other."""
    held: dict[tuple[str, datetime], Any] = field(default_factory=dict, compare=False, repr=False)
    """What `once` has loaded; scopes of one question share it."""

    @classmethod
    def of(
        cls, warehouse: Warehouse, setup: Setup, now: datetime, team: str | None, intake: Intake | None = None
    ) -> Scope:
        """The scope of a team by key, id or name; an unknown team names the known ones."""
        if not team:
            return cls(warehouse, setup, now, None, intake or Intake())
        names = {f"team:{key}": stated.name or key for key, stated in setup.teams.items()}
        # Once teams are stated, those of a tool are proposals that no model counts: one that shares a stated team's
        # name would look like a team without any work.
        counts = "not coalesce(proposed, false)" if names else "true"
        found = warehouse.once(f"select id, name from teams where deleted_at is null and {counts} order by id")  # noqa: S608
        for row in found:
            names.setdefault(row["id"], row["name"] or "")
        wanted = team.lower().removeprefix("team:")
        by_id = {known.lower().removeprefix("team:"): known for known in reversed(names)}
        # reversed, so that of two with one name the stated team stays
        by_name = {name.lower(): known for known, name in reversed(names.items())}
        # ids before names: what is unique wins over what a team chose to be called
        if known := by_id.get(wanted) or by_name.get(wanted):
            return cls(warehouse, setup, now, known, intake or Intake())
        keys = ", ".join(sorted(known.removeprefix("team:") for known in names)) or "none yet"
        raise Abort(
            f"no team `{plain(team)}`", hint=f"there are: {keys}; teams are set under [teams] of fairlead.toml"
        )

    @cached_property
    def name(self) -> str:
        """Shown name of the team, or of the organisation."""
        if self.team is None:
            return plain(self.setup.organisation.name)
        stated = self.setup.teams.get(self.team.removeprefix("team:"))
        if stated is not None:
            return plain(stated.name or self.team.removeprefix("team:"))
        found = self.warehouse.rows("select name from teams where id = ?", [self.team])
        return plain(found[0]["name"] if found and found[0]["name"] else self.team)

    def once(self, key: str, load: Callable[[], _T]) -> _T:
        """What is the same for every team at this moment, loaded for the first one that asks."""
        # The warehouse plans a query for longer than it runs one: a report of ten teams must not ask ten times.
        if (key, self.now) not in self.held:
            self.held[key, self.now] = load()
        found: _T = self.held[key, self.now]
        return found

    @property
    def calendars(self) -> Calendars:
        """Working calendars of everybody."""
        return self.once("calendars", self._calendars)

    def _calendars(self) -> Calendars:
        # ordered, so that of several memberships the same one decides each time
        rows = {table: self.warehouse.once(f"select * from {table} order by id") for table in _PEOPLE_TABLES}  # noqa: S608
        return Calendars(self.setup, PeopleRows(**rows))

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """Working calendar of the team or the organisation."""
        return self.calendars.of_team(self.team) if self.team else self.calendars.default

    @cached_property
    def since(self) -> datetime:
        """From when on it is told what happened: when the last working day before today began, unless said."""
        if self.told_from:
            return self.told_from
        try:
            return self.calendar.last_working_day_start(self.now)
        # a calendar without a working day before now: then nothing lies between
        except (ValueError, AssertionError):
            return self.now

    @cached_property
    def bring(self) -> str:
        """Command that brings data: where no source is known yet a sync would only fail."""
        known = self.intake.configured or self.warehouse.rows("select 1 from sources limit 1")
        return "fairlead sync" if known else "fairlead init"

    @property
    def naive_now(self) -> datetime:
        """The moment as the warehouse holds it."""
        return naive(self.now)

    @property
    def naive_since(self) -> datetime:
        """`since` as the warehouse holds it."""
        return naive(self.since)

    @property
    def segment(self) -> dict[str, str]:
        """What limits figures to the team; nothing where the report is of everybody."""
        return {"team": self.team} if self.team else {}

    def last_days(self, days: int) -> Window:
        """The window of so many days that ends now."""
        return Window(start=self.now - timedelta(days=days), end=self.now)

    def away_until(self, person: str) -> datetime | None:
        """End of the absence that holds now, absences that follow each other taken as one."""
        until: datetime | None = None
        for start, end in self.calendars.away(person):
            # in order of start, so one pass finds what joins on
            if aware(start) <= (until or self.now) < aware(end):
                until = aware(end)
        return until

    def absences(self, person: str, until: datetime) -> list[str]:
        """Ids of the absences that keep somebody away from now until then."""
        # those that follow each other leave no gap, so whatever lies between is one of them
        rows = self.warehouse.rows(_ABSENCES, {"person": person, "now": self.naive_now, "until": naive(until)})
        return [row["id"] for row in rows]

    def changes(self, column: str) -> str:
        """SQL condition that a column's change belongs to the team."""
        return self._limited(column, "select change from change_teams where team = {team}")

    def repositories(self, column: str) -> str:
        """SQL condition that a column's repository belongs to the team."""
        return self._limited(column, "select repository from repository_teams where team = {team}")

    def sprints(self, column: str) -> str:
        """SQL condition that a column's sprint belongs to the team."""
        return self._limited(column, "select sprint from sprint_teams where team = {team}")

    def items(self, column: str) -> str:
        """SQL condition that a column's work item belongs to the team."""
        return self._limited(column, "select work_item from work_item_teams where team = {team}")

    def owned(self, service: str, repository: str) -> str:
        """SQL condition that a service, or without one a repository, belongs to the team."""
        if self.team is None:
            return "true"
        # a service may belong to another team than the repository that builds it
        services = self._limited(service, "select service from service_teams where team = {team}")
        return f"({services} or {self.repositories(repository)})"

    def working_between(self, start: datetime, calendar: WorkingCalendar | None = None) -> float:
        """Working seconds from a moment to now."""
        return (calendar or self.calendar).working_seconds(aware(start), self.now)

    def _limited(self, column: str, members: str) -> str:
        if self.team is None:
            return "true"
        return f"{column} in ({members.format(team=text_literal(self.team))})"


_ABSENCES = """
select a.id
from absences a
left join accounts k on k.id = a.account and k.deleted_at is null
where a.deleted_at is null and coalesce(a.person, k.person, a.account) = $person
    and a.start_at < $until and coalesce(a.end_at > $now, true)
order by a.start_at, a.id
"""


def naive(moment: datetime) -> datetime:
    """A moment as the warehouse holds it."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def aware(moment: Any) -> datetime:
    """A clock reading of UTC from the warehouse as a moment."""
    assert isinstance(moment, datetime)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment

"""Who could work on a plan: people and agents of teams, when they are there, and where they worked lately."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fairlead.model.calendar.resolve import Calendars
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import Abort
from fairlead.model.setup import Capacity, Setup
from fairlead.model.times import aware, naive
from fairlead.planning.planfile import Agent, Person, Rate

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

LATELY_DAYS = 90
"""How far back somebody's work makes them at home in an epic or a repository."""
_MOST_DAYS = 400
"""Days ahead for which absences are told: no plan of a store reaches further."""
REVIEW = "review"
_RATE = re.compile(r"(?P<much>\d+(\.\d+)?)\s*(?P<of>h|requests)\s+per\s+(?P<per>\d+(\.\d+)?[mhdw])")
"""A limit of an agent as settings have it."""

_MEMBERS = """
select distinct t.team, d.person, d.kind, p.name
from account_teams t
join dim_accounts d on d.account = t.account
left join people p on p.id = d.person
where t.team in (select unnest($teams)) and d.kind in ('human', 'coding_agent')
    and coalesce(p.active, true) and p.deleted_at is null
    and coalesce(t.valid_from <= $now, true) and coalesce(t.valid_to > $now, true)
    -- known by addresses of commits alone, or stated in the settings
    and (d.account not like 'email:%' or d.person like 'person:%')
order by t.team, d.person
"""
_AT_WORK = """
select distinct coalesce(t.team, '') as team, d.person, d.kind, p.name
from work_items w
join dim_accounts d on d.account = w.assignee
left join people p on p.id = d.person
left join work_item_teams t on t.work_item = w.id
where w.deleted_at is null and d.kind in ('human', 'coding_agent') and coalesce(p.active, true)
    and coalesce(w.closed_at, $now) >= $since
    and (w.id in (select unnest($items)) or t.team in (select unnest($teams)))
order by 1, d.person
"""
_HOME = """
select distinct d.person, coalesce(w.epic, w.repository, w.project) as context
from work_items w join dim_accounts d on d.account = w.assignee
where w.deleted_at is null and coalesce(w.closed_at, $now) >= $since
    and coalesce(w.epic, w.repository, w.project) is not null
    and d.person in (select unnest($people))
order by 1, 2
"""
_ON_CALL = """
select coalesce(o.person, d.person) as person, o.start_at, o.end_at
from oncall_shifts o left join dim_accounts d on d.account = o.account
where o.deleted_at is null and coalesce(o.level, 1) = 1 and o.start_at is not null and o.end_at > $since
    and coalesce(o.person, d.person) in (select unnest($people))
order by o.start_at, o.id
"""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a team, with what the settings say of them."""

    person: str
    name: str
    agent: bool
    teams: tuple[str, ...]
    calendar: WorkingCalendar
    """Less absences."""
    free: WorkingCalendar
    """The same as if nobody were ever away."""
    on_call: tuple[tuple[datetime, datetime], ...]
    context: tuple[str, ...]
    said: Capacity

    @property
    def id(self) -> str:
        """Name in a plan: the key of the settings where there is one."""
        return self.person.removeprefix("person:")

    def share(self, focus: float) -> float:
        """Share of the hours of the calendar that goes into tasks."""
        there = sum(end - begin for spans in self.free.week.days for begin, end in spans) / 3600
        if not there:
            return 0.0
        week = min(there, self.said.hours_per_week or there)
        return max(week - self.said.meetings_hours_per_week, 0.0) / there * (self.said.focus or focus)

    def hours(self, start: datetime, end: datetime, focus: float) -> float:
        """Hours that went into tasks between two moments, by the same rules by which they are planned."""
        if self.agent:
            return 0.0
        worked = self.calendar.working_seconds(start, end)
        for begin, until in self.on_call:
            if begin < end and until > start:
                worked -= self.calendar.working_seconds(max(begin, start), min(until, end))
        return max(worked, 0.0) / 3600 * self.share(focus)


def members(
    warehouse: Warehouse,
    setup: Setup,
    calendars: Calendars,
    now: datetime,
    teams: Collection[str],
    items: Sequence[str],
) -> tuple[list[Member], bool]:
    """People and agents of teams, and whether they were only seen at work: nobody has said who is in the team."""
    since = now - timedelta(days=LATELY_DAYS)
    asked: dict[str, Any] = {"teams": sorted(teams), "now": naive(now)}
    rows = warehouse.rows(_MEMBERS, asked)
    if seen := not rows:
        rows = warehouse.rows(_AT_WORK, {**asked, "items": list(items), "since": naive(since)})
    people = list(dict.fromkeys(row["person"] for row in rows))
    context: dict[str, list[str]] = {}
    for row in warehouse.rows(_HOME, {"now": naive(now), "since": naive(since), "people": people}):
        context.setdefault(row["person"], []).append(row["context"])
    shifts: dict[str, list[tuple[datetime, datetime]]] = {}
    for row in warehouse.rows(_ON_CALL, {"since": naive(now - timedelta(days=_MOST_DAYS)), "people": people}):
        shifts.setdefault(row["person"], []).append((aware(row["start_at"]), aware(row["end_at"])))
    found = []
    for person in people:
        own = [row for row in rows if row["person"] == person]
        calendar = calendars.of_person(person)
        free = WorkingCalendar(calendar.id, calendar.hours, str(calendar.zone), calendar.holidays)
        key = person.removeprefix("person:")
        found.append(
            Member(
                person, own[0]["name"] or key, all(row["kind"] == "coding_agent" for row in own),
                tuple(dict.fromkeys(row["team"] for row in own if row["team"])), calendar, free,
                tuple(shifts.get(person, ())), tuple(context.get(person, ())), setup.capacity.get(key, Capacity()),
            )
        )  # fmt: skip
    return found, seen


def doers(
    found: Iterable[Member], holidays: Collection[date], since: datetime, several: bool
) -> tuple[tuple[Person, ...], tuple[Agent, ...]]:
    """The same as a plan names them; with `several` teams everybody bears the team as a skill of that name."""
    people: list[Person] = []
    agents: list[Agent] = []
    for one in found:
        skills: dict[str, int] = dict(one.said.skills)
        if several:
            skills |= dict.fromkeys(one.teams, 3)
        if one.agent:
            agents.append(
                Agent(
                    id=one.id, name=one.name, skills=skills, at_once=one.said.at_once, speed=one.said.speed,
                    context=one.context, cost_per_hour=one.said.cost_per_hour, budget=one.said.budget or None,
                    rate=_rates(one), requests_per_hour=one.said.requests_per_hour,
                )
            )  # fmt: skip
            continue
        own = [
            day.isoformat() for day in sorted(one.free.holidays - set(holidays)) if day >= one.free.local_day(since)
        ]
        people.append(
            Person(
                id=one.id, name=one.name, skills={REVIEW: 3, **skills}, hours=one.free.hours,
                time_zone=str(one.free.zone), hours_per_week=one.said.hours_per_week or None,
                meetings_hours_per_week=one.said.meetings_hours_per_week, focus=one.said.focus or None,
                away=(*own, *_days(one.free, _spans(one.calendar), since)),
                on_call=tuple(_days(one.free, one.on_call, since)), context=one.context,
            )
        )  # fmt: skip
    return tuple(people), tuple(agents)


def _rates(member: Member) -> tuple[Rate, ...]:
    """Limits as settings have them: `5h per 24h` or `900 requests per 7d`."""
    found = []
    for said in member.said.rate:
        read = _RATE.fullmatch(said.strip())
        if read is None:
            raise Abort(
                f"[capacity.{member.id}]: `{said}` is no rate",
                hint="write it like 5h per 24h, or 900 requests per 7d",
            )
        much, per = float(read["much"]), read["per"]
        if read["of"] == "h":
            found.append(Rate(hours=much, per=per))
            continue
        if member.said.requests_per_hour <= 0:
            raise Abort(
                f"[capacity.{member.id}]: of `{said}` nobody knows how many hours that is",
                hint="say `requests_per_hour` as well",
            )
        found.append(Rate(requests=much, per=per))
    return tuple(found)


def first_day(calendar: WorkingCalendar, moment: datetime) -> date:
    """The day on which work after a moment begins: that day while half of it is still to come."""
    day = calendar.local_day(moment)
    begin, end = calendar.day_bounds(day)
    whole = calendar.working_seconds(begin, end)
    ahead = calendar.working_seconds(max(begin, moment), end)
    return day if whole and ahead >= whole / 2 else calendar.next_working_day(day)


def last_day(calendar: WorkingCalendar, moment: datetime) -> date:
    """The last day of what ends at a moment: that day if half of it lies before."""
    day = calendar.local_day(moment)
    begin, end = calendar.day_bounds(day)
    whole = calendar.working_seconds(begin, end)
    past = calendar.working_seconds(begin, min(end, moment))
    return day if whole and past >= whole / 2 else calendar.previous_working_day(day)


def _spans(calendar: WorkingCalendar) -> list[tuple[datetime, datetime]]:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return [
        (epoch + timedelta(microseconds=one), epoch + timedelta(microseconds=other))
        for one, other in calendar.absences
    ]


def _days(calendar: WorkingCalendar, spans: Iterable[tuple[datetime, datetime]], since: datetime) -> Iterator[str]:
    """Working days of which a span takes at least half, from a moment on."""
    first = calendar.local_day(since)
    last = first + timedelta(days=_MOST_DAYS)
    found: set[date] = set()
    for begin, end in spans:
        day, until = max(calendar.local_day(begin), first), min(calendar.local_day(end), last)
        while day <= until:
            opens, closes = calendar.day_bounds(day)
            whole = calendar.working_seconds(opens, closes)
            gone = calendar.working_seconds(max(opens, begin), min(closes, end)) if end > opens else 0.0
            if whole and gone >= whole / 2:
                found.add(day)
            day += timedelta(days=1)
    yield from (day.isoformat() for day in sorted(found))

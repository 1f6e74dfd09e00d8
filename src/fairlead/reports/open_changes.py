"""Loads open changes with whose turn it is and how long it has been, in the order in which to look at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead.changes.queue import OpenChange, Placed, in_queue
from fairlead.reports.scope import Scope, aware

_USUAL_DAYS = 90
"""How far back the usual wait of a team is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An open change, whose turn it is, and since when."""

    change: str
    repository: str
    title: str
    url: str | None
    author: str | None
    turn: str
    why: str
    detail: str | None
    parties: tuple[tuple[str | None, str | None], ...]
    """Accounts and teams whose turn it is."""
    since: datetime | None
    """`None` where nothing that the tool told of it has a date."""
    waited_s: float
    day_s: float
    """Working seconds of a usual day of its team."""
    limit_s: float | None
    """From how much working time on it is overdue, by the set-up; `None` where nothing is due."""
    usual_s: float | None
    """The team's own 85th percentile; `None` where too little is known."""
    overdue: bool
    due_at: datetime | None
    lines: int | None
    """`None` where the tool tells no size."""
    events: int
    hotfix: bool
    incident: str | None
    blocks: int
    placed: Placed


def load_open(scope: Scope) -> list[Waiting]:
    """Open changes of the scope, those to look at first in front."""
    rows = scope.warehouse.rows(
        f"select * from open_change_turns where {scope.changes('change')} order by change"  # noqa: S608 - escaped
    )
    known = scope.once("beside", lambda: _Beside(scope))
    entries = {row["change"]: _entry(row, known, scope) for row in rows}
    by_id = {row["change"]: row for row in rows}
    placed = in_queue(entries.values(), scope.setup.thresholds.large_change_lines)
    # Made once they have their place: giving it to ten thousand with `replace` took as long as all queries.
    return [_waiting(by_id[place.change], entries[place.change], place, known, scope) for place in placed]


class _Beside:
    """What is known of open changes beside their own rows, loaded at once for all."""

    def __init__(self, scope: Scope) -> None:
        rows = scope.warehouse.rows
        self.usual: Mapping[str, float] = {
            row["team"]: row["usual_s"] for row in rows(_USUAL, [scope.naive_now, scope.setup.thresholds.minimum_n])
        }
        self.parties: dict[str, list[tuple[str | None, str | None]]] = {}
        for row in rows("select change, account, team from change_turns where until is null order by change, party"):
            self.parties.setdefault(row["change"], []).append((row["account"], row["team"]))
        self.events = {row["change"]: row["n"] for row in rows(_EVENTS)}
        self.blocks = {row["change"]: row["n"] for row in rows(_BLOCKS)}
        self.incidents = {row["change"]: row["incident"] for row in rows(_INCIDENTS)}


def _entry(row: Mapping[str, Any], known: _Beside, scope: Scope) -> OpenChange:
    change, since, opened_at = row["change"], _moment(row["since"]), _moment(row["opened_at"])
    own, limit_s = _usual(row, known), _limit(row)
    return OpenChange(
        # a webhook in the middle of its life may be the first word of a change
        id=change, opened_at=opened_at or since, turn=row["turn"], why=row["why"],
        # by the team's calendar, not the reader's: the limit beside it is the team's too
        waited_s=max(0.0, scope.working_between(since, scope.calendars.of_team(row["team"]))) if since else 0.0,
        # what is unusual here, else what the set-up calls too long
        usual_s=(limit_s or 0.0) if own is None else own,
        lines=row["lines"], blocks=known.blocks.get(change, 0), incident=known.incidents.get(change),
        hotfix=bool(row["hotfix"]),
    )  # fmt: skip


def _usual(row: Mapping[str, Any], known: _Beside) -> float | None:
    """How long such a wait usually is, as the team's own history says."""
    # only the wait for a first review has a history to compare with
    return known.usual.get(row["team"] or "") if row["turn"] in ("reviewer", "any_reviewer") else None


def _limit(row: Mapping[str, Any]) -> float | None:
    return row["limit_hours"] * 3600 if row["limit_hours"] is not None else None


def _waiting(row: Mapping[str, Any], entry: OpenChange, placed: Placed, known: _Beside, scope: Scope) -> Waiting:
    due_at = _moment(row["due_at"])
    return Waiting(
        change=entry.id, repository=row["repository"] or "", title=row["title"] or "", url=row["url"],
        author=row["author"], turn=entry.turn, why=entry.why, detail=row["detail"],
        parties=tuple(known.parties.get(entry.id, ())), since=_moment(row["since"]), waited_s=entry.waited_s,
        day_s=scope.calendars.of_team(row["team"]).usual_day_seconds, limit_s=_limit(row),
        usual_s=_usual(row, known),
        overdue=due_at is not None and due_at <= scope.now, due_at=due_at, lines=entry.lines,
        events=known.events.get(entry.id, 0), hotfix=entry.hotfix, incident=entry.incident, blocks=entry.blocks,
        placed=placed,
    )  # fmt: skip


def _moment(value: Any) -> datetime | None:
    return aware(value) if value is not None else None


def overdue(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Those that have waited for longer than they should, or that repair production, in order."""
    # a repair of production is late from its first minute, unless only machines are at work
    return [found for found in waiting if found.overdue or (found.incident and found.turn != "ci")]


# The usual wait for a first review, by team; a handful of changes says nothing about what is usual.
_USUAL = f"""
with taken as (
    select t.team, l.pickup_work_s
    from change_lead_times l
    join change_teams t on t.change = l.change
    where l.pickup_work_s is not null and l.merged_at >= cast($1 as timestamp) - interval '{_USUAL_DAYS} days'
        and l.merged_at < cast($1 as timestamp)
)
select team, quantile_cont(pickup_work_s, 0.85) as usual_s from taken group by team having count(*) >= $2
"""  # noqa: S608 - a constant

_EVENTS = """
select e.change, count(*) as n
from change_events e join change_turns t on t.change = e.change and t.until is null and t.party = 0
where e.deleted_at is null
group by e.change
"""

# What waits: items that the items of a change block, and changes that are stacked on its branch.
_BLOCKS = """
select change, count(distinct waits) as n
from (
    select own.from_item as change, held.to_item as waits
    from work_item_links own
    join work_item_links held on held.from_item = own.to_item and held.kind = 'blocks' and held.deleted_at is null
    join work_items w on w.id = held.to_item and w.closed_at is null and w.deleted_at is null
    where own.kind = 'closes' and own.deleted_at is null
    union all
    select below.id, above.id
    from changes below
    join changes above on above.repository = below.repository and above.base_branch = below.head_branch
    where below.state = 'open' and above.state = 'open' and below.deleted_at is null and above.deleted_at is null
        and above.id <> below.id
) held
group by change
"""

_INCIDENTS = """
with open_incidents as (select * from attention_open_incidents)
select change, min(incident) as incident
from (
    select l.from_item as change, o.incident
    from work_item_links l
    join open_incidents o on o.incident = l.to_item
    where l.kind in ('closes', 'relates') and l.deleted_at is null
    union all
    select l.from_item, o.incident
    from work_item_links l
    join incidents i on i.work_item = l.to_item
    join open_incidents o on o.incident = i.id
    where l.kind in ('closes', 'relates') and l.deleted_at is null
    union all
    select c.change, o.incident
    from open_change_turns c
    join open_incidents o on o.repository = c.repository and c.opened_at >= o.since
    where c.hotfix
) linked
group by change
"""

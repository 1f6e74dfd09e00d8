"""Where effort went: how much of it served which objective, and how much none of them.

Nobody records hours, so that effort is what tools tell: the working time in which an item was in progress, or the
points of items that were done. What serves several objectives is divided equally among them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from fairlead.goals.linking import Link
from fairlead.model.figures import Window
from fairlead.model.times import naive

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

Measure = Literal["time", "points"]
UNLINKED = ""
"""What serves no objective."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one item gives to one bucket."""

    item: str
    key: str
    title: str
    url: str
    amount: float
    """Working seconds or points, after division."""
    among: int
    """Among how many objectives it was divided."""
    by: str = ""
    """How it is linked; empty for what is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """An objective, or what serves none."""

    objective: str
    amount: float
    share: float | None
    """Of all effort of the window; `None` where there was none at all."""
    before: float | None = None
    """Share in the window of the same length before."""
    parts: tuple[Part, ...] = ()
    """The largest first."""
    earlier: tuple[str, ...] = ()
    """Items of the window before."""

    @property
    def drift(self) -> float | None:
        """How much its share has changed."""
        return None if self.share is None or self.before is None else self.share - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Effort of a window, all of it."""

    measure: Measure
    window: Window
    total: float
    total_before: float
    buckets: tuple[Bucket, ...]
    """One for each objective, the largest first, then what is unlinked."""
    unsized: int = 0
    """Items that were done without points, which count for nothing by points."""

    @property
    def unlinked(self) -> Bucket:
        """What serves no objective: always there, if only with nothing in it."""
        return self.buckets[-1]


def effort(
    warehouse: Warehouse, objectives: Sequence[str], links: Iterable[Link], window: Window, *,
    measure: Measure = "time", team: str | None = None,
) -> Effort:  # fmt: skip
    """Effort of a window by objective, beside that of the window of the same length before it."""
    served: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.objective in objectives:
            served[link.item].append(link)
    rows = spent(warehouse, window, measure, team)
    earlier = spent(
        warehouse, Window(start=window.start - (window.end - window.start), end=window.start), measure, team
    )
    now, before = _divided(rows, served), _divided(earlier, served)
    total, total_before = _sum(now.values()), _sum(before.values())
    buckets = [
        Bucket(
            objective=one, amount=_sum([now[one]]), share=_share(_sum([now[one]]), total),
            before=_share(_sum([before[one]]), total_before),
            parts=tuple(sorted(now[one], key=lambda part: (-part.amount, part.item))),
            earlier=tuple(sorted({part.item for part in before[one]})),
        )
        for one in (*objectives, UNLINKED)
    ]  # fmt: skip
    buckets.sort(key=lambda one: (one.objective == UNLINKED, -one.amount, one.objective))
    return Effort(
        measure=measure, window=window, total=total, total_before=total_before, buckets=tuple(buckets),
        unsized=sum(1 for row in rows if row["amount"] is None),
    )  # fmt: skip


def _divided(rows: Iterable[Mapping[str, Any]], served: Mapping[str, Sequence[Link]]) -> Mapping[str, list[Part]]:
    found: dict[str, list[Part]] = defaultdict(list)
    for row in rows:
        if not row["amount"]:
            continue
        serving = served.get(row["item"], ())
        among = max(1, len(serving))
        for objective, by in [(one.objective, one.by) for one in serving] or [(UNLINKED, "")]:
            found[objective].append(
                Part(row["item"], row["key"] or row["item"], row["title"] or "", row["url"] or "",
                     row["amount"] / among, among, by)
            )  # fmt: skip
    return found


def _sum(parts: Iterable[Iterable[Part]]) -> float:
    return sum(part.amount for some in parts for part in some)


def _share(amount: float, total: float) -> float | None:
    return amount / total if total else None


def spent(warehouse: Warehouse, window: Window, measure: Measure, team: str | None) -> Sequence[Mapping[str, Any]]:
    """What each item took in a window, as `amount`, with its type and labels: the same for all that speaks of it."""
    asked = {"from": naive(window.start), "until": naive(_known_until(warehouse, window)), "team": team}
    return warehouse.rows(_TIME if measure == "time" else _POINTS, asked)


def _known_until(warehouse: Warehouse, window: Window) -> datetime:
    # an item that is in progress now has not been so tomorrow
    return min(window.end, warehouse.clock.now())


# What stands above others is no work of its own: an epic is in progress while somebody works on what is below it.
_LEAVES = """
with above as (
    select parent as id from work_items where deleted_at is null and parent is not null
    union select epic from work_items where deleted_at is null and epic is not null
),
leaves as (
    select c.work_item as item, c.key, w.title, coalesce(c.url, w.url) as url, c.points, c.done_at, c.team,
        c.work_type, w.labels
    from work_item_cycle_times c join work_items w on w.id = c.work_item
    where w.deleted_at is null and c.work_type <> 'epic' and c.work_item not in (select id from above)
        and ($team is null or c.work_item in (select work_item from work_item_teams where team = $team))
)
"""
_POINTS = f"""{_LEAVES}
select item, key, title, url, work_type, labels, points as amount
from leaves where done_at >= $from and done_at < $until
"""  # noqa: S608 - no text of anybody's
_TIME = f"""{_LEAVES},
spells as (
    select l.item, greatest(s.from_at, $from) as from_at, least(coalesce(s.to_at, $until), $until) as to_at,
        coalesce(k.calendar, d.calendar) as calendar
    from leaves l
    join work_item_spells s on s.work_item = l.item
    left join (select work_item, min(team) as team from work_item_teams group by work_item) t on t.work_item = l.item
    left join setup_team_calendars k on k.team = coalesce(l.team, t.team)
    left join setup_team_calendars d on d.team = ''
    where s.from_at < $until and coalesce(s.to_at > $from, true)
),
worked as (
    select p.item, sum(
        (b.worked_before_s + epoch(least(p.to_at, b.end_at)) - epoch(b.from_at))
        - (a.worked_before_s + epoch(least(p.from_at, a.end_at)) - epoch(a.from_at))
    ) as seconds
    from spells p
    join working_slots a on a.calendar = p.calendar and a.day = cast(p.from_at as date)
        and a.from_at <= p.from_at and p.from_at < a.to_at
    join working_slots b on b.calendar = p.calendar and b.day = cast(p.to_at as date)
        and b.from_at <= p.to_at and p.to_at < b.to_at
    where p.to_at > p.from_at
    group by p.item
)
select l.item, l.key, l.title, l.url, l.work_type, l.labels, w.seconds as amount
from worked w join leaves l on l.item = w.item where w.seconds > 0
"""  # noqa: S608 - no text of anybody's

"""DORA by Apache DevLake's published rules, so that a team that moves can see where a number differs and why.

Rules read from its Go tasks and Grafana panels: lower median without interpolation, minutes rounded up, a change is
deployed by the first deployment whose difference to the one before holds its merge commit (never by the first one
known), an incident belongs to the last deployment of the whole project before it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

from fairlead.metrics.devlake_lineage import brought_by
from fairlead.metrics.frame import Asked, Frame
from fairlead.metrics.segments import quoted, whole_id
from fairlead.metrics.survey import EVIDENCE_IDS, rows_sql
from fairlead.metrics.warehouse import Warehouse
from fairlead.metrics.wording import note
from fairlead.model.errors import Fault
from fairlead.model.figures import Band, Evidence, Figure, Window

_MINUTE_S = 60.0


def figure(asked: Asked, said: Frame) -> Figure:
    """A figure of the group `dora` by those rules; others have none and raise `Fault`."""
    if not knows(asked.entry.name):
        raise Fault(f"DevLake has no `{asked.entry.name}`", hint="it has: " + ", ".join(_FIGURES))
    history = History(asked.warehouse, asked.window, asked.segment)
    value, n, band = by_rules(asked.entry.name, history)
    rules = [note("by_devlake_rules", asked.language)]
    return _by_their_rows(said, history).filled(
        value=value, n=n, missing=None if value is not None else "no_rows", band=band, notes=tuple(rules)
    )


def _by_their_rows(said: Frame, history: History) -> Frame:
    """The frame with what those rules leave out: a row without a time by ours may have one by theirs, and back."""
    name = said.asked.entry.name
    query = rows_sql(said.asked.entry, said.asked.window, said.asked.segment)
    if name in _SPANS:
        counted = [pull.change for pull in history.pulls() if getattr(pull, _SPANS[name]) is not None]
        rows = history.warehouse.rows(query)
        why = {row["id"]: row["reason"] or "not_by_devlake" for row in rows}
        for change in counted:
            why.pop(change, None)
    elif name == "failed_deployment_recovery_time":
        # their rows are incidents; each stands here by the deployment that it is blamed on
        blamed = Counter(key for key, finished, _ in history.caused() if history.start <= finished < history.end)
        counted = [key for key, _ in _recoveries(history)]
        left = blamed - Counter(counted)
        ids = tuple(sorted(left.elements()))
        return _left_out(said, query, counted, ids, {"not_restored": len(ids)} if ids else {})
    else:
        return _left_out(said, query, sorted(history.in_range()), (), {})
    return _left_out(said, query, counted, tuple(why), dict(sorted(Counter(why.values()).items())))


def _left_out(
    said: Frame, query: str, counted: Sequence[str], ids: Sequence[str], reasons: Mapping[str, int]
) -> Frame:
    # by id: tables have no order of their own, and the same records must show the same evidence
    ids = sorted(ids)
    shown = tuple(sorted(counted)[:EVIDENCE_IDS]) or (f"definition:{said.asked.entry.name}",)
    rows = Evidence(ids=shown, count=len(counted), query=query)
    left = Evidence(ids=tuple(ids[:EVIDENCE_IDS]), count=len(ids), query=query) if ids else None
    return replace(said, excluded=reasons, rows=rows, left_out=left)


def knows(name: str) -> bool:
    """Whether there is a rule for the figure of that name."""
    return name in _FIGURES


class Told(Protocol):
    """The rows that the rules go over, wherever they come from: our marts, or DevLake's own tables."""

    start: datetime
    end: datetime

    def in_range(self) -> Mapping[str, datetime]:
        """Deployments that finished in the window."""
        ...

    def pulls(self) -> Sequence[Pull]:
        """Merged changes whose deployment finished in the window."""
        ...

    def caused(self) -> Sequence[tuple[str, datetime, datetime | None]]:
        """Deployment, its finish, and when the incident was resolved that it is blamed for."""
        ...


def by_rules(name: str, told: Told) -> tuple[float | None, int, Band | None]:
    """Value, number of rows and band of a figure."""
    return _FIGURES[name](told)


def lower_median(values: Iterable[float]) -> float | None:
    """The largest value whose percent rank is at most a half; ties share the lowest rank."""
    held = sorted(values)
    if not held:
        return None
    last = len(held) - 1
    return max(value for value in held if not last or bisect_left(held, value) / last <= 0.5)


def minutes_up(start: datetime | None, end: datetime | None) -> int | None:
    """Whole minutes, rounded up; nothing if it would be negative."""
    if start is None or end is None:
        return None
    minutes = math.ceil((end - start).total_seconds() / _MINUTE_S)
    return minutes if minutes >= 0 else None


@dataclass(frozen=True, slots=True)
class Pull:
    """A merged change with DevLake's spans in minutes."""

    coding: float | None
    pickup: float | None
    review: float | None
    deploy: float | None
    cycle: float | None
    change: str = ""


class History:
    """Deployments, changes and incidents of a project by our marts: everything, or what a segment leaves."""

    def __init__(
        self,
        warehouse: Warehouse,
        window: Window,
        segment: Mapping[str, str] | None = None,
        held: _Held | None = None,
    ) -> None:
        self.start = window.start.replace(tzinfo=None)
        self.end = window.end.replace(tzinfo=None)
        self._held = held or _Held(warehouse, _project(segment or {}))

    @property
    def warehouse(self) -> Warehouse:
        """Where the rows come from."""
        return self._held.warehouse

    def over(self, window: Window) -> History:
        """The same rows in another window, without reading them again."""
        return History(self._held.warehouse, window, held=self._held)

    def in_range(self) -> dict[str, datetime]:
        """Deployments that finished in the window."""
        return {key: at for key, at in self._held.deployments.items() if self.start <= at < self.end}

    def pulls(self) -> list[Pull]:
        """Merged changes whose deployment finished in the window."""
        return [pull for finished, pull in self._held.pulls if self.start <= finished < self.end]

    def caused(self) -> list[tuple[str, datetime, datetime | None]]:
        """For each incident the last deployment before it, its finish, and when the incident was resolved."""
        return self._held.caused


class _Held:
    """What does not depend on the window: the difference of all deployments is what costs."""

    def __init__(self, warehouse: Warehouse, where: str) -> None:
        self.warehouse = warehouse
        self._where = where

    @cached_property
    def deployments(self) -> dict[str, datetime]:
        """Successful production deployments with the finish of their last part."""
        found = self.warehouse.rows(
            "select deployment, finished_at from counted_deployments where production and success "  # noqa: S608
            f"and finished_at is not null and {self._where} order by finished_at, deployment"
        )
        return {row["deployment"]: row["finished_at"] for row in found}

    @cached_property
    def pulls(self) -> list[tuple[datetime, Pull]]:
        """Merged changes that a deployment brought, with its finish."""
        brought = brought_by(self.warehouse, self._where)
        found = []
        for row in self.warehouse.rows(_PULLS.format(where=self._where)):
            carrier = brought.get((row["repository"], row["merge_sha"]))
            finished = self.deployments.get(carrier) if carrier else None
            if finished is not None:
                found.append((finished, _pull(row, finished)))
        return found

    @cached_property
    def caused(self) -> list[tuple[str, datetime, datetime | None]]:
        """See `History.caused`."""
        held = sorted((at, key) for key, at in self.deployments.items())
        moments = [at for at, _ in held]
        found: list[tuple[str, datetime, datetime | None]] = []
        for row in self.warehouse.rows("select started_at, resolved_at from counted_incidents"):
            place = bisect_left(moments, row["started_at"])
            if place:
                found.append((held[place - 1][1], held[place - 1][0], row["resolved_at"]))
        return found


_PULLS = """
select c.id, c.repository, c.merge_sha, c.created_at, c.merged_at, k.first_commit_at, r.first_review_at
from changes c
left join (
    select change, min(authored_at) as first_commit_at from change_commits where deleted_at is null group by change
) k on k.change = c.id
left join (
    select e.change, min(e.at) as first_review_at
    from change_events e join changes o on o.id = e.change
    where e.deleted_at is null and e.kind in ('reviewed', 'approved', 'changes_requested', 'commented')
        and (o.author is null or e.actor is distinct from o.author)
    group by e.change
) r on r.change = c.id
where c.deleted_at is null and c.state = 'merged' and c.merged_at is not null and {where}
"""


def _pull(row: Mapping[str, Any], finished: datetime) -> Pull:
    coding = minutes_up(row["first_commit_at"], row["created_at"])
    deploy = minutes_up(row["merged_at"], finished)
    total = (coding or 0) + (minutes_up(row["created_at"], row["merged_at"]) or 0) + (deploy or 0)
    return Pull(
        coding=coding,
        pickup=minutes_up(row["created_at"], row["first_review_at"]),
        review=minutes_up(row["first_review_at"], row["merged_at"]),
        deploy=deploy,
        cycle=total or None,
        change=row["id"],
    )


def _project(segment: Mapping[str, str]) -> str:
    """DevLake knows projects, which are sets of repositories."""
    conditions = []
    for key, value in segment.items():
        named = quoted(whole_id(key, value))
        if key == "repository":
            conditions.append(f"repository = {named}")
        elif key == "team":
            conditions.append(f"repository in (select repository from repository_teams where team = {named})")  # noqa: S608
        else:
            raise Fault(f"DevLake cannot be limited by `{key}`", hint="by repository or team")
    return " and ".join(conditions) or "true"


def _frequency(history: Told) -> tuple[float | None, int, Band | None]:
    deployments = history.in_range()
    days = {at.date() for at in deployments.values()}
    if not days:
        return None, 0, None
    weekly = lower_median(_per(history, days, lambda day: day - timedelta(days=day.weekday()))) or 0.0
    monthly = lower_median(_per(history, days, lambda day: day.replace(day=1))) or 0.0
    band: Band = "elite" if weekly >= 5 else "high" if weekly >= 1 else "medium" if monthly >= 1 else "low"
    return weekly, len(deployments), band


def _per(history: Told, days: set[date], period: Callable[[date], date]) -> list[float]:
    """Deployment days of each week or month that the window touches, the empty and the cut ones too."""
    day, last = history.start.date(), (history.end - timedelta(microseconds=1)).date()
    counts: dict[date, float] = {}
    while day <= last:
        counts[period(day)] = counts.get(period(day), 0.0) + (day in days)
        day += timedelta(days=1)
    return list(counts.values())


def _span(name: str) -> Callable[[Told], tuple[float | None, int, Band | None]]:
    def made(history: Told) -> tuple[float | None, int, Band | None]:
        found = [minutes for pull in history.pulls() if (minutes := getattr(pull, name)) is not None]
        middle = lower_median(found)
        value = None if middle is None else middle * _MINUTE_S
        return value, len(found), _within(value, (86400, 604800, 2592000)) if name == "cycle" else None

    return made


def _failure_rate(history: Told) -> tuple[float | None, int, Band | None]:
    deployments = history.in_range()
    if not deployments:
        return None, 0, None
    failed = {deployment for deployment, _, _ in history.caused()}.intersection(deployments)
    share = len(failed) / len(deployments)
    band: Band = "elite" if share <= 0.05 else "high" if share <= 0.10 else "medium" if share <= 0.15 else "low"
    return share, len(deployments), band


def _recovery(history: Told) -> tuple[float | None, int, Band | None]:
    spans = _recoveries(history)
    middle = lower_median(minutes for _, minutes in spans)
    value = None if middle is None else middle * _MINUTE_S
    return value, len(spans), _within(value, (3600, 86400, 604800))


def _recoveries(history: Told) -> list[tuple[str, float]]:
    """Deployment and whole minutes of each incident that was resolved in the window."""
    return [
        (key, float((resolved - finished) // timedelta(minutes=1)))
        for key, finished, resolved in history.caused()
        if resolved is not None
        and history.start <= resolved < history.end
        and history.start <= finished < history.end
    ]


def _within(value: float | None, bounds: Sequence[float]) -> Band | None:
    if value is None:
        return None
    names: tuple[Band, ...] = ("elite", "high", "medium")
    return next((name for name, bound in zip(names, bounds, strict=True) if value < bound), "low")


_SPANS = {
    "lead_time": "cycle",
    "coding_time": "coding",
    "pickup_time": "pickup",
    "review_time": "review",
    "deploy_time": "deploy",
}

_FIGURES: Mapping[str, Callable[[Told], tuple[float | None, int, Band | None]]] = {
    **{name: _span(span) for name, span in _SPANS.items()},
    "deployment_frequency": _frequency,
    "change_failure_rate": _failure_rate,
    "failed_deployment_recovery_time": _recovery,
}

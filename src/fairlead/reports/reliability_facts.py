"""Loads what reports say of reliability, as frozen values: objectives, burning budgets, repeats and classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fairlead.model.figures import Window
from fairlead.reports.literals import text_literal, time_literal
from fairlead.reports.scope import Scope, aware

SPANS = ("5m", "30m", "1h", "6h", "3d")
"""Windows of burn rates, as the columns of `slo_budgets` end."""


@dataclass(frozen=True, slots=True)
class Objective:
    """A service level objective as of its newest sample."""

    slo: str
    name: str
    service: str
    target: float
    window_days: float
    measured_at: datetime | None
    measured_share: float
    """Share of its window that was measured; the rest is unknown."""
    attainment: float | None
    budget_left: float | None
    samples: int
    burns: Mapping[str, float | None]
    """Span -> burn rate."""
    silent: bool
    """Whether nothing was measured for longer than it should be."""
    team: str = ""

    def to_json(self) -> dict[str, Any]:
        """As numbers; what was not measured is null."""
        at = self.measured_at.isoformat().replace("+00:00", "Z") if self.measured_at else None
        return {
            "slo": self.slo, "name": self.name, "service": self.service or None, "team": self.team or None,
            "target": self.target, "window_days": self.window_days, "attainment": self.attainment,
            "budget_left": self.budget_left, "burn_rates": dict(self.burns), "measured_at": at,
            "measured_share": self.measured_share, "samples": self.samples, "silent": self.silent,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Burning:
    """A budget that burns too fast now."""

    slo: str
    name: str
    severity: str
    """`page` or `ticket`."""
    long_span: str
    short_span: str
    factor: float
    long_burn: float
    short_burn: float
    budget_left: float | None
    window_days: float
    measured_at: datetime

    @property
    def spent_at(self) -> datetime | None:
        """When nothing is left if it goes on as over the long window; `None` where nothing is left already."""
        if not self.budget_left or self.budget_left < 0:
            return None
        # a rate of 1 spends the whole budget in exactly its window
        days = self.budget_left * self.window_days / self.long_burn
        return self.measured_at + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Repeat:
    """An incident and the earlier one that it repeats."""

    incident: str
    title: str
    url: str | None
    earlier: str
    earlier_title: str
    earlier_at: datetime
    started_at: datetime
    kind: str
    by_what: str
    score: float
    parts: Mapping[str, float]
    days_between: float


@dataclass(frozen=True, slots=True)
class Class:
    """How many incidents of a class there were, and how many in the window before."""

    kind: str
    """`severity`, `detected_by` or `cause`."""
    name: str
    now: int
    before: int | None
    """None where nothing is known of that window: no incident before the present one has ever been told of."""


def of_service(service: str) -> str:
    """SQL condition that a row is of one service."""
    return f"service = {text_literal(service)}"


def of_scope(scope: Scope) -> str:
    """SQL condition that a row's service, or without one its repository, belongs to whoever asks."""
    return scope.owned("service", "repository")


def of_objectives(scope: Scope) -> str:
    """The same for objectives, which have a service and no repository."""
    return scope.owned("service", "cast(null as varchar)")


def load_objectives(scope: Scope, limit: str) -> list[Objective]:
    """Objectives, those with the least budget left first; what was never measured comes last."""
    rows = scope.warehouse.rows(
        "select b.*, u.due_at from slo_budgets b join attention_unmeasured_slos u using (slo) "  # noqa: S608 - escaped
        f"where b.slo in (select slo from slo_budgets where {limit}) order by b.budget_left nulls last, b.slo"
    )
    return [_objective(scope, row) for row in rows]


def _objective(scope: Scope, row: Mapping[str, Any]) -> Objective:
    return Objective(
        row["slo"], row["name"] or "", row["service"] or "", row["target"], row["window_days"],
        aware(row["measured_at"]) if row["measured_at"] is not None else None, row["measured_share"] or 0.0,
        row["attainment"], row["budget_left"], int(row["samples"]),
        {span: row[f"burn_{span}"] for span in SPANS}, aware(row["due_at"]) <= scope.now, row["team"] or "",
    )  # fmt: skip


def load_burning(scope: Scope, limit: str) -> list[Burning]:
    """Budgets that burn too fast now, the fastest first; what was measured too long ago tells nothing of now."""
    rows = scope.warehouse.rows(
        "select a.*, b.window_days from attention_burning_budgets a join slo_budgets b using (slo) "  # noqa: S608
        f"where a.due_at <= ? and a.until > ? and slo in (select slo from slo_budgets where {limit}) "
        "order by a.factor desc, a.long_burn desc, slo",
        [scope.naive_now, scope.naive_now],
    )
    return [
        Burning(
            row["slo"], row["name"] or "", row["severity"], row["long_span"], row["short_span"], row["factor"],
            row["long_burn"], row["short_burn"], row["budget_left"], row["window_days"], aware(row["measured_at"]),
        )
        for row in rows
    ]  # fmt: skip


def load_repeats(scope: Scope, window: Window, limit: str) -> list[Repeat]:
    """Incidents of a window that repeat an earlier one, the latest first."""
    rows = scope.warehouse.rows(
        "select r.*, i.title, i.url, e.title as earlier_title from incident_recurrences r "  # noqa: S608 - escaped
        "join incident_recoveries i using (incident) join incident_recoveries e on e.incident = r.earlier "
        f"where r.started_at >= {time_literal(window.start)} and r.started_at < {time_literal(window.end)} "
        f"and r.incident in (select incident from incident_recoveries where {limit}) "
        "order by r.started_at desc, r.incident"
    )
    return [
        Repeat(
            row["incident"], row["title"] or "", row["url"], row["earlier"], row["earlier_title"] or "",
            aware(row["earlier_at"]), aware(row["started_at"]), row["kind"], row["by_what"], row["score"],
            {part: row[f"{part}_part"] for part in ("title", "place", "alert") if row[f"{part}_part"] is not None},
            row["days_between"],
        )
        for row in rows
    ]  # fmt: skip


def class_query(window: Window, limit: str, kind: str) -> str:
    """SQL for the incidents of a window with their class."""
    return (
        f"select incident, coalesce({kind}, 'unknown') as class, started_at from incident_recoveries "  # noqa: S608
        f"where started_at >= {time_literal(window.start)} and started_at < {time_literal(window.end)} and {limit} "
        "order by started_at, incident"
    )


def load_classes(scope: Scope, window: Window, limit: str) -> list[Class]:
    """Incidents by severity, by who noticed them and by cause, with those of the window before beside them."""
    first = scope.warehouse.rows("select min(started_at) as at from incident_recoveries")[0]["at"]
    known = first is not None and aware(first) < window.start
    earlier, start = time_literal(window.start - (window.end - window.start)), time_literal(window.start)
    names = ", ".join(f"coalesce({kind}, 'unknown') as {kind}" for kind in _KINDS)
    # one statement for all kinds and both windows: planning six takes longer than reading the incidents
    rows = scope.warehouse.rows(
        f"select {names}, started_at >= {start} as now, count(*) as n from incident_recoveries "  # noqa: S608 - escaped
        f"where started_at >= {earlier} and started_at < {time_literal(window.end)} and {limit} group by all"
    )
    found: list[Class] = []
    for kind in _KINDS:
        now, before = (_counts(rows, kind, now=span) for span in (True, False))
        found += [
            Class(kind, name, now[name], before[name] if known else None)
            for name in sorted({*now, *before}, key=_place)
        ]
    return found


_KINDS = ("severity", "detected_by", "cause")
_ORDER: Sequence[str] = ("critical", "high", "medium", "low", "alert", "human", "customer", "deployment", "other")


def _place(name: str) -> tuple[int, str]:
    """The gravest first; a class of the team's own comes after ours, and the unknown last."""
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER) + (name == "unknown"), name)


def _counts(rows: Sequence[Mapping[str, Any]], kind: str, *, now: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    for row in rows:
        if row["now"] == now:
            counts[row[kind]] += row["n"]
    return counts

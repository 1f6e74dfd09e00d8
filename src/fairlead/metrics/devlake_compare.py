"""DevLake's DORA figures beside ours, a month at a time, with every reason for a difference and its rows.

Three values each: theirs by the rules of their dashboard over their own tables, the same rules over the records, and
our definition. So a difference of data (the first two) is told apart from one of definition (the last two).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import median
from typing import Any

from fairlead.ingest.devlake.theirs import Theirs
from fairlead.metrics import devlake
from fairlead.metrics.figures import figure
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Unit, Window

DEPLOYMENTS = "deployments"
"""In the months their dashboard shows how many deployments there were, over the whole how many days a week."""

_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Side:
    """A value and how many rows it was made from."""

    value: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two values differ: a key for the words, their numbers, and the rows."""

    key: str
    ids: tuple[str, ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure over one stretch of time."""

    figure: str
    unit: Unit
    window: Window
    theirs: Side
    compatible: Side
    ours: Side
    reasons: tuple[Reason, ...]
    whole: bool = False
    """Whether it stands for the whole window and not for a month of it, which may be as long."""

    @property
    def differs(self) -> bool:
        """Whether our value is another one than theirs."""
        return not _same(self.theirs.value, self.ours.value)


def span(warehouse: Warehouse, theirs: Theirs, months: int) -> Window | None:
    """The last months that either side knows a deployment or a merge of; `None` where neither knows any."""
    known = warehouse.rows(
        "select min(moment) as oldest, max(moment) as newest from (select finished_at as moment "
        "from counted_deployments where production union all select merged_at from changes) known"
    )[0]
    moments = [*map(_naive, theirs.deployments.values()), *(_naive(pull.merged_at) for pull in theirs.pulls)]
    moments += [at for at in known.values() if at is not None]
    if not moments:
        return None
    newest = _month(max(moments), 0)
    # not before the first thing known: months of nothing would be weeks of nothing in their median
    return Window(start=max(_month(newest, 1 - months), _month(min(moments), 0)), end=_month(newest, 1))


def compare(warehouse: Warehouse, theirs: Theirs, window: Window) -> list[Compared]:
    """Every figure over the window, then month by month; a month of which neither side knows anything is left out."""
    cut = [Window(start=start, end=_month(start, 1)) for start in _starts(window)]
    found: list[Compared] = []
    history = devlake.History(warehouse, window)
    for name in ("deployment_frequency", "lead_time", "change_failure_rate", "failed_deployment_recovery_time"):
        found.append(replace(_compared(history, theirs, name, window, window), whole=True))
        shown = DEPLOYMENTS if name == "deployment_frequency" else name
        # one month alone is the whole: nothing would be told by saying the same figure again
        parts = cut if len(cut) > 1 or shown != name else ()
        months = (_compared(history, theirs, shown, each, window) for each in parts)
        found += [one for one in months if one.theirs.n or one.ours.n or one.compatible.n]
    return found


class _Their:
    """Their rows in a window, for the rules of their dashboard."""

    def __init__(self, theirs: Theirs, part: Window, whole: Window) -> None:
        self.start, self.end = _naive(part.start), _naive(part.end)
        self.theirs, self._whole = theirs, (_naive(whole.start), _naive(whole.end))

    def in_range(self) -> dict[str, datetime]:
        return {key: _naive(at) for key, at in self.theirs.deployments.items() if self._within(at)}

    def pulls(self) -> list[devlake.Pull]:
        return [devlake.Pull(None, None, None, None, seconds / _MINUTE_S) for seconds in self.cycles().values()]

    def cycles(self) -> dict[str, float]:
        """Change -> seconds of those that have a time and whose deployment finished in the window."""
        return {
            pull.id: pull.cycle_min * _MINUTE_S
            for pull in self.theirs.pulls
            if pull.cycle_min is not None and pull.deployed_at is not None and self._within(pull.deployed_at)
        }

    def caused(self) -> list[tuple[str, datetime, datetime | None]]:
        found = []
        for incident in self.theirs.incidents:
            finished = self.theirs.deployments.get(incident.deployment or "")
            if incident.deployment and finished is not None:
                resolved = None if incident.resolved_at is None else _naive(incident.resolved_at)
                found.append((incident.deployment, _naive(finished), resolved))
        return found

    def recoveries(self) -> list[tuple[str, float]]:
        """Deployment and seconds of each incident; a month holds those of its deployments, resolved whenever."""
        return [
            (key, float((resolved - finished).total_seconds() // _MINUTE_S) * _MINUTE_S)
            for key, finished, resolved in self.caused()
            if self.start <= finished < self.end
            and resolved is not None
            and self._whole[0] <= resolved < self._whole[1]
        ]

    def _within(self, at: datetime) -> bool:
        return self.start <= _naive(at) < self.end


def _compared(history: devlake.History, theirs: Theirs, name: str, part: Window, whole: Window) -> Compared:
    warehouse = history.warehouse
    their = _Their(theirs, part, whole)
    unit: Unit
    if name == DEPLOYMENTS:
        here = len(_ours(warehouse, "counted_deployments", "deployment", part, "production and success"))
        sides = (Side(float(len(their.in_range())), len(their.in_range())), Side(here, here), Side(here, here))
        unit = "count"
    else:
        same, rows, _ = devlake.by_rules(name, history.over(part))
        own = figure(warehouse, name, part)
        sides = (_side(name, their), Side(same, rows), Side(own.value, own.n))
        unit = own.unit
    differs = not _same(sides[0].value, sides[2].value)
    reasons = list(_REASONS[name](warehouse, their, part)) if differs else []
    if not _same(sides[0].value, sides[1].value):
        reasons.append(Reason("data"))
    return Compared(name, unit, part, *sides, tuple(reasons))


def _side(name: str, their: _Their) -> Side:
    if name == "failed_deployment_recovery_time":
        spans = [seconds for _, seconds in their.recoveries()]
        return Side(devlake.lower_median(spans), len(spans))
    value, n, _ = devlake.by_rules(name, their)
    return Side(value, n)


def _ours(
    warehouse: Warehouse, table: str, key: str, part: Window, where: str, columns: str = "finished_at"
) -> dict[str, dict[str, Any]]:
    rows = warehouse.rows(
        f"select {key} as id, {columns} from {table} "  # noqa: S608 - names of this module
        f"where {where} and finished_at >= ? and finished_at < ?",
        [_naive(part.start), _naive(part.end)],
    )
    return {row["id"]: row for row in rows}


def _deployments(warehouse: Warehouse, their: _Their, part: Window) -> Iterator[Reason]:
    mine = _ours(warehouse, "counted_deployments", "deployment", part, "production and success")
    only_theirs = their.in_range().keys() - mine.keys()
    yield from _rows_of("deployments_only_ours", mine.keys() - their.in_range().keys())
    if only_theirs:
        known = {row["deployment"]: row for row in warehouse.rows("select * from counted_deployments")}
        kinds: dict[str, list[str]] = {}
        for one in only_theirs:
            row = known.get(one)
            key = (
                "not_counted" if row is None
                else "not_production" if not row["production"]
                else "part_failed" if not row["success"]
                else "finished_elsewhere"
            )  # fmt: skip
            kinds.setdefault(key, []).append(one)
        for key, ids in sorted(kinds.items()):
            yield from _rows_of(key, ids)


def _frequency(warehouse: Warehouse, their: _Their, part: Window) -> Iterator[Reason]:
    yield from _deployments(warehouse, their, part)
    # the same days, yet another median: theirs takes cut and empty weeks and never the mean of two
    yield Reason("weeks", tuple(sorted(their.in_range())))


def _lead_time(warehouse: Warehouse, their: _Their, part: Window) -> Iterator[Reason]:
    here = {
        row["change"]: row for row in warehouse.rows("select change, total_s, deployed_at from change_lead_times")
    }
    inside = [_naive(part.start), _naive(part.end)]
    mine = {
        change: row["total_s"]
        for change, row in here.items()
        if row["total_s"] is not None and inside[0] <= row["deployed_at"] < inside[1]
    }
    cycles = their.cycles()
    undated = {pull.id for pull in their.theirs.pulls if pull.deployed_at is None or pull.cycle_min is None}
    yield from _rows_of("undated", mine.keys() & undated)
    yield from _rows_of("not_theirs", mine.keys() - {pull.id for pull in their.theirs.pulls})
    unproven = {change for change in cycles if change not in here or here[change]["total_s"] is None}
    yield from _rows_of("unproven", unproven)
    dated = {pull.id for pull in their.theirs.pulls} - undated
    moved = (mine.keys() & dated - cycles.keys()) | (cycles.keys() - mine.keys() - unproven)
    yield from _rows_of("other_deployment", moved)
    both = {change: cycles[change] - mine[change] for change in mine.keys() & cycles.keys()}
    yield from _rows_of("other_length", [change for change, by in both.items() if not 0 <= by < 3 * _MINUTE_S])
    yield from _rows_of("rounded", [change for change, by in both.items() if 0 < by < 3 * _MINUTE_S])
    yield from _medians(cycles)


def _failures(warehouse: Warehouse, their: _Their, part: Window) -> Iterator[Reason]:
    mine = _ours(warehouse, "deployment_outcomes", "deployment", part, "true", "failed, why")
    if mine.keys() != their.in_range().keys():
        yield Reason("other_deployments", tuple(sorted(mine.keys() ^ their.in_range().keys())))
    blamed = {key for key, _, _ in their.caused()} & their.in_range().keys()
    failed = {key for key, row in mine.items() if row["failed"]}
    yield from _rows_of("blamed", blamed - failed)
    unblamed = failed - blamed
    yield from _rows_of("by_incident", [one for one in unblamed if "incident" in (mine[one]["why"] or "")])
    yield from _rows_of("without_incident", [one for one in unblamed if "incident" not in (mine[one]["why"] or "")])


def _recovery(warehouse: Warehouse, their: _Their, part: Window) -> Iterator[Reason]:
    where = "failed and recovery_s is not null"
    mine = _ours(warehouse, "deployment_outcomes", "deployment", part, where, "recovery_s")
    spans = their.recoveries()
    yield from _rows_of("recovery_theirs", {key for key, _ in spans} - mine.keys())
    yield from _rows_of("recovery_ours", mine.keys() - {key for key, _ in spans})
    yield from _rows_of(
        "recovery_length",
        {key for key, seconds in spans if key in mine and abs(seconds - mine[key]["recovery_s"]) >= _MINUTE_S},
    )
    yield from _medians({str(place): seconds for place, (_, seconds) in enumerate(spans)}, [key for key, _ in spans])


def _medians(values: Mapping[str, float], ids: Sequence[str] | None = None) -> Iterator[Reason]:
    lower = devlake.lower_median(values.values())
    if lower is not None and not _same(lower, median(values.values())):
        numbers = {"lower": lower, "middle": float(median(values.values()))}
        yield Reason("lower_median", tuple(sorted(values if ids is None else ids)), numbers)


def _rows_of(key: str, ids: Iterable[str]) -> Iterator[Reason]:
    if found := tuple(sorted(ids)):
        yield Reason(key, found)


_REASONS = {
    "deployment_frequency": _frequency,
    DEPLOYMENTS: _deployments,
    "lead_time": _lead_time,
    "change_failure_rate": _failures,
    "failed_deployment_recovery_time": _recovery,
}


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def _naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def _starts(window: Window) -> Iterator[datetime]:
    start = window.start
    while start < window.end:
        yield start
        start = _month(start, 1)


def _month(at: datetime, ahead: int) -> datetime:
    count = at.year * 12 + at.month - 1 + ahead
    return datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC)

"""What a key result is worth now: a metric, a query or an entry; each with what it rests on, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from fairlead.goals.amounts import days_of
from fairlead.goals.facts import Entry, Result
from fairlead.metrics import figures
from fairlead.metrics.segments import quoted
from fairlead.model.errors import Fault
from fairlead.model.figures import Evidence, Figure, Window

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

USUAL_SPAN = "30d"
QUERY_WITHIN_S = 5.0
"""A page asks for the values of many key results."""
_IDS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A value at a moment, or why there is none."""

    value: float | None = None
    at: datetime | None = None
    """Up to when it tells."""
    why: str = ""
    """Why there is no value: key of a phrase."""
    detail: str = ""
    """More of it, in words of the catalogue or the database."""
    evidence: Evidence
    figure: Figure | None = None
    """Where it is a metric."""
    entry: Entry | None = None
    """Where somebody entered it."""


def read(warehouse: Warehouse, result: Result, now: datetime, language: str = "en") -> Reading:
    """The value as of a moment; a metric stays as it was on the last day."""
    if result.value_from == "metric":
        end = min(now, result.due_at) if result.due_at else now
        return _metric(warehouse, result, end, language)
    if result.value_from == "query":
        return _query(warehouse, result, now)
    return _entered(result, now)


def began(warehouse: Warehouse, result: Result, now: datetime, language: str = "en") -> Reading:
    """Where it began: as stated, else the metric's value when its objective began, or the first entry."""
    if result.baseline is not None:
        return Reading(value=result.baseline, at=result.starts_at, evidence=_stated(result))
    if result.value_from == "metric" and result.starts_at is not None and result.starts_at < now:
        return _metric(warehouse, result, result.starts_at, language)
    entries = _by(result, now)
    if result.value_from == "manual" and entries:
        return Reading(value=entries[0].value, at=entries[0].at, evidence=_entries(result, entries), entry=entries[0])
    return Reading(why="no_baseline", evidence=_stated(result))


def history(
    warehouse: Warehouse, result: Result, now: datetime, reading: Reading, language: str = "en"
) -> list[tuple[datetime, float | None]]:
    """Values since the objective began: of a metric week by week, else what was entered or kept day by day."""
    if result.value_from != "metric":
        return [(one.at, one.value) for one in result.entries if one.at <= now]
    found = course(warehouse, result, reading, language)
    return [(point.start, point.value) for point in found.trend] if found else []


def course(warehouse: Warehouse, result: Result, reading: Reading, language: str = "en") -> Figure | None:
    """The metric's figure since the objective began, with its weeks; `None` of anything else."""
    start, end = result.starts_at, reading.at
    if reading.figure is None or start is None or end is None or start >= end:
        return None
    window = Window(start=start, end=end)
    return figures.figure(warehouse, result.metric, window, result.segment, grain="week", language=language)


def _metric(warehouse: Warehouse, result: Result, end: datetime, language: str) -> Reading:
    days = days_of(result.span or USUAL_SPAN)
    if days is None:
        return Reading(why="bad_span", detail=result.span, evidence=_stated(result))
    window = Window(start=end - timedelta(days=days), end=end)
    try:
        found = figures.figure(warehouse, result.metric, window, result.segment, language=language)
    except Fault as fault:
        return Reading(why="bad_metric", detail=fault.message, evidence=_stated(result))
    why = "" if found.value is not None else "metric_empty"
    return Reading(
        value=found.value, at=end, why=why, detail=found.missing or "", evidence=found.rows, figure=found
    )  # fmt: skip


def fault_of(warehouse: Warehouse, query: str) -> str:
    """What is wrong with a query whatever there is to count; empty where nothing is."""
    _, why, detail = _asked(warehouse, query)
    return {
        "bad_query": detail, "query_column": "it gives no column `value`", "query_rows": "it gives more than one row",
        "query_number": "its `value` is no number",
    }.get(why, "")  # fmt: skip


def _query(warehouse: Warehouse, result: Result, now: datetime) -> Reading:
    value, why, detail = _asked(warehouse, result.query)
    # one that is wrong opens to where it stands
    evidence = _stated(result)
    if why not in ("bad_query", "query_rows", "query_column"):
        evidence = Evidence(ids=(result.id,), count=0 if why == "query_none" else 1, query=result.query)
    return Reading(value=value, at=now if value is not None else None, why=why, detail=detail, evidence=evidence)


def _asked(warehouse: Warehouse, query: str) -> tuple[float | None, str, str]:
    """Value of a query, else why there is none and in which words."""
    try:
        # never with the columns about people: whoever sees the objective sees its value
        found = warehouse.readonly(query, limit=2, timeout_s=QUERY_WITHIN_S)
    except Fault as fault:
        return None, "bad_query", fault.message
    if "value" not in found.columns:
        return None, "query_column", ""
    if len(found.rows) != 1:
        return None, "query_rows" if found.rows else "query_none", ""
    value = found.rows[0]["value"]
    if value is None:
        return None, "query_null", ""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None, "query_number", ""
    return float(value), "", ""


def _entered(result: Result, now: datetime) -> Reading:
    entries = _by(result, now)
    if not entries:
        return Reading(why="no_entry", evidence=_entries(result, ()))
    last = entries[-1]
    return Reading(value=last.value, at=last.at, evidence=_entries(result, entries), entry=last)


def _by(result: Result, now: datetime) -> Sequence[Entry]:
    return [one for one in result.entries if one.at <= now]


def _entries(result: Result, entries: Sequence[Entry]) -> Evidence:
    ids = tuple(one.id for one in entries[-_IDS:]) or (result.id,)
    query = (
        f'select "at", value, note, confidence from check_ins where key_result = {quoted(result.id)} order by "at"'  # noqa: S608
    )
    return Evidence(ids=ids, count=len(entries), query=query)


def _stated(result: Result) -> Evidence:
    query = f"select * from key_results where id = {quoted(result.id)}"  # noqa: S608 - quoted
    return Evidence(ids=(result.id,), count=1, query=query)

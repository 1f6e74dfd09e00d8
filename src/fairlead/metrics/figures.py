"""A figure by name: value, previous value, trend, what was left out and why, freshness, and the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead.metrics import catalogue, devlake, frequency, periods
from fairlead.metrics.frame import Asked, Frame, aware, band, frame, least_rows, literal, rows_sql
from fairlead.metrics.periods import Grain, Period
from fairlead.metrics.segments import quoted
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import Fault
from fairlead.model.figures import Figure, Point, Window

COMPATIBLE = ("devlake",)
"""Whose published rules figures can be made by."""


@dataclass(frozen=True, slots=True)
class _Value:
    """What the rows of one period give."""

    value: float | None
    n: int
    people: int


def figure(
    warehouse: Warehouse,
    name: str,
    window: Window,
    segment: Mapping[str, str] | None = None,
    *,
    grain: Grain | None = None,
    compatible: str | None = None,
    language: str = "en",
) -> Figure:
    """The figure of that name over a window, limited to a segment.

    `compatible="devlake"` computes it by Apache DevLake's published rules instead of ours. Unknown names, segments
    and rules raise `Fault`.
    """
    entries = warehouse.catalogue
    if name not in entries:
        raise Fault(f"there is no figure `{name}`", hint="known: " + ", ".join(sorted(entries)))
    if compatible is not None and compatible not in COMPATIBLE:
        raise Fault(f"no rules of `{compatible}` are known", hint="known: " + ", ".join(COMPATIBLE))
    entry = entries[name]
    asked = Asked(warehouse, entry, _in_utc(window), segment or {}, grain or entry.grain, language)
    if compatible:
        return devlake.figure(asked, frame(asked))
    return _made(asked)


def group(
    warehouse: Warehouse,
    name: str,
    window: Window,
    segment: Mapping[str, str] | None = None,
    *,
    grain: Grain | None = None,
    compatible: str | None = None,
    language: str = "en",
) -> list[Figure]:
    """All figures of a group, like `dora`; parts come within their figure."""
    names = catalogue.group(warehouse.catalogue, name)
    if not names:
        known = sorted({entry.group for entry in warehouse.catalogue.values()})
        raise Fault(f"there is no group `{name}`", hint="known: " + ", ".join(known))
    return [
        figure(warehouse, each, window, segment, grain=grain, compatible=compatible, language=language)
        for each in names
    ]


def _made(asked: Asked) -> Figure:
    said = frame(asked)
    entry = asked.entry
    if entry.over_days:
        return frequency.figure(asked, said)
    earlier = periods.before(asked.window)
    cut = list(periods.periods(asked.window, asked.grain))
    spans = [asked.window, earlier, *(Window(start=period.start, end=period.end) for period in cut)]
    now, past, *trend = _values(asked, spans)
    if entry.people:
        now, past, *trend = (_suppressed(asked, value) for value in (now, past, *trend))
    missing = None if now.value is not None else _missing(asked, now, said)
    return said.filled(
        value=now.value,
        n=now.n,
        missing=missing,
        previous=past.value,
        previous_n=past.n,
        band=band(entry, now.value) if now.n >= least_rows(asked) else None,
        parts=_parts(asked),
        trend=_points(cut, trend),
        notes=said.notes(now.n if now.value is not None else None),
    )


def _values(asked: Asked, spans: Sequence[Window]) -> list[_Value]:
    """Values of all spans by one query: each row is read once, whatever the number of periods."""
    entry = asked.entry
    reach = Window(start=min(span.start for span in spans), end=max(span.end for span in spans))
    listed = ", ".join(
        f"({index}, timestamp {quoted(literal(span.start))}, timestamp {quoted(literal(span.end))}, "
        f"{(span.end - span.start).total_seconds() / 86400})"
        for index, span in enumerate(spans)
    )
    people = "count(distinct id)" if entry.people else "0"
    sql = f"""
        with fitted as (
            select p.idx, p.days, r.* from ({rows_sql(entry, reach, asked.segment, shown=False)}) r
            join (values {listed}) p(idx, start_at, end_at, days) on r.moment >= p.start_at and r.moment < p.end_at
        ), pieces as ({entry.within or "select * from fitted"})
        select idx, {entry.value} as value, {people} as people,
            (select count(value) from fitted f where f.idx = pieces.idx) as n
        from pieces where value is not null group by idx
    """  # noqa: S608 - made of the catalogue and of quoted literals
    found = {row["idx"]: row for row in asked.warehouse.rows(sql)}
    empty = _Value(None, 0, 0)
    return [
        _Value(_number(found[index]["value"]), found[index]["n"], found[index]["people"]) if index in found else empty
        for index in range(len(spans))
    ]


def _suppressed(asked: Asked, value: _Value) -> _Value:
    """Figures about people say nothing of groups in which one could be recognised."""
    return value if value.people >= asked.warehouse.setup.privacy.minimum_group else _Value(None, 0, value.people)


def _missing(asked: Asked, value: _Value, said: Frame) -> str:
    if asked.entry.people and 0 < value.people < asked.warehouse.setup.privacy.minimum_group:
        return "group_too_small"
    return "all_excluded" if said.excluded else asked.entry.empty


def _points(cut: Sequence[Period], trend: Sequence[_Value]) -> tuple[Point, ...]:
    return tuple(
        Point(start=period.start, end=period.end, value=value.value, n=value.n, partial=period.partial)
        for period, value in zip(cut, trend, strict=True)
    )


def _parts(asked: Asked) -> tuple[Figure, ...]:
    return tuple(
        figure(asked.warehouse, part, asked.window, asked.segment, grain=asked.grain, language=asked.language)
        for part in asked.entry.parts
    )


def _in_utc(window: Window) -> Window:
    if window.end <= window.start:
        raise Fault("the window ends before it starts")
    return Window(start=aware(window.start) or window.start, end=aware(window.end) or window.end)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)

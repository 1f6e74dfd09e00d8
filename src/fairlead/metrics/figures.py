"""A figure by name: value, previous value, trend, what was left out and why, freshness, and the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from msgspec.structs import replace

from fairlead.metrics import catalogue, devlake, frequency, periods
from fairlead.metrics.frame import Asked, Frame, aware, band, frame, least_rows
from fairlead.metrics.periods import Grain, Period
from fairlead.metrics.segments import of_large_teams
from fairlead.metrics.survey import Value, survey
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import Fault
from fairlead.model.figures import Figure, Point, Window

COMPATIBLE = ("devlake",)
"""Whose published rules figures can be made by."""


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
    if grain is not None and grain not in get_args(Grain):
        raise Fault(f"no trend by `{grain}`", hint="it can be by: " + ", ".join(get_args(Grain)))
    entry = entries[name]
    if compatible:
        # DevLake knows no services, and of a team only the repositories: a change has the one deployment there.
        entry = replace(entry, rows_by={})
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
        raise Fault(
            f"there is no figure or group `{name}`",
            hint=f"groups: {', '.join(known)}; `fairlead metrics` shows all figures",
        )
    # a group as DevLake shows it: what it has no rule for is left out, unless that leaves nothing to say
    there = [each for each in names if devlake.knows(each)] if compatible else names
    return [
        figure(warehouse, each, window, segment, grain=grain, compatible=compatible, language=language)
        for each in there or names
    ]


def _made(asked: Asked) -> Figure:
    entry = asked.entry
    if entry.over_days:
        return frequency.figure(asked, frame(asked))
    found = survey(asked.warehouse, entry, asked.window, asked.segment, asked.grain)
    said = frame(asked, found)
    now, past, *trend = (
        _suppressed(asked, value) if entry.people else value for value in (found.now, found.past, *found.trend)
    )
    missing = None if now.value is not None else _missing(asked, now, said)
    return said.filled(
        value=now.value,
        n=now.n,
        missing=missing,
        previous=past.value,
        previous_n=past.n,
        band=band(entry, now.value) if now.n >= least_rows(asked) else None,
        parts=_parts(asked),
        trend=_points(list(periods.periods(asked.window, asked.grain)), trend),
        notes=said.notes(now.n if now.value is not None else None),
    )


def _suppressed(asked: Asked, value: Value) -> Value:
    """Figures about people say nothing of groups in which one could be recognised."""
    return value if value.people >= asked.warehouse.setup.privacy.minimum_group else Value(None, 0, value.people)


def _missing(asked: Asked, value: Value, said: Frame) -> str:
    if asked.entry.people and 0 < value.people < asked.warehouse.setup.privacy.minimum_group:
        return "group_too_small"
    # that there was nothing would be false where it was kept back
    if of_large_teams(asked.entry, asked.segment):
        rows = f"select 1 from ({asked.entry.rows}) where small_team limit 1"  # noqa: S608 - of the catalogue
        if asked.warehouse.rows(rows):
            return "group_too_small"
    return "all_excluded" if said.excluded else asked.entry.empty


def _points(cut: Sequence[Period], trend: Sequence[Value]) -> tuple[Point, ...]:
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

"""What every figure says, however its value is made: what was left out, how fresh the data are, which rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fairlead.metrics.catalogue import Entry
from fairlead.metrics.periods import Grain
from fairlead.metrics.segments import conditions, quoted
from fairlead.metrics.warehouse import Warehouse
from fairlead.metrics.wording import note
from fairlead.model.figures import Band, Definition, Evidence, Figure, Freshness, Window

EVIDENCE_IDS = 50
"""Ids that a figure carries itself; the query gives all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure that somebody wants."""

    warehouse: Warehouse
    entry: Entry
    window: Window
    segment: Mapping[str, str]
    grain: Grain
    language: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What every figure says, however its value is made."""

    asked: Asked
    excluded: Mapping[str, int]
    freshness: Freshness
    rows: Evidence

    def notes(self, n: int | None, *more: str) -> tuple[str, ...]:
        """Caveats of this very value; `n` is given where there is a value."""
        asked = self.asked
        found = list(more)
        if n is not None and n < least_rows(asked):
            found.append(note("too_little_data", asked.language, n, least_rows(asked)))
        if self.freshness.silent:
            found.append(note("silent", asked.language, ", ".join(self.freshness.silent)))
        return tuple(found)

    def filled(self, *, value: float | None, n: int, **rest: Any) -> Figure:
        """The figure with its value."""
        asked, entry = self.asked, self.asked.entry
        return Figure(
            name=entry.name,
            title=entry.title.in_language(asked.language),
            value=value,
            unit=entry.unit,
            window=asked.window,
            segment=dict(asked.segment),
            n=n,
            excluded={} if rest.get("missing") == "group_too_small" else dict(self.excluded),
            direction=entry.direction,
            mark=entry.mark.in_language(asked.language) if entry.mark else None,
            definition=Definition(name=entry.name, version=entry.version, url=f"/definitions/{entry.name}"),
            freshness=self.freshness,
            rows=_no_rows(self.rows) if rest.get("missing") == "group_too_small" else self.rows,
            **rest,
        )


def _no_rows(evidence: Evidence) -> Evidence:
    return Evidence(ids=(), count=0, query=evidence.query)


def frame(asked: Asked) -> Frame:
    """Everything about a figure but its value."""
    sql = rows_sql(asked.entry, asked.window, asked.segment)
    # One pass for reasons, count and ids: a page of figures asks this dozens of times.
    (found,) = asked.warehouse.rows(f"""
        with r as ({sql}),
        top as (select id from r where value is not null order by value desc, moment desc, id limit {EVIDENCE_IDS})
        select
            (select list(id) from top) as ids,
            (select count(*) from r where value is not null) as total,
            (select map_from_entries(list((reason, n) order by n desc, reason)) from (
                select reason, count(*) as n from r where reason is not null group by reason
            )) as reasons
    """)  # noqa: S608 - the catalogue's own text with quoted literals
    count, reasons = found["total"], found["reasons"] or {}
    named = tuple(found["ids"] or ()) or (f"definition:{asked.entry.name}",)
    return Frame(
        asked,
        dict(reasons),
        freshness(asked.warehouse),
        Evidence(ids=named, count=count, query=sql),
    )


def rows_sql(entry: Entry, window: Window, segment: Mapping[str, str], *, shown: bool = True) -> str:
    """The rows of a figure as one statement that runs as it stands, in `fairlead sql` too."""
    chosen = (entry.shown if shown else None) or entry.rows
    limits = [
        f"moment >= timestamp {quoted(literal(window.start))}",
        f"moment < timestamp {quoted(literal(window.end))}",
        *conditions(entry, segment),
    ]
    return f"select * from ({chosen.strip()}) figure_rows where " + " and ".join(limits)  # noqa: S608 - quoted above


def band(entry: Entry, value: float | None) -> Band | None:
    """DORA's band of a value: a share on the bound belongs to the better side, a span of time to the worse."""
    if value is None or entry.bands is None:
        return None
    for name, bound in (("elite", entry.bands.elite), ("high", entry.bands.high), ("medium", entry.bands.medium)):
        if value < bound or (entry.unit == "share" and value == bound):
            return name  # type: ignore[return-value]
    return "low"


def least_rows(asked: Asked) -> int:
    """From how many rows on a figure is taken for more than chance."""
    return max(asked.entry.minimum_n, asked.warehouse.setup.thresholds.minimum_n)


def freshness(warehouse: Warehouse) -> Freshness:
    """How old the data of each source are, and which have been quiet for longer than the set-up allows."""
    found = warehouse.rows("select source, fresh_at from source_freshness order by source")
    now = warehouse.clock.now()
    fresh = {row["source"]: aware(row["fresh_at"]) for row in found}
    limit = warehouse.setup.thresholds.source_silent_hours * 3600
    silent = tuple(source for source, at in fresh.items() if at is None or (now - at).total_seconds() > limit)
    known = [at for at in fresh.values() if at is not None]
    return Freshness(as_of=max(known, default=now), sources=fresh, silent=silent)


def aware(moment: datetime | None) -> datetime | None:
    """A clock reading of the warehouse as a moment."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def literal(moment: datetime) -> str:
    """A moment as the warehouse reads it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")

"""What every figure says, however its value is made: what was left out, how fresh the data are, which rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fairlead.metrics.catalogue import Entry
from fairlead.metrics.periods import Grain
from fairlead.metrics.survey import Survey, rows_sql, survey
from fairlead.metrics.warehouse import Warehouse
from fairlead.metrics.wording import counted_note, note
from fairlead.model.figures import Band, Definition, Evidence, Figure, Freshness, Window


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
    left_out: Evidence | None
    doubts: Mapping[str, int]

    def notes(self, n: int | None, *more: str) -> tuple[str, ...]:
        """Caveats of this very value; `n` is given where there is a value."""
        asked = self.asked
        found = list(more)
        if n is not None:
            found += [counted_note(key, asked.language, count) for key, count in self.doubts.items()]
        if n is not None and n < least_rows(asked):
            found.append(
                note("too_little_data_one" if n == 1 else "too_little_data", asked.language, n, least_rows(asked))
            )
        if self.freshness.silent:
            found.append(note("silent", asked.language, ", ".join(self.freshness.silent)))
        return tuple(found)

    def filled(self, *, value: float | None, n: int, **rest: Any) -> Figure:
        """The figure with its value."""
        asked, entry = self.asked, self.asked.entry
        withheld = rest.get("missing") == "group_too_small"
        return Figure(
            name=entry.name,
            title=entry.title.in_language(asked.language),
            value=value,
            unit=entry.unit,
            window=asked.window,
            segment=dict(asked.segment),
            n=n,
            excluded={} if withheld else dict(self.excluded),
            direction=entry.direction,
            mark=entry.mark.in_language(asked.language) if entry.mark else None,
            definition=Definition(name=entry.name, version=entry.version, url=f"/definitions/{entry.name}"),
            freshness=self.freshness,
            rows=_no_rows(self.rows, entry.name) if withheld else self.rows,
            left_out=None if withheld else self.left_out,
            **rest,
        )


def _no_rows(evidence: Evidence, name: str) -> Evidence:
    return Evidence(ids=(f"definition:{name}",), count=0, query=f"{evidence.query} and false")


def frame(asked: Asked, found: Survey | None = None) -> Frame:
    """Everything about a figure but its value."""
    entry, window, segment = asked.entry, asked.window, asked.segment
    found = found or survey(asked.warehouse, entry, window, segment)
    left_out = None
    if found.left:
        left_out = Evidence(
            ids=found.left_ids, count=found.left, query=rows_sql(entry, window, segment, which="left_out")
        )
    return Frame(
        asked,
        found.reasons,
        freshness(asked.warehouse),
        Evidence(
            ids=found.ids or (f"definition:{entry.name}",),
            count=found.count,
            query=rows_sql(entry, window, segment, which="counted"),
        ),
        left_out,
        found.doubts,
    )


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
    now = warehouse.clock.now()
    ages = [(source, aware(at), aware(due_at)) for source, at, due_at in warehouse.source_ages()]
    fresh = {source: at for source, at, _ in ages}
    silent = tuple(source for source, at, due_at in ages if at is None or (due_at is not None and due_at <= now))
    known = [at for at in fresh.values() if at is not None]
    return Freshness(as_of=max(known, default=now), sources=fresh, silent=silent)


def aware(moment: datetime | None) -> datetime | None:
    """A clock reading of the warehouse as a moment."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

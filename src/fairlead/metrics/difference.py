"""What differs between two warehouses: tables whose rows are others, and the figures that follow from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fairlead.metrics import figures
from fairlead.metrics.catalogue import Entry
from fairlead.metrics.shown import documented
from fairlead.metrics.survey import rows_sql
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Figure, Window

Segment = Mapping[str, str]
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of which the rows are others."""

    name: str
    before: int
    after: int
    """How many rows there are."""
    public: bool
    """Whether it is documented: the rest are steps on the way."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure on both sides; `None` where there is none of that name or segment."""

    name: str
    segment: Segment
    before: Figure | None
    after: Figure | None


def changed_tables(before: Warehouse, after: Warehouse) -> list[Table]:
    """All tables with other rows, whatever their order."""
    old, new = _contents(before), _contents(after)
    listed = documented()
    return [
        Table(name, old.get(name, _NONE)[0], new.get(name, _NONE)[0], name in listed)
        for name in sorted(old.keys() | new.keys())
        if old.get(name, _NONE) != new.get(name, _NONE)
    ]


_NONE = (0, 0)


def _contents(warehouse: Warehouse) -> Mapping[str, tuple[int, int]]:
    """Table or view -> how many rows, and a sum over them that no order changes."""
    named = warehouse.rows(
        "select table_name as name from duckdb_tables() where schema_name = 'main' and not temporary "
        "union all select view_name from duckdb_views() where schema_name = 'main' and not internal"
    )
    # What the warehouse keeps for itself tells how it was made, and the lists of what was dirty when.
    names = sorted(row["name"] for row in named if not row["name"].startswith(("warehouse_", "dirty_")))
    counted = (
        f"select '{name}' as name, count(*) as n, coalesce(sum(hash(t)), 0) as sum from \"{name}\" t"  # noqa: S608
        for name in names
    )
    found: dict[str, tuple[int, int]] = {}
    for query in counted:
        (row,) = warehouse.rows(query)
        found[row["name"]] = (row["n"], int(row["sum"]))
    return found


def changed_figures(
    before: Warehouse, after: Warehouse, tables: Sequence[Table], window: Window, segments: Iterable[Segment]
) -> Iterator[Pair]:
    """Every figure that says something else, for all and for each segment that it can be limited to."""
    old, new = before.catalogue, after.catalogue
    moved = {table.name for table in tables}
    # From how many rows on a figure says anything is no matter of rows.
    bounds = before.setup.thresholds != after.setup.thresholds or before.setup.privacy != after.setup.privacy
    for segment in segments:
        for name in dict.fromkeys([*new, *old]):
            sides = [entry for entry in (old.get(name), new.get(name)) if entry and _can(entry, segment)]
            redefined = _meaning(old.get(name)) != _meaning(new.get(name))
            # Asking costs some thirty milliseconds on each side: what reads nothing that moved is not asked.
            if not (bounds or redefined or any(_reads(entry, window, segment) & moved for entry in sides)):
                continue
            pair = Pair(name, segment, _figure(before, name, window, segment), _figure(after, name, window, segment))
            if redefined or _said(pair.before) != _said(pair.after):
                yield pair


def _can(entry: Entry, segment: Segment) -> bool:
    return set(segment) <= set(entry.segments)


def _meaning(entry: Entry | None) -> object:
    """All of an entry but where it was read."""
    return entry and {name: getattr(entry, name) for name in entry.__struct_fields__ if name != "path"}


def _reads(entry: Entry, window: Window, segment: Segment) -> set[str]:
    """Every word of its SQL: more than the tables, never less."""
    return set(_WORD.findall(f"{rows_sql(entry, window, segment, shown=False)} {entry.within or ''}"))


def _figure(warehouse: Warehouse, name: str, window: Window, segment: Segment) -> Figure | None:
    entry = warehouse.catalogue.get(name)
    if entry is None or not _can(entry, segment):
        return None
    return figures.figure(warehouse, name, window, segment)


def _said(figure: Figure | None) -> object:
    return figure and (figure.value, figure.n, figure.missing, figure.excluded, figure.band)

"""Fields that were found by their meaning, shown for confirmation: a wrong one gives figures that look right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from fairlead.connectors.kit.guide import Meanings
from fairlead.store.intake import Tally
from fairlead.ui.views.arrivals import last
from fairlead.ui.views.grids import Cell, Column, Grid, grid
from fairlead.ui.views.intake import Heard
from fairlead.ui.views.links import short
from fairlead.ui.visit import Visit

EXAMPLES = 3


@dataclass(frozen=True)
class Confirmed:
    """What one source's fields were taken for."""

    source: str
    grid: Grid
    lines: str
    """What to put into the settings to keep it so; empty where all of it stands there."""


def confirmed(visit: Visit, meanings: Meanings, heard: Heard) -> Confirmed | None:
    """Each meaning with its field, how it is known, and what came of it; nothing before anything has come."""
    counts = _counted(visit, meanings, heard.name)
    if not counts["all"]:
        return None
    stated, found = _stated(visit, meanings, heard.name), _found(visit, meanings, heard.tallies)
    rows: list[dict[str, Any]] = [
        {
            "meaning": meaning,
            "fields": stated.get(meaning) or found.get(meaning) or [],
            "stated": meaning in stated,
            "count": counts[meaning],
            "like": _like(visit, meanings, heard.name, column),
        }
        for meaning, column in meanings.columns.items()
    ]
    kept = {row["meaning"]: row["fields"] for row in rows if row["fields"]}
    return Confirmed(
        heard.name,
        grid(visit, visit.frame.path, _columns(visit, meanings, counts["all"]), rows),
        "" if kept.keys() <= stated.keys() else _lines(heard.name, meanings.option, kept),
    )


def _columns(visit: Visit, meanings: Meanings, total: int) -> list[Column]:
    words, shown = visit.words, visit.shown

    def known(row: Mapping[str, Any]) -> Cell:
        if row["stated"]:
            return Cell(words("stated in fairlead.toml"), tag="ok")
        if row["fields"]:
            return Cell(words("found by the sync: please confirm"), tag="watch")
        # Some show what they are by their values; the number of the field is then known to no one.
        said = words("known by its values alone") if row["count"] else words("not found")
        return Cell(said, tag="neutral")

    def filled(row: Mapping[str, Any]) -> Cell:
        return Cell(words("{n} of {all}", n=shown.number(row["count"]), all=shown.number(total)))

    return [
        Column(words("Means"), lambda row: Cell(words(meanings.titles[row["meaning"]]))),
        Column(words("Field"), lambda row: Cell(", ".join(row["fields"]) or None, why=words("no field is known"))),
        Column(words("How it is known"), known),
        Column(words("Records with a value"), filled, number=True),
        Column(words("Like"), lambda row: Cell(row["like"] or None, why=words("none has a value"))),
    ]


def _stated(visit: Visit, meanings: Meanings, source: str) -> dict[str, list[str]]:
    own = visit.services.options(source).values.get(meanings.option) if visit.services.source(source) else None
    said = own if isinstance(own, Mapping) else {}
    return {name: [said[name]] if isinstance(said[name], str) else list(said[name]) for name in said}


def _found(visit: Visit, meanings: Meanings, tallies: tuple[Tally, ...]) -> dict[str, list[str]]:
    """What the last sync noted beside a page of any kind."""
    for tally in sorted(tallies, key=lambda one: one.last_at, reverse=True):
        event = last(visit.services.log, tally) if tally.kind.startswith("api:") else None
        if event and meanings.note in event.headers:
            try:
                return msgspec.json.decode(event.headers[meanings.note], type=dict[str, list[str]])
            except msgspec.MsgspecError:
                # A note of another version than this one says nothing here; the readers judge it for themselves.
                continue
    return {}


def _counted(visit: Visit, meanings: Meanings, source: str) -> dict[str, int]:
    # A flag that is down is no value: what is counted must be what the field made of a record.
    counts = ", ".join(
        f"count(*) filter (where {_set(column)}) as {meaning}" for meaning, column in meanings.columns.items()
    )
    living = f"from {meanings.table} where source = $source and deleted_at is null"
    rows = visit.services.warehouse.rows(f'select count(*) as "all", {counts} {living}', {"source": source})
    return {name: int(value) for name, value in rows[0].items()}


def _like(visit: Visit, meanings: Meanings, source: str, column: str) -> str:
    query = f"""
    select id, {column} as said from {meanings.table} where source = $source and deleted_at is null and {_set(column)}
    order by updated_at desc nulls last, id limit {EXAMPLES}
    """  # noqa: S608 - names of a shipped file
    rows = visit.services.warehouse.rows(query, {"source": source})
    return "; ".join(f"{short(row['id'])}: {_said(visit, row['said'])}" for row in rows)


def _said(visit: Visit, value: Any) -> str:
    if isinstance(value, bool):
        return visit.words("yes") if value else visit.words("no")
    if isinstance(value, int | float):
        return visit.shown.number(value)
    # People know a sprint by its name, and would have to look up the number.
    named = visit.services.warehouse.rows("select name from sprints where id = $id", {"id": str(value)})
    return str((named and named[0]["name"]) or short(str(value)))


def _set(column: str) -> str:
    return f"cast({column} as varchar) not in ('', 'false')"


def _lines(source: str, option: str, known: Mapping[str, list[str]]) -> str:
    """As TOML, in the form in which people write it."""
    told = ", ".join(f"{meaning} = {_toml(fields)}" for meaning, fields in known.items())
    return f"[sources.{source}.options]\n{option} = {{ {told} }}"


def _toml(fields: list[str]) -> str:
    texts = [msgspec.json.encode(field).decode() for field in fields]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"

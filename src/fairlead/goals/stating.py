"""What files state and records do not hold yet, as raw events: the same files twice say nothing new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead.connectors.kit.decided import plain_values, values_of
from fairlead.connectors.kit.goals import STATED_OBJECTIVE, STATED_RESULT, objective_stated, objective_unstated
from fairlead.goals.files import Stated
from fairlead.model.raw import RawEvent

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """What has to be said so that the records are as the files."""

    events: tuple[RawEvent, ...] = ()
    stated: tuple[str, ...] = ()
    """Objectives that are new or have changed."""
    gone: tuple[str, ...] = ()
    """Objectives that the files no longer have."""


def difference(
    stated: Sequence[Stated], objectives: Iterable[Row], results: Iterable[Row], at: datetime, *, whole: bool
) -> Difference:
    """Compares files with records; only of a `whole` reading is what it lacks taken out.

    What was entered by hand is nobody's file and stays as it is.
    """
    held = {row["id"]: row for row in objectives}
    below: dict[str, dict[str, Row]] = {}
    for row in results:
        below.setdefault(row["objective"] or "", {})[row["id"]] = row
    events, said = [], []
    for one in stated:
        gone = sorted(
            row["id"]
            for row in below.get(one.id, {}).values()
            if row["deleted_at"] is None and row["id"] not in one.results
        )
        if gone or _differs(one, held.get(one.id), below.get(one.id, {})):
            new = {} if one.id in held else {"created_at": at}
            told = {
                name: fields if name in below.get(one.id, {}) else {"created_at": at, **fields}
                for name, fields in one.results.items()
            }
            events.append(objective_stated(one.id, {**new, **one.fields}, told, gone, at))
            said.append(one.id)
    left = _left(stated, held) if whole else []
    for objective in left:
        alive = [row["id"] for row in below.get(objective, {}).values() if row["deleted_at"] is None]
        events.append(objective_unstated(objective, sorted(alive), at))
    return Difference(tuple(events), tuple(said), tuple(left))


def _left(stated: Sequence[Stated], held: Mapping[str, Row]) -> list[str]:
    there = {one.id for one in stated}
    return sorted(
        row["id"] for row in held.values() if row["path"] and row["deleted_at"] is None and row["id"] not in there
    )


def _differs(stated: Stated, row: Row | None, results: Mapping[str, Row]) -> bool:
    return _other("objectives", STATED_OBJECTIVE, stated.fields, row) or any(
        _other("key_results", STATED_RESULT, {"objective": stated.id, **fields}, results.get(result))
        for result, fields in stated.results.items()
    )


def _other(table: str, names: Sequence[str], fields: Mapping[str, Any], row: Row | None) -> bool:
    if row is None or row["deleted_at"] is not None:
        return True
    said = values_of(table, plain_values(fields))
    return any(_plain(said.get(name)) != _plain(row[name]) for name in {*names, *said})


def _plain(value: Any) -> Any:
    """An empty text or list is nothing there; a zero is a number."""
    return None if value in ("", ()) else value

"""One payload by a mapping; pure: the mapping comes with the options, so that a changed file replays its source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET

from fairlead.connectors.generic.conversions import CONVERSIONS, into_column
from fairlead.connectors.generic.mapping import ANY_OTHER, Condition, Mapped, Said, compiled
from fairlead.connectors.generic.paths import filled, search, written
from fairlead.connectors.kit.connector import Delivery, Options, Reading
from fairlead.connectors.kit.payload import Doc, decode
from fairlead.model.errors import Unreadable
from fairlead.model.patch import Patch
from fairlead.model.schema import TABLES, Column

_LONGEST_MATCHED = 10_000
_MOST_RECORDS = 10_000
"""Of one payload: a path that multiplies lists is a mistake, and would hold the writers' lock."""


def read(delivery: Delivery, options: Options) -> Reading:
    """The records of every mapping that fits; a payload that none fits is kept and says so."""
    mappings = compiled(options.values.get("mapping"))
    body = decode(delivery.body)
    fitting = [mapping for mapping in mappings if _fits(mapping, body, delivery.headers)]
    patches = [patch for mapping in fitting for patch in _patches(mapping, body, options.source)]
    if patches:
        return Reading(patches=patches)
    names = ", ".join(f"`{mapping.name}`" for mapping in fitting)
    return Reading(nothing=f"{names} fits, and its list is empty" if fitting else "no mapping fits")


def _fits(mapping: Mapped, body: Any, headers: Mapping[str, str]) -> bool:
    scope = _scope(body)
    return all(
        _holds(test, headers.get(test.header) if test.header else search(test.path, scope)) for test in mapping.tests
    )


def _holds(test: Condition, value: Any) -> bool:
    if test.kind == "exists":
        return (value is not None) is test.wanted
    if test.kind == "matches":
        # longer texts are cut: a pattern that goes back and forth over megabytes would stop all sources
        return isinstance(value, str | int | float) and bool(re.search(test.wanted, str(value)[:_LONGEST_MATCHED]))
    # true is no 1 here, whatever Python says
    return value == test.wanted and isinstance(value, bool) is isinstance(test.wanted, bool)


def _patches(mapping: Mapped, body: Any, source: str) -> Iterator[Patch]:
    if not mapping.each:
        yield _patch(mapping, _scope(body), source)
        return
    found = search(mapping.each, _scope(body))
    items = [] if found is None else found
    if not isinstance(items, list):
        raise Unreadable(mapping.each, f"expected a list for `{mapping.name}`")
    if len(items) > _MOST_RECORDS:
        raise Unreadable(mapping.each, f"holds {len(items)} items; at most {_MOST_RECORDS}")
    for item in items:
        yield _patch(mapping, {**_scope(body), "item": item}, source)


def _scope(body: Any) -> dict[str, Any]:
    """What paths see: the keys of an object, else the whole under `body`."""
    return body if type(body) is dict else {"body": body}


def _patch(mapping: Mapped, scope: dict[str, Any], source: str) -> Patch:
    at = Doc({mapping.version: search(mapping.version, scope)}, "").need_time(mapping.version)
    values = {name: _field(column, said, scope, source) for name, (column, said) in mapping.fields.items()}
    record = TABLES[mapping.record](id=_id(mapping, scope, source), source=source, **values)
    return Patch(record, at, mapping.rank)


def _id(mapping: Mapped, scope: dict[str, Any], source: str) -> str:
    if mapping.id.template:
        found = filled(mapping.id.template, source, scope)
    else:
        value = search(mapping.id.path, scope)
        # a bare number of a tool would be the id of somebody else's record too
        found = f"{source}:{mapping.record}/{written(mapping.id.path, value)}" if value not in (None, "") else None
    if found is None:
        words = f"`{mapping.name}` makes no id of it: a value is missing"
        raise Unreadable(mapping.id.template or mapping.id.path, words)
    return found


def _field(column: Column, said: Said, scope: dict[str, Any], source: str) -> Any:
    place = said.path or said.template or column.name
    value = said.value
    if said.path or said.template:
        value = filled(said.template, source, scope) if said.template else search(said.path, scope)
    if value is None:
        # JMESPath does not tell a missing key from an empty one, so neither blanks what is known
        if not said.has_default:
            return UNSET
        return None if said.default is None else into_column(column, place, said.default)
    for step in said.steps:
        value = CONVERSIONS[step](place, value)
    if said.table:
        value = _translated(said, place, value)
        if value is None:
            return None
    return into_column(column, place, value)


def _translated(said: Said, place: str, value: Any) -> Any:
    key = written(place, value)
    if key in said.table:
        return said.table[key]
    if ANY_OTHER in said.table:
        return said.table[ANY_OTHER]
    raise Unreadable(place, f'`{key[:40]}` stands not in the `map`; `"{ANY_OTHER}"` would take all others')

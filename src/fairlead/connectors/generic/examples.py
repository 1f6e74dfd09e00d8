"""What a mapping makes of payloads, shown without storing anything; and its own examples, held against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from fairlead.connectors.generic.read import read
from fairlead.connectors.kit.connector import Delivery, Options, Reading
from fairlead.model.errors import Unreadable


def tried(mapping: Mapping[str, Any], source: str, headers: Mapping[str, str], body: bytes) -> Reading:
    """What a payload would become."""
    lowered = {name.lower(): value for name, value in headers.items()}
    return read(Delivery("generic:hook", lowered, body), Options(source, {"mapping": mapping}))


def shown(reading: Reading) -> list[dict[str, Any]]:
    """Its records as plain values, the table first."""
    return [
        {"record": patch.table, "id": patch.record.id, **msgspec.to_builtins(patch.said())}
        for patch in reading.patches
    ]


def failures(mapping: Mapping[str, Any], source: str) -> Iterator[tuple[int, str]]:
    """Number of each example that does not hold, and how it differs."""
    for index, example in enumerate(mapping.get("examples") or ()):
        body = msgspec.json.encode(example["body"])
        try:
            found = shown(tried(mapping, source, example.get("headers") or {}, body))
        except Unreadable as fault:
            yield index, f"cannot be read: {fault.message}"
            continue
        yield from ((index, words) for words in _differences(found, example["expect"] or []))


def _differences(found: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> Iterator[str]:
    if len(found) != len(wanted):
        yield f"expected {len(wanted)} records, got {len(found)}: {', '.join(one['id'] for one in found) or 'none'}"
        return
    # in the order of mappings and lists, which the payload fixes
    for made, expected in zip(found, wanted, strict=True):
        for name, value in msgspec.to_builtins(expected).items():
            if not _same(made.get(name), value):
                yield f"{made['id']}: `{name}` is {made.get(name)!r}, expected {value!r}"


def _same(made: Any, expected: Any) -> bool:
    """Times are compared as moments: whoever writes an example writes them in the tool's own way."""
    if made == expected:
        return True
    if isinstance(made, str) and isinstance(expected, str):
        from fairlead.model.times import parse_time

        try:
            return parse_time(made) == parse_time(expected)
        except ValueError:
            return False
    return isinstance(made, tuple) and list(made) == expected

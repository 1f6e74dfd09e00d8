"""A raw event as messages of a stream: its subject, its form, and its parts where one message cannot hold it.

The subject says source and delivery id, so that the stream itself knows whether a delivery is there, for as long as
it is kept: the server's own window for duplicates would forget after minutes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from fairlead.bus import rows
from fairlead.model.raw import RawEvent, StoredRaw
from fairlead.model.times import from_us

PARTS = "Fairlead-Parts"
"""Header: how many messages right before this one hold the beginning of the event."""

APPEND = "Fairlead-Append"
"""Header: which append wrote it, so that one whose acknowledgement was lost knows its own again."""

UNIT = "Fairlead-Unit"
"""Header: which unit of several batches it belongs to; it counts once the unit is sealed."""

STATE = "Fairlead-State"
"""Header of a unit's own messages: `open`, and at its end `sealed` or `void`."""

_UNITS = "=unit="
"""Where a source's name stands in other subjects: `_token` makes an equals sign of none."""

_ROW = tuple[str, str, str, str, int, str, str, int, bytes]
"""`rows.COLUMNS`, packed as MessagePack."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_ROW).decode


class Draft(NamedTuple):
    """What is published for one event."""

    subject: str
    parts: list[bytes]
    """The last one is the event's own message, at whose position it stands."""
    expected: int = 0
    """Position of what must stand last under the subject; 0: nothing may."""
    marks: Mapping[str, str] = MappingProxyType({})
    """Headers besides those of every message."""


class Found(NamedTuple):
    """A message of the stream."""

    seq: int
    subject: str
    headers: dict[str, str]
    data: bytes
    stored_at: str


def subjects(stream: str) -> list[str]:
    """All that the stream takes."""
    return [f"{stream}.event.>", f"{stream}.part"]


def part_subject(stream: str) -> str:
    """Subject of what comes before an event that is too large for one message."""
    return f"{stream}.part"


def source_subject(stream: str, source: str | None) -> str:
    """Subjects of a source's events, or of all."""
    return f"{stream}.event.>" if source is None else f"{stream}.event.{_token(source)}.*"


def event_subject(stream: str, source: str, delivery: str) -> str:
    """Subject of one delivery: no other has it, and it has one message."""
    # a hash, for ids hold spaces and dots; 160 bits, as in `content_id`
    digest = hashlib.sha256(delivery.encode()).digest()[:20]
    return f"{stream}.event.{_token(source)}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def unit_subject(stream: str, unit: str) -> str:
    """Subject of what is said of a unit; below those of events, so that readers meet its end where it stands."""
    return f"{stream}.event.{_UNITS}.{unit}"


def unit_said(stream: str, unit: str, state: str, expected: int, now: datetime) -> Draft:
    """A word on a unit, the next one after that at a position.

    The last word is an event, which ingestion passes over: the end of the log is then always something that a
    consumer can reach, and none waits for what it will never be given.
    """
    told = b""
    if state != "open":
        told = _encode(rows.row(RawEvent("fairlead", "fairlead", f"unit.{state}", unit, b"{}", now, {}, "local")))
    return Draft(unit_subject(stream, unit), [told], expected, {UNIT: unit, STATE: state})


def draft(stream: str, row: tuple[Any, ...], largest: int) -> Draft:
    """A row in messages of at most so many bytes."""
    whole = _encode(row)
    # cut after packing, so that headers of any length fit as well as bodies
    parts = [whole[start : start + largest] for start in range(0, len(whole), largest)]
    return Draft(event_subject(stream, row[0], row[3]), parts)


def stored(found: Found, whole: bytes) -> StoredRaw:
    """A message, with what came before it put in front, as an event."""
    try:
        return rows.stored((found.seq, *_decode(whole)))
    except (msgspec.MsgspecError, ValueError):
        # Somebody else published to our subjects. Raising would stop every consumer here for good; as an event of no
        # known tool it goes to quarantine, where a person sees it.
        return StoredRaw(found.seq, _foreign(found, whole))


def received_us(whole: bytes) -> int | None:
    """When an event was received; `None` for what is no event of ours."""
    try:
        row: tuple[Any, ...] = _decode(whole)
    except msgspec.MsgspecError:
        return None
    return int(row[rows.COLUMNS.index("received_us")])


def part_count(headers: dict[str, str]) -> int:
    """How many messages before this one belong to it."""
    said = headers.get(PARTS, "")
    return int(said) if said.isdecimal() else 0


def _foreign(found: Found, whole: bytes) -> RawEvent:
    return RawEvent("nats", "nats", "foreign", f"{found.subject} {found.seq}", whole, from_us(0))


def _token(source: str) -> str:
    """A source's name as one token of a subject; distinct names stay distinct."""
    return "".join(sign if sign.isalnum() and sign.isascii() else f"={ord(sign):x}=" for sign in source)


def of_rows(given: Sequence[tuple[Any, ...]], stream: str, largest: int) -> dict[str, Draft]:
    """Drafts by subject; of several rows with one delivery id the first."""
    made: dict[str, Draft] = {}
    for row in given:
        one = draft(stream, row, largest)
        made.setdefault(one.subject, one)
    return made

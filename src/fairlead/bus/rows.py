"""A raw event as a row of a SQL log: which columns, in which form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

import msgspec
import zstandard

from fairlead.model.raw import RawEvent, StoredRaw, Trust
from fairlead.model.times import epoch_us, from_us

COLUMNS = ("source", "tool", "kind", "delivery", "received_us", "trust", "headers", "packed", "body")
"""In the order of `row`; the body last, so that SQLite reads the rest without following its overflow pages."""

PLAIN, ZSTD = 0, 1
"""Forms of a body, column `packed`."""

SMALLEST_PACKED = 256
"""Bodies below this many bytes gain nothing by compression."""

_SECRET_NAME = re.compile(r"authorization|cookie|signature|secret|token|password|api-?key|-key$|credential")


@cache
def is_secret(header: str) -> bool:
    """Whether a header of this lower-case name may carry a secret: the log does not keep it."""
    return _SECRET_NAME.search(header) is not None


def row(event: RawEvent) -> tuple[Any, ...]:
    """The event in the order of `COLUMNS`."""
    return (
        storable(event.source),
        storable(event.tool),
        storable(event.kind),
        storable(event.delivery),
        epoch_us(event.received_at),
        event.trust,
        _headers(event.headers),
        PLAIN,
        event.body,
    )


def stored(found: Sequence[Any]) -> StoredRaw:
    """A row of `seq` and `COLUMNS` as an event."""
    seq, source, tool, kind, delivery, received_us, trust, headers, packed, body = found
    event = RawEvent(
        source=source,
        tool=tool,
        kind=kind,
        delivery=delivery,
        body=unpack(packed, bytes(body)),
        received_at=from_us(received_us),
        headers=msgspec.json.decode(headers),
        trust=cast(Trust, trust),
    )
    return StoredRaw(seq, event)


def storable(text: str) -> str:
    """Text that both stores hold: PostgreSQL takes no NUL, neither takes lone surrogates, ids may hold either."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def pack(body: bytes) -> bytes | None:
    """The body compressed; `None` if that gains nothing."""
    if len(body) < SMALLEST_PACKED:
        return None
    small = zstandard.ZstdCompressor(level=3).compress(body)
    return small if len(small) < len(body) else None


def unpack(packed: int, body: bytes) -> bytes:
    """Reverses `pack`; a plain body passes through."""
    return zstandard.ZstdDecompressor().decompress(body) if packed == ZSTD else body


def _headers(headers: Mapping[str, str]) -> str:
    """Headers as JSON, without those that may carry a secret."""
    kept = {storable(name): storable(value) for name, value in headers.items() if not is_secret(name)}
    return msgspec.json.encode(kept).decode()

"""A raw event as a row of a SQL log: which columns, in which form."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

import msgspec
import zstandard

from fairlead.model.raw import RawEvent, StoredRaw, Trust
from fairlead.model.times import epoch_us, from_us

COLUMNS = ("source", "tool", "kind", "delivery", "received_us", "trust", "headers", "packed", "body")
"""In the order of `row`; the body last, so that SQLite reads the rest without following its overflow pages."""

PLAIN, QUICK, DENSE = 0, 1, 2
"""Forms of a body, column `packed`: as it came, compressed on arrival, compressed again once it was read."""

# quick while somebody waits for the acknowledgement, dense when nobody does
_QUICK_LEVEL, _DENSE_LEVEL = 1, 9

# so short a text hardly repeats itself, and a frame has its own bytes
SMALLEST_PACKED = 256
"""Bodies below this many bytes gain nothing by compression."""

# by parts of a name rather than a list of names: each tool has its own, and a secret kept is kept for good
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
    # nearly all are, and go on without a copy
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def pack_quickly(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows with their bodies compressed where that gains something.

    It saves more time at the disk than it costs, and the whole batch is one call that leaves the interpreter lock.
    """
    large = [at for at, row in enumerate(rows) if len(row[-1]) >= SMALLEST_PACKED]
    if not large:
        return list(rows)
    made = zstandard.ZstdCompressor(level=_QUICK_LEVEL).multi_compress_to_buffer([rows[at][-1] for at in large])
    packed = list(rows)
    for number, at in enumerate(large):
        # bodies that are compressed already would grow
        if len(made[number]) < len(rows[at][-1]):
            packed[at] = (*rows[at][:-2], QUICK, made[number].tobytes())
    return packed


def pack_densely(packed: int, body: bytes) -> bytes | None:
    """A stored body in its smallest form; `None` if that gains nothing."""
    plain = unpack(packed, body)
    if packed == DENSE or len(plain) < SMALLEST_PACKED:
        return None
    small = zstandard.ZstdCompressor(level=_DENSE_LEVEL).compress(plain)
    # each rewritten row is a page written: not for nothing
    return small if len(small) < len(body) else None


def unpack(packed: int, body: bytes) -> bytes:
    """A stored body as it came."""
    return body if packed == PLAIN else _decompressor().decompress(body)


def _decompressor() -> zstandard.ZstdDecompressor:
    """One a thread: making it costs as much as a body, and two threads must not share it."""
    try:
        found: zstandard.ZstdDecompressor = _own.decompressor
    except AttributeError:
        found = _own.decompressor = zstandard.ZstdDecompressor()
    return found


_own = threading.local()


def _headers(headers: Mapping[str, str]) -> str:
    """Headers as JSON, without those that may carry a secret."""
    kept = {storable(name): storable(value) for name, value in headers.items() if not is_secret(name)}
    return msgspec.json.encode(kept).decode()

"""How observations become a record, whatever the order in which they arrive.

A `Patch` says some fields of one record as of a version. Every field of a record is a register that keeps the
value with the highest version: merging is commutative, associative and idempotent, so a payload may come twice,
late or by another way and the record is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import UNSET

from fairlead.model.records.kinds import Record
from fairlead.model.schema import TABLE_OF, column_names
from fairlead.model.times import EPOCH, epoch_us, from_us

# sorted, so that the same words in another order have the same hash
_canonical = msgspec.json.Encoder(order="sorted")

NEVER_SAID = ""
"""Version of a field that nobody has said yet; lower than every other."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Fields of one record as one payload tells them."""

    record: Record
    """The record; fields left `UNSET` are not said."""
    at: datetime
    """The provider's own version time of these fields (updated-at), never the arrival."""
    rank: int = 0
    """Order of two statements of the same second: a later step of the life cycle has the higher rank (0-99)."""

    @property
    def table(self) -> str:
        """Table of the record."""
        return TABLE_OF[type(self.record)]

    def said(self) -> dict[str, Any]:
        """The fields that are said, without the id."""
        names, values = _fields(type(self.record))
        return {name: value for name, value in zip(names, values(self.record), strict=True) if value is not UNSET}

    def version(self) -> str:
        """Sortable version: time in microseconds, rank, hash of what is said."""
        return f"{version_time(self.at, self.rank)}.{version_digest(self.said())}"


@cache
def _fields(kind: type[Record]) -> tuple[tuple[str, ...], Callable[[Record], tuple[Any, ...]]]:
    """Names of the fields but the id, and what reads all of them at once."""
    names = tuple(name for name in kind.__struct_fields__ if name != "id")
    # one call for all fields: this runs for every record of every payload
    return names, attrgetter(*names)


@lru_cache(maxsize=4096)
def version_time(at: datetime, rank: int) -> str:
    """The part of a version that says when: time in microseconds, then rank."""
    # of fixed width: versions are compared as text, here and in the store
    return f"{epoch_us(at) + _OFFSET:017d}.{rank:02d}"


def version_moment(version: str) -> datetime:
    """When a version says that it was said."""
    return from_us(int(version[:17]) - _OFFSET)


def version_digest(said: Mapping[str, Any]) -> str:
    """The part of a version that decides between statements of one moment: a hash of what is said."""
    # four bytes: it only has to break ties, and every row keeps it for its fields
    return hashlib.blake2b(_canonical.encode(said), digest_size=4).hexdigest()


_OFFSET = 10**16
"""Keeps versions before 1970 sortable as text."""

OLDEST = EPOCH
"""Version time for statements without a time of their own: anything dated wins over them."""


@dataclass(slots=True)
class Merged:
    """A record's values with the version of each field."""

    id: str
    values: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def apply(self, said: Mapping[str, Any], version: str) -> bool:
        """Takes over each field whose version is higher; tells whether any value changed."""
        changed = False
        for name, value in said.items():
            held = self.versions.get(name, NEVER_SAID)
            # strictly: the same statement told twice changes nothing
            if version > held:
                # said as empty is another thing than never said
                changed = changed or held == NEVER_SAID or self.values.get(name) != value
                self.values[name] = value
                self.versions[name] = version
        return changed


def pack_versions(table: str, versions: Mapping[str, str]) -> str:
    """The versions of all fields as compact JSON: fields grouped by version, the largest group unnamed."""
    # nearly every row: one payload has said all of it
    if len(set(versions.values())) == 1:
        return pack_version(table, next(iter(versions.values())), tuple(versions))
    groups: dict[str, list[str]] = {}
    for name in column_names(table)[1:]:
        groups.setdefault(versions.get(name, NEVER_SAID), []).append(name)
    # the last part decides between groups of one size, so that the same versions are the same bytes
    common = max(groups, key=lambda version: (version != NEVER_SAID, len(groups[version]), version))
    rest = {version: names for version, names in sorted(groups.items()) if version != common}
    return msgspec.json.encode([common, rest] if rest else [common]).decode()


def pack_version(table: str, version: str, names: tuple[str, ...]) -> str:
    """What `pack_versions` gives where these fields have one version and the others none."""
    # put together as text: nearly every row takes this way, and only the version differs
    return f'["{version}"{_unsaid(table, names)}]'


@lru_cache(maxsize=4096)
def _unsaid(table: str, names: tuple[str, ...]) -> str:
    unsaid = [name for name in column_names(table)[1:] if name not in names]
    return "," + msgspec.json.encode({NEVER_SAID: unsaid}).decode() if unsaid else ""


def unpack_versions(table: str, packed: str) -> dict[str, str]:
    """Reverses `pack_versions`."""
    common, *rest = msgspec.json.decode(packed)
    # a column that a later migration brought is named in no group: it takes the common version
    versions = dict.fromkeys(column_names(table)[1:], common)
    for version, names in (rest[0] if rest else {}).items():
        versions.update(dict.fromkeys(names, version))
    return {name: version for name, version in versions.items() if version != NEVER_SAID}

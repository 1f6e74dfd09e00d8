"""By which id a thing goes now, given the id and the time of a statement about it. Pure.

Two kinds of knowledge: renames that a tool told (`old` became `new` at a moment), and sightings of one immutable id
under several ids of ours. Both are sets that only grow, and the answer depends on the sets alone, so it does not
matter in which order they were learnt. An id may be taken again by something else: then the time decides.

A tool calls its own things by their present names. Whoever names those of another tool, as CI scripts and mappings
do, goes on with a name that was left, as hosts redirect it: such a name leads on until somebody is known to bear it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial

import msgspec

from fairlead.connectors.kit.ids import is_handed_over
from fairlead.model.schema import columns
from fairlead.model.times import epoch_us
from fairlead.store.aliases import Seen, Told
from fairlead.store.statements import Statement

ENDS = ("#", "!", "&", "@", "/", ":", "")
"""What may follow the id of a thing: nothing, or the mark of what belongs to it."""

_FOR_EVER = 2**62
_AFTER_ALL = _FOR_EVER + 1

_IN_REPOSITORIES = frozenset(("repositories", "builds", "changes", "commits", "deployments", "releases"))
"""What goes along with a repository, so that a reference to it from elsewhere may hold a name that was left."""

LOOSE = {"messages": ("about", "thread"), "work_item_links": ("from_item", "to_item")}
"""Columns that hold ids of several tables, which the schema therefore cannot mark."""


class Aliases:
    """All that is known of renames, ready to be asked."""

    def __init__(self, told: Iterable[Told] = (), seen: Iterable[Seen] = ()) -> None:
        # keyed by the moment, so that what was told replaces what was inferred of the same one
        hops: dict[str, dict[int, str]] = {}
        told, seen = sorted(told), sorted(seen)
        for old, until, new in _inferred(told, seen):
            hops.setdefault(old, {})[until] = new
        for rename in told:
            # a rename that was told knows the exact moment and wins over an inference of the same one
            hops.setdefault(rename.old, {})[epoch_us(rename.at)] = rename.new
        self._hops = {old: sorted(found.items()) for old, found in hops.items()}
        self._lasting = _lasting(self._hops, told, seen)
        self._lengths = _lengths(self._hops)
        self._olds = sorted(self._hops)
        self._back: dict[str, list[tuple[int, str]]] = {}
        for old, into in self._hops.items():
            for until, new in into:
                self._back.setdefault(new, []).append((until, old))
        self._back_lengths = _lengths(self._back)

    def __bool__(self) -> bool:
        return bool(self._hops)

    def changed(self, before: Aliases) -> list[str]:
        """Old ids for which the answer differs from what it was before."""
        olds = {*self._hops, *before._hops}
        return sorted(old for old in olds if self._known(old) != before._known(old))

    def _known(self, old: str) -> tuple[list[tuple[int, str]] | None, int | None]:
        return self._hops.get(old), self._lasting.get(old)

    def resolve(self, record_id: str, at_us: int, by: str = "") -> str:
        """The present id of what was called so in a statement of that time; `by` is the record that refers to it."""
        found = self._hop(record_id, at_us, by or record_id)
        while found is not None:
            record_id, at_us = found
            # only the word itself can be out of date: from there on the thing's own way is followed
            found = self._hop(record_id, at_us)
        return record_id

    def origins(self, record_id: str, before_us: int = _AFTER_ALL) -> Iterator[str]:
        """Ids under which something may have been said that is kept under this one, itself among them."""
        yield record_id
        for before, new, after in _named(record_id, self._back, self._back_lengths):
            for until, old in self._back[new]:
                # hops follow each other in time, so the way back ends even where names went there and back
                if until < before_us:
                    yield from self.origins(before + old + after, until)

    def turns(self, record_id: str) -> Iterator[int]:
        """Moments after which a statement under this id means something else."""
        for _, old, _ in _named(record_id, self._hops, self._lengths):
            yield from (until for until, _ in self._hops[old])
            yield self._lasting[old]

    def reached(self, names: Iterable[str]) -> set[str]:
        """Names below which whatever was said under these may be kept: too many rather than too few."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                for head, old, rest in _named(name, self._hops, self._lengths):
                    if not head:
                        waiting += [new + rest for _, new in self._hops[old]]
                for old in self._below(name):
                    waiting += [new for _, new in self._hops[old]]
        return found

    def _below(self, name: str) -> Iterator[str]:
        """Old ids of what belongs to a thing; of many thousand moved issues none is looked at for another's sake."""
        for place in range(bisect_left(self._olds, name), len(self._olds)):
            old = self._olds[place]
            if not old.startswith(name):
                break
            if old != name and _begins(old, name):
                yield old

    def _hop(self, record_id: str, at_us: int, by: str = "") -> tuple[str, int] | None:
        for before, old, after in _named(record_id, self._hops, self._lengths):
            if found := self._next(old, at_us, record_id, by):
                return before + found[0] + after, found[1]
        return None

    def _next(self, old: str, at_us: int, record_id: str, by: str) -> tuple[str, int] | None:
        hops = self._hops[old]
        place = bisect_left(hops, (at_us, ""))
        if place == len(hops):
            if at_us > self._lasting[old] or not _from_outside(record_id, by):
                return None
            place -= 1
        # the statement of a hop's very moment still is under the old name, but a hop must not be taken twice
        return hops[place][1], hops[place][0] + 1

    def move(self, statement: Statement) -> Statement:
        """A statement under the present ids; its version stays, so that nothing depends on when it was moved."""
        at_us = said_at(statement)
        values = dict(statement.values)
        for name, kind in reference_columns(statement.table):
            if values.get(name) is not None:
                by = referring(statement, name)
                values[name] = each_reference(kind, values[name], partial(self.resolve, at_us=at_us, by=by))
        moved = self.resolve(statement.id, at_us)
        call(statement, moved, values)
        return Statement(statement.table, moved, statement.version, values, statement.raw_seq)


def each_reference(kind: str, value: str, into: Callable[[str], str]) -> str:
    """A reference with another id; or a list of them, which both databases keep as JSON text."""
    if kind != "texts":
        return into(value)
    listed = msgspec.json.decode(value, type=list[str])
    return msgspec.json.encode([into(one) for one in listed]).decode()


def _named(record_id: str, names: Mapping[str, object], lengths: list[int]) -> Iterator[tuple[str, str, str]]:
    """Names that stand in an id, each with what is before and after it."""
    for length in lengths:
        if len(record_id) < length:
            continue
        head, rest = record_id[:length], record_id[length:]
        if head in names and rest[:1] in ENDS:
            yield "", head, rest
        # a membership ends with the account that it is about
        rest, tail = record_id[:-length], record_id[-length:]
        if tail in names and rest[-1:] == "/":
            yield rest, tail, ""


def _lengths(names: Iterable[str]) -> list[int]:
    # the longest first: an issue that was transferred alone goes before the repository that it was in
    return sorted(set(map(len, names)), reverse=True)


def _begins(record_id: str, name: str) -> bool:
    return record_id.startswith(name) and record_id[len(name) : len(name) + 1] in ENDS


def _from_outside(record_id: str, by: str) -> bool:
    """Whether somebody else than the tool itself called it so."""
    return by != "" and (is_handed_over(by) or by.partition(":")[0] != record_id.partition(":")[0])


def _lasting(hops: Mapping[str, list[tuple[int, str]]], told: Iterable[Told], seen: Iterable[Seen]) -> dict[str, int]:
    """Old id -> moment up to which, after its last hop, nobody else is known to bear it or anything below it."""
    last: dict[tuple[str, str], Seen] = {}
    for one in seen:
        key = (one.source, one.external_id)
        last[key] = max(last.get(key, one), one, key=lambda each: (each.last_at, each.id))
    # whoever was seen elsewhere since has gone on, and is no new bearer
    stayed = last.values()
    signs = sorted(
        [
            *((one.id, epoch_us(one.first_at), epoch_us(one.last_at)) for one in stayed),
            *((one.new, epoch_us(one.at), epoch_us(one.at)) for one in told),
        ]
    )
    return {old: _free_until(old, into[-1][0], signs) for old, into in hops.items()}


def _free_until(old: str, left: int, signs: list[tuple[str, int, int]]) -> int:
    free = _FOR_EVER
    for place in range(bisect_left(signs, (old,)), len(signs)):
        name, first, last = signs[place]
        if not name.startswith(old):
            break
        # seen before and after: a clock was wrong or somebody took it at once, and the name is not vouched for
        if (name == old or _begins(name, old)) and last >= left:
            free = min(free, max(first - 1, left))
    return free


def _inferred(told: Iterable[Told], seen: Iterable[Seen]) -> Iterator[tuple[str, int, str]]:
    """Old id, until when, present id: of all ids of one immutable id the one seen last is the present one."""
    groups: dict[tuple[str, str], list[Seen]] = {}
    holders: dict[str, list[Seen]] = {}
    for one in seen:
        groups.setdefault((one.source, one.external_id), []).append(one)
        holders.setdefault(one.id, []).append(one)
    arrived: dict[str, int] = {}
    for rename in told:
        arrived[rename.new] = max(arrived.get(rename.new, 0), epoch_us(rename.at))
    for group in groups.values():
        if len(group) > 1:
            # A rename told us when a thing arrived at its new id, though nothing there has been seen yet.
            present = max(group, key=lambda one: (max(epoch_us(one.last_at), arrived.get(one.id, 0)), one.id))
            for one in group:
                if one is not present:
                    yield one.id, _until(one, holders[one.id]), present.id


def _until(one: Seen, holders: Iterable[Seen]) -> int:
    """The moment before somebody else was first seen under an id; for ever if nobody was."""
    others = (other.first_at for other in holders if other.external_id != one.external_id)
    return min((epoch_us(first) - 1 for first in others if first > one.last_at), default=_FOR_EVER)


_CALLED: Mapping[str, str] = {"repositories": "name", "work_items": "key"}
"""Columns that hold what people call a thing by, which for most is its id without the source."""


def call(statement: Statement, moved: str, values: dict[str, object]) -> None:
    """Puts the present name in the place of the one that went with the id: no tool says it anew for each thing."""
    column = _CALLED.get(statement.table, "")
    if values.get(column) == statement.id.partition(":")[2]:
        values[column] = moved.partition(":")[2]


def said_at(statement: Statement) -> int:
    """When a statement was made; files of results mirror times at 1970 where the first sighting is to win."""
    at_us = moment_of(statement.version)
    # a weak version has no time, and its place below all others must stay
    mirrored = -OFFSET < at_us < 0 and is_handed_over(statement.id)
    return -at_us if mirrored else at_us


def referring(statement: Statement, column: str) -> str:
    """The record that names a repository, or what lies in one, in this column; empty for all else."""
    return statement.id if column in _columns_into_repositories(statement.table) else ""


@cache
def _columns_into_repositories(table: str) -> frozenset[str]:
    return frozenset(column.name for column in columns(table) if column.refers in _IN_REPOSITORIES)


@cache
def reference_columns(table: str, to: str = "") -> list[tuple[str, str]]:
    """Columns that hold ids, with their kind; of records of one table, or of any."""
    loose = LOOSE.get(table, ())
    return [
        (column.name, column.kind)
        for column in columns(table)
        if column.name in loose or (column.refers is not None and to in ("", column.refers))
    ]


def moment_of(version: str) -> int:
    """Time of a version in microseconds."""
    return int(version[2:19] if is_weak(version) else version[:17]) - OFFSET


def is_weak(version: str) -> bool:
    """Whether a version is of a tombstone that only sweeps made, below every word of a tool: `0.` begins it."""
    return version[1] == "."


OFFSET = 10**16
"""What versions add to microseconds, so that times before 1970 sort as text."""

OVERRULED = ".sweep"
"""End of a version that a conclusion from listings took over from the tool's own word about a deletion."""

"""Raw events into records: a batch is one transaction that holds records, events, quarantine, counts and the offset.

So a process may be killed at any moment: either all of a batch is there, or none of it and it is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from fairlead.bus.log import EventLog
from fairlead.connectors.kit import registry
from fairlead.connectors.kit.connector import Connector, Expands, Options
from fairlead.connectors.kit.entered import SOURCE as ENTERED
from fairlead.ingest import accounting, contests, numbers, renames, revisions, roles, sweeps, wishes
from fairlead.ingest.names import Names
from fairlead.ingest.reading import Failed, Understood, check, delivery_of, failed, understand
from fairlead.model.errors import Abort, Fault, Retry
from fairlead.model.raw import RawEvent, StoredRaw
from fairlead.model.setup import Setup
from fairlead.model.times import Clock, SystemClock
from fairlead.store import bulk, events, offsets, quarantine, records
from fairlead.store.database import Database, Transaction
from fairlead.store.statements import prepare

CONSUMER = "ingest"
"""Name under which ingestion keeps its offset."""


@dataclass(slots=True)
class Applied:
    """What one or several batches did."""

    raw_events: int = 0
    """Raw events dealt with."""
    changed: int = 0
    """Rows of which a value changed."""
    events: int = 0
    """Normalised events that were new."""
    quarantined: int = 0
    nothing: int = 0
    """Raw events that carry none of our records."""
    upto: int = 0
    """Position in the log after it."""
    tables: dict[str, set[str]] = field(default_factory=dict)
    """Table -> ids of the rows that changed."""
    entered: list[RawEvent] = field(default_factory=list)
    """What people entered into Fairlead itself, as far as it was read."""

    def add(self, other: Applied) -> None:
        """Sums up."""
        self.raw_events += other.raw_events
        self.changed += other.changed
        self.events += other.events
        self.quarantined += other.quarantined
        self.nothing += other.nothing
        self.upto = max(self.upto, other.upto)
        self.entered += other.entered
        _join(self.tables, other.tables)


After = Callable[[Transaction, Applied], None]
"""What else happens in the transaction of a batch, like resolving identities of new accounts."""


class Batches:
    """Reads raw events and commits what they say."""

    def __init__(
        self,
        database: Database,
        log: EventLog,
        options: Callable[[str], Options],
        *,
        setup: Setup | None = None,
        clock: Clock | None = None,
        connector: Callable[[str], Connector] = registry.connector,
        after: Sequence[After] = (),
    ) -> None:
        self.database = database
        self.log = log
        self.setup = setup or Setup()
        self.clock = clock or SystemClock()
        self.options = options
        self._connector = connector
        self._after = after
        self._names = Names()

    def again(self, raws: Sequence[StoredRaw]) -> Applied:
        """Applies raw events once more, without moving the offset."""
        return self.put(self.read(raws), None)

    def read(self, raws: Iterable[StoredRaw]) -> list[Understood | Failed]:
        """What each raw event says; nothing is stored yet but what they point to (`Expands`)."""
        readings = []
        options: dict[str, Options] = {}
        generations: dict[str, int] = {}
        for raw in raws:
            source = raw.event.source
            if source not in options:
                options[source] = self.options(source)
                # once a batch and source: all of a batch is read by one set of options
                with self.database.read() as tx:
                    generations[source] = revisions.generation(tx, source)
            readings.append(self._read_one(raw, options[source], generations[source]))
        return readings

    def _read_one(self, raw: StoredRaw, options: Options, generation: int) -> Understood | Failed:
        try:
            connector = self._connector(raw.event.tool)
        except Exception as fault:
            return failed(raw, fault)
        found = understand(raw, connector, options, generation)
        if isinstance(found, Understood) and _expands(type(connector)):
            try:
                self._expand(raw, connector, options, generation)
            # the repository lies on a disk that is not there now: the event waits, instead of going to quarantine
            except Retry:
                raise
            except Exception as fault:
                return failed(raw, fault)
        return found

    def _expand(self, raw: StoredRaw, connector: Connector, options: Options, generation: int) -> None:
        """Stores what a raw event points to, a transaction for each part of it."""
        assert isinstance(connector, Expands)
        for reading in connector.expand(delivery_of(raw), options):
            part = check(raw, reading, connector, options, generation)
            with self._transaction() as tx:
                self._apply(tx, [part])

    def settle(self) -> None:
        """Draws what follows from records already held, since the settings may speak of other people by now."""
        with self._transaction() as tx:
            for further in self._after:
                further(tx, Applied())

    def put(self, batch: list[Understood | Failed], after: int | None) -> Applied:
        """Commits a batch; if something in it spoils it, each of its events alone."""
        try:
            return self._commit(batch, after)
        except (Retry, Abort):
            # the store is at fault, and no payload
            raise
        except Exception as fault:
            if len(batch) == 1:
                return self._commit([failed(batch[0].raw, fault)], after)
        # One event spoils the transaction of all. Which one is found by giving each its own; those that come before
        # it must not wait.
        total = Applied()
        for one in batch:
            total.add(self.put([one], after))
            after = one.raw.seq if after is not None else None
        return total

    def _commit(self, batch: Sequence[Understood | Failed], after: int | None) -> Applied:
        with self._transaction() as tx:
            if after is not None and offsets.get(tx, CONSUMER) != after:
                # another process was faster: its batch is there, ours is not needed
                return Applied(upto=offsets.get(tx, CONSUMER))
            # the writers' lock is held from here on: nothing below may call out or sleep
            good = [one for one in batch if isinstance(one, Understood)]
            applied = self._apply(tx, good)
            applied.raw_events = len(batch)
            applied.entered = [one.raw.event for one in good if one.raw.event.tool == ENTERED]
            applied.nothing = sum(1 for one in good if one.nothing)
            applied.quarantined = len(batch) - len(good)
            accounting.hold(tx, batch, self.clock.now())
            if after is None:
                # only a second reading can end a stay in quarantine: the first one is counted instead
                quarantine.settle(tx, [one.raw.seq for one in good])
            else:
                accounting.count(tx, batch)
                self._note_new_sources(tx, batch)
                applied.upto = batch[-1].raw.seq
                offsets.set(tx, CONSUMER, applied.upto)
            for further in self._after:
                further(tx, applied)
            return applied

    @contextmanager
    def _transaction(self) -> Iterator[Transaction]:
        try:
            with self.database.begin() as tx:
                self.database.take_turn(tx)
                yield tx
        except BaseException:
            # what was learnt in a transaction that was rolled back is known to nobody
            self._names.forget()
            raise

    def _apply(self, tx: Transaction, batch: Sequence[Understood]) -> Applied:
        applied = Applied()
        # Names before anything else: the statements of this very batch already go by them.
        moves = self._names.learn(
            tx, [rename for one in batch for rename in one.renames], [seen for one in batch for seen in one.seen]
        )
        aliases = self._names.present(tx)
        carried = renames.carry(tx, moves, self._kept_from) if moves else renames.Carried()
        _join(applied.tables, carried.changed)
        if carried.contested:
            contests.note(tx)
        statements = [statement for one in batch for statement in one.statements]
        for one in batch:
            # rows by the thousand are written as they are: only a store that knows renames looks at each
            if one.rows and aliases:
                patches = (patch for part in one.rows for patch in part.patches())
                statements += [prepare(patch, one.raw.seq, one.generation) for patch in patches]
        if aliases:
            statements = [aliases.move(statement) for statement in statements]
        by_number = [one for one in statements if numbers.is_by_number(one)]
        if by_number:
            statements = [one for one in statements if not numbers.is_by_number(one)]
        merged = [records.merge(tx, statements + accounting.freshness(batch))]
        # after the items: a link may name one that this very batch brings
        merged.append(numbers.place(tx, by_number, merged[0].changed.get("work_items", ())))
        if moved := carried.changed.get("work_items"):
            merged.append(numbers.follow(tx, moved, aliases))
        if not aliases:
            merged += [bulk.insert(tx, one.rows, one.raw.seq, one.generation) for one in batch if one.rows]
        for one in batch:
            for sweep in one.sweeps:
                _join(applied.tables, sweeps.sweep(tx, sweep, aliases, one.raw.seq))
        for part in merged:
            _join(applied.tables, part.changed)
            unveiled = {table: part.changed[table] for table in sweeps.VEILED if table in part.changed}
            _join(applied.tables, sweeps.meet(tx, part.created, part.dead, unveiled))
        # rows that changed their id fall under the listings of their new owner, and listings that did find new rows
        _join(applied.tables, sweeps.meet(tx, carried.changed, carried.relisted))
        told = [(event, one.raw.seq) for one in batch for event in one.events]
        roles.project(tx, batch)
        wishes.project(tx, batch)
        applied.events = events.append(tx, [event for event, _ in told], [seq for _, seq in told])
        applied.changed = sum(map(len, applied.tables.values()))
        return applied

    def _kept_from(self) -> int:
        first = self.log.read(0, 1)
        return first[0].seq if first else self.log.latest() + 1

    def present(self, source: str, tool: str) -> tuple[str, str]:
        """Versions of the options and of the reader of a source."""
        try:
            # asked of the code, not of a version number that somebody forgets to raise
            reader = revisions.reader_version(type(self._connector(tool)))
        except Fault:
            reader = ""
        return self.options(source).version, reader

    def _note_new_sources(self, tx: Transaction, batch: Iterable[Understood | Failed]) -> None:
        for source, tool in {one.raw.event.source: one.raw.event.tool for one in batch}.items():
            if revisions.options_version(tx, source) is None:
                revisions.note(tx, source, tool, *self.present(source, tool))


@cache
def _expands(kind: type) -> bool:
    # asked for each payload: `isinstance` on a protocol would cost as much as reading it
    return hasattr(kind, Expands.expand.__name__)


def _join(held: dict[str, set[str]], more: Mapping[str, Iterable[str]]) -> None:
    for table, ids in more.items():
        held.setdefault(table, set()).update(ids)

"""Ready services of one home, opened once and closed together."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any

from fairlead.config.load import Loaded
from fairlead.config.secrets import Places, credentials, webhook_secrets
from fairlead.config.settings import Settings, SourceSetup
from fairlead.model.errors import Abort
from fairlead.model.setup import Setup
from fairlead.model.times import Clock, FixedClock, SystemClock
from fairlead.wiring.stamp import applied_revision, mark, waiting

if TYPE_CHECKING:
    from fairlead.bus.log import EventLog
    from fairlead.connectors.kit.connector import Options
    from fairlead.governance.ledger.book import Ledger
    from fairlead.governance.policy.judge import Judge
    from fairlead.ingest.apply import Ingest
    from fairlead.ingest.batches import Applied
    from fairlead.metrics.warehouse import Warehouse
    from fairlead.reports.intake import Intake
    from fairlead.store.database import Database, Transaction

# Each past is a warehouse of its own, as large as the present one: two at once would ask for twice its memory.
_ONE_PAST = Lock()


@dataclass
class Services:
    """What the rooms above need; each part is opened when it is first asked for."""

    loaded: Loaded
    home: Path
    clock: Clock = field(default_factory=SystemClock)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    apart: bool = False
    """Whether a server holds the home's warehouse, so that this process makes one of its own for what it is asked."""
    then: datetime | None = None
    """A moment of the past that is asked about: marts and figures are then made of what was known by it."""
    log_of: Services | None = None
    """Whose raw log is read: a trial on a copy of the facts leaves the log where it is."""
    _added: dict[str, SourceSetup] = field(default_factory=dict)
    _mappings: dict[str, Any] = field(default_factory=dict)
    _scratch: TemporaryDirectory[str] | None = None
    _read_by_these: bool = False

    def __post_init__(self) -> None:
        # Once, like the settings: a file that is saved half-way must not stop a server that runs.
        if any(
            source.mapping or (source.tool or name) == "generic" for name, source in self.settings.sources.items()
        ):
            from fairlead.wiring.mappings import load_mappings

            self._mappings = load_mappings(self.loaded)
        # Here and not where a part is opened: each of them would tell a folder that is not ours in words of its own.
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise Abort(
                f"cannot make the home {self.home}: {fault.strerror}", hint="set FAIRLEAD_HOME to a folder of yours"
            ) from fault
        if not os.access(self.home, os.W_OK | os.X_OK):
            raise Abort(
                f"cannot write to the home {self.home}",
                hint="set FAIRLEAD_HOME to a folder of yours, or run as the user who owns it",
            )

    @property
    def settings(self) -> Settings:
        """Everything that can be set."""
        return self.loaded.settings

    @cached_property
    def setup(self) -> Setup:
        """What the team states about itself."""
        return self.settings.setup()

    @cached_property
    def database(self) -> Database:
        """Facts; migrated when opened."""
        from fairlead.store.database import Database

        return Database.open(self.settings.store.url or f"sqlite:///{self.home / 'facts.db'}")

    @cached_property
    def log(self) -> EventLog:
        """Raw events."""
        if self.log_of:
            return self.log_of.log
        # A log begins above what the store has read of another before, as where a home moves to NATS or back: with an
        # offset beyond the end of its log what comes next would go unread.
        from fairlead.store import offsets

        with self.database.read() as tx:
            applied = max(offsets.positions(tx).values(), default=0)
        if self.settings.bus.url:
            from fairlead.wiring.nats import open_nats

            return open_nats(self.settings.bus, self._settings_folder, applied)
        # A file apart from the facts: SQLite has one writer a file, and an acknowledgement must not wait for records.
        from fairlead.bus.sql import SqlEventLog

        return SqlEventLog.open(self.settings.store.url or f"sqlite:///{self.home / 'raw.db'}", applied=applied)

    @cached_property
    def ledger(self) -> Ledger:
        """What was decided and done, for good."""
        from fairlead.governance.ledger.book import Ledger

        return Ledger(self.database, self.clock, self.home / "keys")

    @cached_property
    def ingest(self) -> Ingest:
        """Raw events -> records."""
        from fairlead.ingest.apply import Ingest
        from fairlead.ingest.identity.resolve import after_batch

        # In the batch's own transaction: nobody ever reads records whose accounts belong to nobody yet.
        follow = [after_batch(self.setup), self._witness]
        return Ingest(self.database, self.log, options=self.options, setup=self.setup, clock=self.clock, after=follow)

    def _witness(self, tx: Transaction, applied: Applied) -> None:
        """What people have entered is in the ledger as soon as it is in the records."""
        if applied.entered:
            # late: most batches hold nothing of it
            from fairlead.governance.entered import record

            record(tx, self.ledger, applied.entered)

    @cached_property
    def policy(self) -> Judge:
        """Says what may be done; whatever is wrong with policies or engine, it answers with a no."""
        from fairlead.wiring.policies import open_policy

        return open_policy(self.loaded, self.places)

    @cached_property
    def warehouse(self) -> Warehouse:
        """Marts and figures; one process at a time may open it on a home."""
        # DuckDB lets one process have the file: beside a server a question is answered from a copy that is thrown
        # away. The past must not stand in the file that answers for now; the last one asked for has one of its own.
        if self.apart and not self.then:
            self._scratch = _scratch()
        try:
            return self._open_warehouse()
        except Abort:
            if self._scratch or not self.then:
                raise
            # Another command asks about the past at this moment.
            self._scratch = _scratch()
            return self._open_warehouse()

    def _open_warehouse(self) -> Warehouse:
        from fairlead.metrics.tables import StoreSource
        from fairlead.metrics.warehouse import Warehouse

        folder = Path(self._scratch.name) if self._scratch else self.home
        return Warehouse(
            folder / ("past.duckdb" if self.then else "warehouse.duckdb"),
            StoreSource(self),
            self.setup,
            self.clock,
            memory_limit=self.settings.warehouse.memory_limit,
            metric_folders=self.loaded.own_folders("metrics"),
            then=self.then,
        )

    @contextmanager
    def past(self, moment: datetime) -> Iterator[Warehouse]:
        """A warehouse of what was known at a past moment, thrown away afterwards."""
        with self.at(moment) as then:
            yield then.warehouse

    @contextmanager
    def at(self, moment: datetime) -> Iterator[Services]:
        """The home at a past moment: clock and warehouse are of then, the store is the one of now."""
        with _ONE_PAST, Services(
            self.loaded, self.home, FixedClock(moment), self.environ, apart=True, then=moment, _scratch=_scratch()
        ) as then:  # fmt: skip
            then.warehouse.refresh()
            yield then

    def read(self) -> AbstractContextManager[Transaction]:
        """A read transaction of the store, which is opened only when the warehouse asks for it."""
        return self.database.read()

    def add_source(self, name: str, source: SourceSetup) -> None:
        """Makes a source known for as long as this process runs, as commands that name a path do."""
        self._added[name] = source

    def source(self, name: str) -> SourceSetup | None:
        """A configured source by name."""
        return self._added.get(name) or self.settings.sources.get(name)

    def tool(self, source: str) -> str:
        """Connector that reads a source; a source without settings is read by the connector of its name."""
        found = self.source(source)
        return found.tool or source if found else source

    def options(self, source: str) -> Options:
        """What the reader of a source must know."""
        import msgspec

        from fairlead.connectors.kit.connector import Options
        from fairlead.model.raw import content_id

        # The version is by content: a source whose options are touched and put back is not read again.
        found = self.source(source)
        values = found.options if found else {}
        if source in self._mappings:
            # As a value among the others: the reader stays pure, and a changed file is a changed option.
            values = {**values, "mapping": self._mappings[source]}
        if self.tool(source) == "ics" and (zone := self.settings.organisation.time_zone) != "UTC":
            # whole days of calendars that name no zone
            values = {"usual_time_zone": zone, **values}
        version = content_id(msgspec.json.encode(values, order="sorted"))[:12] if values else ""
        return Options(source=source, values=values, version=version)

    def credentials(self, source: str) -> dict[str, str]:
        """What the connector of a source signs in with; resolved at each call, never kept."""
        found = self.source(source)
        return credentials(found, self.places) if found else {}

    def webhook_secrets(self, source: str) -> list[str]:
        """All live webhook secrets of a source."""
        found = self.source(source)
        return webhook_secrets(found, self.places) if found else []

    @property
    def places(self) -> Places:
        """Where secrets that the settings refer to are looked up."""
        return Places(self.environ, self._settings_folder, self.settings.vault)

    @property
    def _settings_folder(self) -> Path | None:
        return self.loaded.path.parent if self.loaded.path else None

    @property
    def reports_folder(self) -> Path:
        """Where reports are written as files."""
        said = self.settings.reports.folder
        return self.beside_settings(said) if said else self.home / "reports"

    def beside_settings(self, path: str) -> Path:
        """A path of the settings, which is told from where their file lies."""
        return (self._settings_folder or Path()) / Path(path).expanduser()

    def apply(self) -> Applied:
        """Applies what the log holds; imports stop here, as the next question refreshes the marts anyway."""
        from fairlead.ingest.batches import Applied

        done = Applied()
        while (step := self.ingest.step()).raw_events:
            # counts are enough: the ids of millions of rows would fill the memory
            step.tables.clear()
            done.add(step)
        return done

    def catch_up(self) -> Applied:
        """Applies what the log holds, unless a server does, and refreshes the marts; gives what was applied."""
        from fairlead.ingest.batches import Applied

        done = Applied() if self.apart else self.apply()
        if not self.apart and self._state_goals():
            done.add(self.apply())
        self.warehouse.refresh()
        if not self.apart:
            self.note_applied()
            mark(self.home, self.loaded)
        return done

    def _state_goals(self) -> bool:
        """Enters what files state of objectives; tells whether there was anything new."""
        # after what the log holds, so that nothing is stated twice; late, for most homes have no such file
        if not self.loaded.own_folders("goals"):
            return False
        from fairlead.wiring.goals_files import catch_up

        return catch_up(self)

    def note_applied(self) -> None:
        """Remembers that these settings are in force, so that a change of them can be told beforehand."""
        # Late: it takes the store's libraries along, which a question that is answered from files does without.
        from fairlead.wiring.applied import note

        # by the machine's clock: the demo's present says nothing of when somebody changed a file
        note(self.database, self.loaded, self.warehouse.catalogue, SystemClock().now())

    def look(self) -> None:
        """Catches up unless a glance at the files tells that all is applied and the marts are made of it."""
        # Opening store and log costs more than most answers: where nothing came since, neither is opened.
        revision = None if self.apart else applied_revision(self.home, self.loaded)
        if revision is None or not self.warehouse.is_current(revision):
            self.catch_up()

    def intake(self) -> Intake:
        """What is configured and what waits to be read, for reports that must not call late data none."""
        from fairlead.reports.intake import Intake

        unread, held = waiting(self.home, self.loaded) or self._waiting()
        # positions grow by more than one where a group was taken back: a count below zero says nothing
        return Intake(
            bool(self.settings.sources or self._added), max(unread, 0), rereading=self._rereading(), held=held
        )

    def _rereading(self) -> tuple[str, ...]:
        """Sources whose records were made by other options than these."""
        # Only beside or in a server: any other process reads again before it answers, and settings change with a
        # start alone, so that what was once made by them stays so.
        if self._read_by_these or "database" not in self.__dict__:
            return ()
        from fairlead.ingest import revisions

        with self.database.read() as tx:
            read = {source: revisions.options_version(tx, source) for source in revisions.sources(tx)}
        found = tuple(one for one, version in read.items() if version not in (None, self.options(one).version))
        self._read_by_these = not found
        return found

    def _waiting(self) -> tuple[int, dict[str, int]]:
        from fairlead.store import quarantine

        unread = self.ingest.behind()
        with self.database.read() as tx:
            return unread, quarantine.counts(tx)

    def close(self) -> None:
        """Closes what was opened, the warehouse first."""
        # The warehouse reads from the store until it is closed.
        for name in ("policy", "warehouse", "log", "database"):
            part = self.__dict__.pop(name, None)
            if part and not (name == "log" and self.log_of):
                part.close()
        # It holds log and database: asked for again, it must get the new ones.
        self.__dict__.pop("ingest", None)
        self.__dict__.pop("ledger", None)
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    def __enter__(self) -> Services:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _scratch() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="fairlead-")

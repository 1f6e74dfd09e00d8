"""Opening a database and its transactions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from fairlead.model.errors import Abort, Retry, Unreadable
from fairlead.store import migrate

Transaction = Connection
"""What `begin` and `read` hand over; only modules of this room look inside."""

_WRITE = "fairlead_write"
_BUSY_S = 30.0
_WRITER_LOCK = 0x6661_6972
"""Advisory lock of PostgreSQL that makes writers of records take turns, so that revisions commit in order."""

_PRAGMAS = (
    # readers go on while somebody writes
    "PRAGMA journal_mode=WAL",
    # An offset that survived a power cut while the records did not would lose events for good.
    "PRAGMA synchronous=FULL",
    # Records arrive in any order: a change may come before its repository.
    "PRAGMA foreign_keys=OFF",
    "PRAGMA temp_store=MEMORY",
    # below zero it counts KiB: 32 MB, whatever the size of a page
    "PRAGMA cache_size=-32768",
    # pages of 4 KiB: folded in each 16 MB of writing instead of each 4
    "PRAGMA wal_autocheckpoint=4000",
    # what an import made of the WAL is cut back to 64 MB afterwards
    "PRAGMA journal_size_limit=67108864",
)


class Database:
    """One database of records, migrated to the present schema."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = threading.RLock()
        self.driver_error: type[Exception] = engine.dialect.loaded_dbapi.Error
        """What the driver raises."""
        self.dialect = engine.dialect.name
        """`sqlite` or `postgresql`."""

    @classmethod
    def open(cls, url: str) -> Database:
        """Opens `sqlite:////abs/facts.db` or `postgresql://...`, creates what is missing and migrates."""
        target = _target(url)
        database = cls(_engine(target))
        try:
            with database.begin() as tx:
                migrate.upgrade(tx)
        except BaseException:
            database.close()
            raise
        return database

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """A write transaction: all or nothing. Writers of one process queue here instead of polling the file."""
        with self._writing, self._connection(write=True) as tx:
            yield tx

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A read transaction: one unchanging view for as long as it is open."""
        with self._connection(write=False) as tx:
            yield tx

    @contextmanager
    def _connection(self, *, write: bool) -> Iterator[Transaction]:
        try:
            with self._engine.connect().execution_options(**{_WRITE: write}) as tx, tx.begin():
                if self.dialect == "postgresql" and not write:
                    # PostgreSQL's usual level would let each statement of one answer see another state
                    tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
                yield tx
        except DBAPIError as fault:
            raise self._fault(fault.orig) from fault
        except self.driver_error as fault:
            # rows by the thousand pass SQLAlchemy by, and so do their faults
            raise self._fault(fault) from fault

    def _fault(self, cause: BaseException | None) -> Exception:
        driver = self._engine.dialect.loaded_dbapi
        # the first line only: PostgreSQL's further ones quote the row, which may name people
        words = (str(cause).strip().splitlines() or [type(cause).__name__])[0]
        # locked, out of disk or gone: nothing was written, and the same work may be tried again
        if isinstance(cause, driver.OperationalError | driver.InterfaceError):
            return Retry(f"the store did not answer: {words}", hint="disk space? is it running?")
        # the fault lies in the values: another try would fail the same way
        if isinstance(cause, driver.DataError | driver.IntegrityError):
            return Unreadable("", f"the store cannot hold it: {words}")
        return Abort(
            f"the store failed: {words}", hint="`fairlead doctor` checks it; `fairlead restore` brings a backup"
        )

    def take_turn(self, tx: Transaction) -> None:
        """Waits until no other process applies records; on SQLite `begin` has done that already."""
        take_turn(tx)

    def driver_connection(self) -> Any:
        """A connection of the driver's own, for whoever listens on it and closes it in the end."""
        held = self._engine.raw_connection()
        own = held.driver_connection
        # out of the pool: what listens for hours must not be lent to somebody else
        held.detach()
        return own

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()


def take_turn(tx: Transaction) -> None:
    """Holds the writers' lock of PostgreSQL until the transaction ends."""
    if tx.dialect.name == "postgresql":
        # of the transaction, not of the session: a crash or an error cannot leave it held
        tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})


def _target(url: str) -> URL:
    try:
        target = make_url(url)
    except ArgumentError as fault:
        raise Abort(
            "the address of the store cannot be read", hint="sqlite:////abs/facts.db or postgresql://"
        ) from fault
    if target.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return target.set(drivername="postgresql+psycopg")
    if target.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise Abort(f"no store for `{target.drivername}`", hint="sqlite:////abs/facts.db or postgresql://host/name")
    # in memory each connection would have a database of its own, and other processes none
    if not target.database or target.database == ":memory:":
        raise Abort("a store on SQLite needs a file", hint="sqlite:////abs/facts.db, with four slashes")
    return target


def _engine(target: URL) -> Engine:
    try:
        if target.drivername.startswith("sqlite"):
            Path(target.database or "").parent.mkdir(parents=True, exist_ok=True)
            # DuckDB pulls Arrow batches from a thread of its own.
            engine = create_engine(target, connect_args={"check_same_thread": False, "timeout": _BUSY_S})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        # a server that was restarted is noticed before a write; the zone must not be the server's own
        return create_engine(target, pool_pre_ping=True, connect_args={"options": "-c timezone=UTC"})
    except NoSuchModuleError as fault:
        raise Abort(f"the driver of the store is missing: {fault}") from fault


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: it would choose DEFERRED and fail between read and write.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get(_WRITE, True)
    # the write lock at the start: who turns writer half-way fails as busy at once, without waiting
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

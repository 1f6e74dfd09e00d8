"""The warehouse: records and marts in DuckDB, brought up to date from the store, read by everybody.

It is disposable: whatever is wrong with the file, it is made anew from the store. One process owns it. A refresh is
one transaction, so that readers, who have a cursor each, see all of it or nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from fairlead.metrics import catalogue as definitions
from fairlead.metrics import readonly, seeds, shown, tables
from fairlead.metrics.catalogue import Entry
from fairlead.metrics.executor import Executor
from fairlead.metrics.lineage_tables import Lineage
from fairlead.metrics.project import Project
from fairlead.metrics.reads import Reads
from fairlead.metrics.rewinding import RULES, rewind
from fairlead.metrics.tables import Source, StoreSource
from fairlead.metrics.turn_tables import STEPS, Turns
from fairlead.model.errors import Abort, Retry
from fairlead.model.schema import TABLES
from fairlead.model.setup import Setup
from fairlead.model.times import Clock, SystemClock
from fairlead.store.lean_arrow import without_pandas

if TYPE_CHECKING:
    import duckdb

    from fairlead.store.database import Database

_SEEDED_FROM = frozenset(
    {"calendars", "holidays", "absences", "people", "accounts", "teams", "memberships", "services"}
)
"""Records from which calendars are made beside the set-up."""

_Config: TypeAlias = dict[str, str | bool | int | float | list[str]]

_FULL_FROM = 300_000
"""Changed rows from which making everything anew is cheaper than following keys."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did."""

    rows: Mapping[str, int]
    """Table -> rows that came or went."""
    full: bool
    """Whether all marts were made anew."""
    models: int
    """Models that ran."""


class Warehouse:
    """Records, marts and seeds of one home."""

    def __init__(
        self,
        path: Path | None,
        source: Database | Source,
        setup: Setup | None = None,
        clock: Clock | None = None,
        *,
        memory_limit: str = "256MB",
        threads: int = 2,
        metric_folders: Sequence[Path] = (),
        then: datetime | None = None,
    ) -> None:
        self.setup = setup or Setup()
        self.clock = clock or SystemClock()
        self.metric_folders = tuple(metric_folders)
        self._then = then
        """With a moment it holds what was known then."""
        self._source: Source = source if hasattr(source, "snapshot") else StoreSource(source)
        self._refreshing = threading.RLock()
        self._con = _open(path, memory_limit, threads)
        # A connection that works refuses everything else, so readers get theirs from one that never does.
        self._door, self._opening = self._con.cursor(), threading.Lock()
        self._con.execute("create table if not exists warehouse_state (key varchar primary key, value varchar)")
        self.rewound = self._state("rewound") == "yes"
        """Whether the store holds anything that came later than the moment of which this tells."""
        self._project = Project(variables=seeds.variables(self.setup))
        self._reads: tuple[str, Reads] | None = None
        self._laid_out = False
        self._filled: set[str] = set()
        self._held: dict[str, Sequence[Mapping[str, Any]]] = {}
        # What older models or another setup made lacks what pages ask for: the first reader refreshes. Calendars
        # reach to the end of next year, so at New Year readers take what is there and the workers make new ones.
        self._ready = (self._state("models") or "").startswith(self._made_of())

    @cached_property
    def _executor(self) -> Executor:
        """Made when first needed: reading all models costs more than finding that there is nothing new."""
        return Executor(self._project, {"lineage": Lineage(), "turns": Turns()})

    @cached_property
    def catalogue(self) -> Mapping[str, Entry]:
        """Every figure that can be asked for; the user's own win by name.

        What was parsed is kept with a digest of the files: YAML takes longer to read than all figures to compute.
        """
        made_of = definitions.fingerprint(self.metric_folders)
        held = self._opened().execute("select value from warehouse_state where key = 'catalogue'").fetchone()
        if held and held[0].startswith(made_of):
            return definitions.unpacked(held[0].removeprefix(made_of))
        found = definitions.load(self.metric_folders)
        # A refresh that runs now has the connection; then the next process parses once more.
        if self._refreshing.acquire(blocking=False):
            try:
                self._keep("catalogue", made_of + definitions.packed(found))
            finally:
                self._refreshing.release()
        return found

    def refresh(self, *, full: bool = False) -> Refreshed:
        """Takes over what the store has new and brings all marts up to date."""
        with _disk_told(), self._refreshing, self._source.snapshot() as snapshot:
            # Not when opened: who only reads needs no deltas, and whoever finds no records refreshes first.
            if not self._laid_out:
                with _transaction(self._con):
                    tables.create_records(self._con)
                self._laid_out = True
            try:
                with _transaction(self._con):
                    done = self._refresh(snapshot, full)
            except BaseException:
                # What the deltas hold now is that of the refresh before.
                self._filled = set(TABLES)
                raise
            # another dictionary: what a reader loads meanwhile goes into the one that nobody asks any more
            self._ready, self._held = True, {}
            return done

    def _refresh(self, snapshot: tables.Snapshot, full: bool) -> Refreshed:
        held, newest = int(self._state("rev") or -1), snapshot.revision()
        if self._then and self.is_current(newest):
            return Refreshed({}, False, 0)
        if newest < held or held < 0 or self._then:
            # The store was restored from a copy, or nothing tells how far a load came: what is held may never have
            # been, and a first load on top of it would double it. Records taken back to a moment know no deltas.
            tables.empty(self._con)
            held = -1
        loads = self._load(snapshot, held) if newest != held else {}
        if self._then:
            self.rewound = rewind(self._con, self._then)
            self._keep("rewound", "yes" if self.rewound else "")
        changed = {table for table, rows in loads.items() if rows}
        stale = self._seed(changed)
        full = full or stale or held < 0 or sum(loads.values()) >= _FULL_FROM
        if not changed and not full:
            return Refreshed({}, False, 0)
        run = self._executor.run(self._con, changed, full=full, seeded=self._state("seeds") or "")
        if full:
            shown.make_views(self._con, self.setup)
        self._keep("rev", str(newest))
        return Refreshed({table: loads[table] for table in changed}, full, len(run.whole) + len(run.partly))

    def _load(self, snapshot: tables.Snapshot, held: int) -> dict[str, int]:
        """Takes over all rows above a revision; tells how many came or went in each table."""
        for table in self._filled:
            self._con.execute(f"truncate delta_{table}")
        loads = {table: tables.load(self._con, snapshot, table, max(held, 0), first=held < 0) for table in TABLES}
        self._filled = {table for table, rows in loads.items() if rows}
        return loads

    def _seed(self, changed: set[str]) -> bool:
        """Writes the seeds if what they are made of has changed; tells whether the marts must be made anew."""
        today = self.clock.now().date()
        made_by = self._made_by()
        stale = self._state("models") != made_by
        if stale or changed & _SEEDED_FROM:
            seeds.write(self._con, self.setup, today)
            seeded = "".join(_digest(self._con, table) for table in seeds.SEEDS)
            stale = stale or self._state("seeds") != seeded
            self._keep("seeds", seeded)
        self._keep("models", made_by)
        return stale

    def _made_by(self) -> str:
        return f"{self._made_of()}{self.clock.now().year}"

    def _made_of(self) -> str:
        """All that decides which tables there are and what stands in them, save the year of the calendars."""
        then = self._then.isoformat() if self._then else ""
        return f"{self._project.fingerprint}.{_code()}.{seeds.fingerprint(self.setup)}.{then}."

    def is_current(self, revision: int) -> bool:
        """Whether a refresh from a store at this revision would find nothing to do."""
        with self._refreshing:
            return self._state("rev") == str(revision) and self._state("models") == self._made_by()

    def rows(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """Runs a query of the product on a cursor of its own; never text that a user wrote."""
        cursor = self.cursor()
        found = cursor.execute(sql, params or None)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def once(self, sql: str) -> Sequence[Mapping[str, Any]]:
        """Rows of a query that every page asks: read again only after a refresh; shared, so not to be changed."""
        held = self._held
        if sql not in held:
            held[sql] = self.rows(sql)
        return held[sql]

    def source_ages(self) -> Sequence[tuple[str, datetime | None, datetime | None]]:
        """Each source with the time of its newest data, and from when it counts as silent.

        Silence is that of `attention_silent_sources`, as in the brief and on the pages: a weekend without news is no
        news. What people and runs of CI hand in has no age before it tells of a time: none of it is missed.
        """
        found = self.once(
            "select f.source, f.fresh_at, s.due_at from source_freshness f "
            "left join attention_silent_sources s on coalesce(s.name, s.source) = f.source "
            "where f.fresh_at is not null or coalesce(f.tool, '') not in ('fairlead', 'results') order by f.source"
        )
        return [(row["source"], row["fresh_at"], row["due_at"]) for row in found]

    def readonly(
        self, sql: str, *, owner: bool = False, limit: int = 10_000, timeout_s: float = 10.0
    ) -> readonly.Answer:
        """Answers a user's SQL: one reading statement; person columns exist only within the owner's scope."""
        return readonly.answer(self.cursor(), sql, owner=owner, limit=limit, seconds=timeout_s)

    def people_read(self, sql: str) -> tuple[str, ...]:
        """Columns about people that a user's SQL reads with the owner's scope, for the access log."""
        con, made_by = self.cursor(), self._made_by()
        with self._opening:
            if self._reads is None or self._reads[0] != made_by:
                self._reads = made_by, Reads(con)
            reads = self._reads[1]
        return reads.about_people(sql)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own to the same data: results of two queries must not share one."""
        if not self._ready:
            self.refresh()
        return self._opened()

    def _opened(self) -> duckdb.DuckDBPyConnection:
        with self._opening:
            return self._door.cursor()

    def close(self) -> None:
        """Lets go of the file."""
        if self._reads is not None:
            self._reads[1].close()
        self._door.close()
        self._con.close()

    def _state(self, key: str) -> str | None:
        # All rows are fetched: an unfinished result would stand in the way of what the connection does next.
        found = self._con.execute("select value from warehouse_state where key = ?", [key]).fetchall()
        return found[0][0] if found else None

    def _keep(self, key: str, value: str) -> None:
        self._con.execute("insert or replace into warehouse_state values (?, ?)", [key, value])


def _open(path: Path | None, memory_limit: str, threads: int) -> duckdb.DuckDBPyConnection:
    """Opens or makes the file; one of another shape or a broken one is thrown away."""
    import duckdb

    without_pandas()
    config: _Config = {"memory_limit": memory_limit, "threads": threads, "preserve_insertion_order": False}
    # Merging what is new into a large file costs as much as five small refreshes: not after each third of them.
    config["checkpoint_threshold"] = "128MB"
    # What a query has freed goes back to the system within seconds: other processes live on the machine too.
    config["allocator_background_threads"] = True
    if path is None:
        return _locked(duckdb.connect(":memory:", config=config))
    path = path.with_name(f"{path.stem}{path.suffix or '.duckdb'}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        con = duckdb.connect(str(path), config=config)
    except duckdb.IOException as fault:
        if "lock" in str(fault).lower():
            raise _busy(path) from fault
        con = _anew(path, config)
    except duckdb.Error:
        con = _anew(path, config)
    if not _fits(con):
        con.close()
        con = _anew(path, config)
    con.execute("create table if not exists warehouse_shape as select ? as shape", [_SHAPE])
    return _locked(con)


def _anew(path: Path, config: _Config) -> duckdb.DuckDBPyConnection:
    import duckdb

    for stale in (path, path.with_name(path.name + ".wal")):
        stale.unlink(missing_ok=True)
    return duckdb.connect(str(path), config=config)


def _busy(path: Path) -> Abort:
    socket = path.with_name("fairlead.sock")
    hint = "another command of this home uses it; wait until that ends"
    if socket.exists():
        hint = f"the server of this home has it and answers at {socket}: ask that, or stop it"
    return Abort(f"{path} is open in another process", hint=hint)


@contextmanager
def _transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    import duckdb

    con.begin()
    try:
        yield
        con.commit()
    except BaseException:
        # A commit that failed, as on a full disk, has ended it by itself.
        with suppress(duckdb.TransactionException):
            con.rollback()
        raise


@contextmanager
def _disk_told() -> Iterator[None]:
    """Tells a full disk as what it is: there is room again some day, and until then nothing is lost."""
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.TransactionException, duckdb.OutOfMemoryException) as fault:
        words = str(fault).partition("\n")[0]
        raise Retry(f"the marts cannot be brought up to date: {words}", hint="disk space? memory?") from fault


def _fits(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the file was made for these records, whole, and by nobody who left other tables in it."""
    import duckdb

    try:
        found = con.execute("select shape from warehouse_shape").fetchall()
    except duckdb.CatalogException:
        # A new file has no tables at all; counting is left for it, since that sizes every table of a full one.
        return con.execute("select count(*) from duckdb_tables() where not temporary").fetchall() == [(0,)]
    except duckdb.Error:
        return False
    return found == [(_SHAPE,)]


@cache
def _code() -> str:
    """Changes with the code that makes tables beside the models, so that what an older version made is made anew.

    Another version of the engine may make other numbers of texts (`sha_key`), so it counts as code.
    """
    import duckdb

    digest = blake2b(duckdb.__version__.encode(), digest_size=16)
    for path in (
        *sorted(Path(__file__).parent.glob("*.py")),
        *sorted(STEPS.glob("*.sql")),
        *sorted(RULES.glob("*.sql")),
    ):
        if path.name.startswith(_MAKING) or path.suffix == ".sql":
            digest.update(path.read_bytes())
    return digest.hexdigest()


_MAKING = ("lineage", "turn", "rewinding", "seeds", "shown", "stated", "tables")
"""Beginnings of the names of modules that decide what stands in tables."""


def _schema_shape() -> str:
    from fairlead.model.schema import columns

    said = repr([(table, [(column.name, column.kind) for column in columns(table)]) for table in TABLES])
    return blake2b(said.encode(), digest_size=16).hexdigest()


_SHAPE = _schema_shape()


def _locked(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """No files, no network, no Python variables by name, and no statement that could undo this."""
    con.execute("set python_enable_replacements = false")
    con.execute("set autoinstall_known_extensions = false")
    con.execute("set autoload_known_extensions = false")
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")
    return con


def _digest(con: duckdb.DuckDBPyConnection, table: str) -> str:
    found = con.execute(f"select count(*), coalesce(bit_xor(hash(t)), 0) from {table} t").fetchone()  # noqa: S608
    assert found is not None
    return f"{found[0]}:{found[1]};"

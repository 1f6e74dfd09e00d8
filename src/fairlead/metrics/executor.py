"""Runs the models in order: whole, or only for the keys that a delta touches.

An incremental model names a model that lists its dirty keys; their rows are made anew, all others stay. A run must
end in the same tables as a full one (`tests/metrics/test_incremental.py` proves it on random histories).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Protocol

from fairlead.metrics.barren import Barren, learned
from fairlead.metrics.project import Model, Project
from fairlead.metrics.tables import SOUGHT

if TYPE_CHECKING:
    import duckdb


_PART_ROWS_PER_MB = 240
"""Rows of which a part is made, on average, by the memory that the engine may take. Twenty joins in one statement
each keep some that it does not write out: into 256 MB 100,000 changes fit, 300,000 did not. More than that needs
cost, for each reads all that is joined to its rows."""


class Computed(Protocol):
    """Tables made by code instead of SQL, as sources of the models."""

    reads: Sequence[str]
    """Relations that it reads."""
    makes: Sequence[str]
    """Tables that it fills; those named in models as `delta` sources it keeps `delta_` tables of."""

    def run(self, con: duckdb.DuckDBPyConnection, *, full: bool) -> bool:
        """Brings its tables up to date; tells whether anything changed."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """What one run did."""

    whole: tuple[str, ...]
    """Models made anew."""
    partly: tuple[str, ...]
    """Models of which only dirty keys were made anew."""


class Executor:
    """Knows the order of models and computed tables."""

    def __init__(self, project: Project, computed: Mapping[str, Computed]) -> None:
        self.project = project
        self._computed = computed
        makers = {table: name for name, node in computed.items() for table in node.makes}

        def made_by(reads: Iterable[str]) -> set[str]:
            bases = {read.removeprefix("delta_") for read in reads}
            return {makers.get(base, base) for base in bases}

        self._reads = {name: made_by(model.reads) for name, model in project.models.items()}
        self._reads |= {name: made_by(node.reads) for name, node in computed.items()}
        asked = [*(model.reads for model in project.models.values()), *(node.reads for node in computed.values())]
        self._watched = {
            read.removeprefix("delta_") for reads in asked for read in reads if read.startswith("delta_")
        }
        # Who asks with `made` has the same list of dirty keys: the rows just made are all that it can want of theirs.
        self._made_use_of = {name for model in project.models.values() for name in _MADE.findall(model.text)}
        self._order = self._sorted()
        self._learned = learned(project.made_of)
        self._kinds: dict[str, str] = {}
        """Kind of each relation that stands: asking for one by its name takes as long as making a small table."""

    def _sorted(self) -> Sequence[str]:
        # Sorted, so that two runs take the same order: a fault in a model is then found at the same place again.
        known = {name: sorted(read for read in reads if read in self._reads) for name, reads in self._reads.items()}
        return tuple(TopologicalSorter(dict(sorted(known.items()))).static_order())

    def run(self, con: duckdb.DuckDBPyConnection, changed: set[str], *, full: bool, seeded: str = "") -> Run:
        """Brings all tables up to date with the changed record tables; must run within a transaction.

        `seeded` tells what stands in the seeds.
        """
        changed = set(changed)
        self._kinds = _kinds(con)
        barren = Barren(con, self._learned, seeded) if full else None
        left_over = {name for (name,) in con.execute(_LISTS).fetchall()}
        whole: list[str] = []
        partly: list[str] = []
        for name in self._order:
            stale = full or not changed.isdisjoint(self._reads[name])
            if name in self._computed:
                if self._compute(name, con, stale=stale, full=full):
                    changed.add(name)
                continue
            model = self.project.models[name]
            if not stale:
                self._no_delta(con, name)
                if name in left_over:
                    # What the run before listed is dirty no more; left there, whoever reads it would do that again.
                    con.execute(f'delete from "{name}"')  # noqa: S608 - a name of the project
            elif model.materialized == "view" and not full:
                # It reads what is new by itself, but who reads it must run.
                changed.add(name)
            elif model.materialized == "incremental" and not full:
                if self._replace_dirty(con, model):
                    partly.append(name)
                    changed.add(name)
            else:
                self._make(con, model, barren)
                whole.append(name)
                changed.add(name)
        return Run(tuple(whole), tuple(partly))

    def _compute(self, name: str, con: duckdb.DuckDBPyConnection, *, stale: bool, full: bool) -> bool:
        node = self._computed[name]
        # An empty delta first: a node that makes its tables anew, or does nothing, leaves it at that.
        for table in node.makes:
            self._no_delta(con, table)
        changed = stale and node.run(con, full=full)
        if full:
            self._kinds = _kinds(con)
            for table in node.makes:
                self._no_delta(con, table)
        return changed

    def _make(self, con: duckdb.DuckDBPyConnection, model: Model, barren: Barren | None) -> None:
        """Makes a relation anew; in a full run, of which `barren` knows what holds nothing, with all before it."""
        name = model.name
        kind = "view" if model.materialized == "view" else "table"
        # A table made anew knows not what changed in it; comparing it whole is dear, so only where somebody asks.
        watched = name in self._watched and barren is None and self._kinds.get(name) == "table"
        # DuckDB replaces like by like only, and an older version may have made the other kind.
        if self._kinds.get(name, kind) != kind:
            con.execute(f'drop {self._kinds[name]} "{name}"')
        self._kinds[name] = kind
        if watched:
            con.execute(f'create or replace temp table before as from "{name}"')
        if barren and model.name in self._learned.columns and barren.is_known(model):
            self._make_empty(con, model)
        else:
            rows = self._fill(con, model, kind, full=barren is not None)
            if barren:
                barren.note(model, rows)
        if watched:
            con.execute(
                f'create or replace temp table "delta_{name}" as '
                f'(from before except from "{name}") union all (from "{name}" except from before)'
            )
        else:
            self._no_delta(con, name)

    def _fill(self, con: duckdb.DuckDBPyConnection, model: Model, kind: str, *, full: bool) -> int:
        name, start = model.name, f'create or replace {kind} "{model.name}" as '
        if model.key:
            # How a key is kept is said before there are any.
            self._make_empty(con, model)
            start = f'insert into "{name}" '
        parts = _parts(con, model.parts_of) if model.parts_of and full else 1
        rows = sum(self._run(con, name, start, part=(nth, parts) if parts > 1 else None) for nth in range(parts))
        if kind == "table":
            self._learn_columns(con, model, f'"{name}"')
        return rows

    def _make_empty(self, con: duckdb.DuckDBPyConnection, model: Model) -> None:
        if model.name not in self._learned.columns:
            self._learn_columns(con, model, self.project.sql(model.name, incremental=False))
        con.execute(f'create or replace table "{model.name}" ({self._learned.columns[model.name]})')

    def _learn_columns(self, con: duckdb.DuckDBPyConnection, model: Model, relation: str) -> None:
        """Columns of a model, of which that by which rows are looked for is kept in a way of its own."""
        if model.name in self._learned.columns:
            return
        shape = con.execute(f"describe {relation}").fetchall()
        self._learned.columns[model.name] = ", ".join(
            f'"{name}" {kind} {SOUGHT if name == model.key else ""}' for name, kind, *_ in shape
        )

    def _run(
        self,
        con: duckdb.DuckDBPyConnection,
        name: str,
        start: str,
        *,
        incremental: bool = False,
        part: tuple[int, int] | None = None,
    ) -> int:
        """Runs a statement that ends in the SQL of a model; gives how many rows it made."""
        try:
            made = con.execute(start + self.project.sql(name, incremental=incremental, part=part)).fetchall()
        except Exception as fault:
            # DuckDB tells the line of the rendered SQL only, which nobody has in a file.
            fault.add_note(f"in model `{name}`")
            raise
        return int(made[0][0]) if made else 0

    def _no_delta(self, con: duckdb.DuckDBPyConnection, relation: str) -> None:
        if relation in self._watched and self._kinds.get(relation) == "table":
            con.execute(f'create or replace temp table "delta_{relation}" as from "{relation}" limit 0')

    def _replace_dirty(self, con: duckdb.DuckDBPyConnection, model: Model) -> bool:
        name, key = model.name, model.key
        # Without a dirty key every statement below would still read through the table, and so would who follows.
        if not con.execute(f'select 1 from "{model.dirty}" limit 1').fetchall():  # noqa: S608
            self._no_delta(con, name)
            return False
        fresh = f"fresh_{name}"
        self._run(con, name, f"create or replace temp table {fresh} as ", incremental=True)
        # The keys of all rows are read once; most dirty keys are new ones, of which there is nothing to replace.
        con.execute(
            "create or replace temp table replaced as "  # noqa: S608 - names of the project
            f'select rowid as place from "{name}" where "{key}" in (select "{key}" from "{model.dirty}")'
        )
        old = "rowid in (select place from replaced)"
        some = bool(con.execute("select 1 from replaced limit 1").fetchall())
        if name in self._watched:
            # The old rows too: whoever follows must also look after keys that are gone from the fresh ones.
            con.execute(
                f'create or replace temp table "delta_{name}" as '  # noqa: S608
                f'select * from "{name}" where {old if some else "false"} union all by name select * from {fresh}'
            )
        if some:
            con.execute(f'delete from "{name}" where {old}')  # noqa: S608
        con.execute(f'insert into "{name}" by name select * from {fresh}')  # noqa: S608
        if name not in self._made_use_of:
            con.execute(f"drop table {fresh}")
        return True


def _parts(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """In how many parts to make what is made of the rows of a table."""
    asked = f"select count(*), current_setting('memory_limit') from \"{table}\""  # noqa: S608 - a name of the project
    found = con.execute(asked).fetchone()
    assert found is not None
    return 1 + int(found[0]) // max(1, int(_PART_ROWS_PER_MB * _megabytes(found[1])))


def _megabytes(told: str) -> float:
    """Of what the engine says of its memory, like `2.7 GiB`."""
    amount, unit = told.split()
    return float(amount) * _UNITS[unit]


_UNITS = {"bytes": 2.0**-20, "KiB": 2.0**-10, "MiB": 1.0, "GiB": 2.0**10, "TiB": 2.0**20, "PiB": 2.0**30}


def _kinds(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Tables and views that stand, by name."""
    of_ours = "schema_name = 'main' and not temporary and not internal"
    found = con.execute(
        f"select table_name, 'table' from duckdb_tables() where {of_ours} "  # noqa: S608
        f"union all select view_name, 'view' from duckdb_views() where {of_ours}"
    )
    return dict(found.fetchall())


_MADE = re.compile(r"made\('(\w+)'\)")

_LISTS = """
select table_name from duckdb_tables()
where starts_with(table_name, 'dirty_') and estimated_size > 0 and schema_name = 'main' and not temporary
"""

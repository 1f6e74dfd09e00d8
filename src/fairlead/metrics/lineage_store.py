"""The tables that lineage keeps, and how what walks found is written into them."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from fairlead.metrics.lineage import Outcome

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

TABLES = {
    "deployment_lineage": "deployment varchar, repository varchar, service varchar, environment varchar, "
    "previous varchar, kind varchar, brought integer, lost integer, unproven integer, finished_at timestamp",
    "first_deployments": "repository varchar, sha varchar, service varchar, environment varchar, deployment varchar, "
    "finished_at timestamp, proven boolean, production boolean, sha_key ubigint",
}
"""Tables for readers -> their columns.

`sha_key` is the hash as a number: among millions of rows it is found ten times faster than the text beside it.
"""

STATE = {
    # What a deployment brought again or lost: the view `lineage_commits` adds what it was the first to bring.
    "warehouse_moved": "deployment varchar, repository varchar, service varchar, environment varchar, sha varchar, "
    "what varchar",
    # Hashes that known commits or deployments point to without being known themselves.
    "warehouse_awaited": "repository varchar, sha varchar",
    # Where each track ended, so that its next deployment needs the young commits only.
    "warehouse_tracks": "repository varchar, service varchar, environment varchar, deployment varchar, "
    "horizon bigint, named_at bigint",
    # What an earlier deployment of a track contained and its last one does not.
    "warehouse_missing": "repository varchar, service varchar, environment varchar, sha varchar",
}
"""Tables that the next run goes on from -> their columns."""

VIEWS = {
    # Nearly all rows repeat those of `first_deployments`: written twice they were a third of all that lineage costs.
    "lineage_commits": "select deployment, repository, service, environment, sha, 'brought' as what "
    "from main.first_deployments where proven union all from main.warehouse_moved",
}
"""Views for readers -> their queries."""

UNDATED = 2**62
"""Time of a cut in history whose commit has none: nothing is younger."""


def create(con: duckdb.DuckDBPyConnection, *, anew: bool) -> None:
    """Makes the tables that are not there yet, or all of them empty."""
    for table, shape in (*TABLES.items(), *STATE.items()):
        con.execute(f"create {'or replace table' if anew else 'table if not exists'} {table} ({shape})")
    for view, query in VIEWS.items():
        # An older version wrote it out as a table, which no view can replace.
        if con.execute("select 1 from duckdb_tables() where table_name = ?", [view]).fetchall():
            con.execute(f"drop table {view}")
        con.execute(f"create or replace view {view} as {query}")


def store(con: duckdb.DuckDBPyConnection, outcome: Outcome, *, also_first: str | None = None) -> None:
    """Writes what walks found, by way of the numbered `acts` and `nodes`; first deployments into one more table."""
    import pyarrow as pa

    columns = list(zip(*outcome.steps, strict=True)) or [()] * 6
    names = ("d", "previous", "kind", "brought", "lost", "unproven")
    con.register("found", pa.table({name: list(column) for name, column in zip(names, columns, strict=True)}))
    con.execute("""
        insert into deployment_lineage
        select a.deployment, a.repository, a.service, a.environment, b.deployment, s.kind, s.brought, s.lost,
            s.unproven, a.finished_at
        from found s join acts a using (d) left join acts b on b.d = s.previous
    """)
    for what, of, commit in (
        ("brought", outcome.again_of, outcome.again_commit),
        ("lost", outcome.lost_of, outcome.lost_commit),
    ):
        _register(con, of, commit)
        con.execute(
            "insert into warehouse_moved select a.deployment, a.repository, a.service, a.environment, n.sha, ? "
            "from found f join acts a using (d) join nodes n using (n)",
            [what],
        )
    _register(con, outcome.missing_of, outcome.missing_commit)
    con.execute(
        "insert into warehouse_missing select a.repository, a.service, a.environment, n.sha "
        "from found f join acts a using (d) join nodes n using (n)"
    )
    _register(con, outcome.first_of, outcome.first_commit, proven=_column(outcome.first_proven, pa.uint8()))
    for table in filter(None, ("first_deployments", also_first)):
        con.execute(
            f"insert into {table} select a.repository, n.sha, a.service, a.environment, a.deployment, "  # noqa: S608
            "a.finished_at, f.proven = 1, a.production, hash(n.sha) "
            "from found f join acts a using (d) join nodes n using (n)"
        )
    ends = list(zip(*outcome.horizons, strict=True)) or [()] * 3
    kinds = (pa.int32(), pa.int64(), pa.int64())
    listed = [pa.array(column, type=kind) for column, kind in zip(ends, kinds, strict=True)]
    con.register("found", pa.table(dict(zip(("d", "horizon", "named_at"), listed, strict=True))))
    con.execute("""
        insert into warehouse_tracks
        select a.repository, a.service, a.environment, a.deployment, f.horizon, f.named_at
        from found f join acts a using (d)
    """)
    con.unregister("found")


def _register(con: duckdb.DuckDBPyConnection, of: array[int], commit: array[int], **more: pa.Array) -> None:
    import pyarrow as pa

    con.register("found", pa.table({"d": _column(of, pa.int32()), "n": _column(commit, pa.int32()), **more}))


def _column(numbers: array[int] | bytearray, kind: pa.DataType) -> pa.Array:
    """The numbers where they are: no copy and no Python value for each."""
    import pyarrow as pa

    return pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(numbers)])

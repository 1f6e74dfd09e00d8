"""The tables that lineage keeps, and how what walks found is written into them."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from fairlead.metrics.lineage import Outcome

if TYPE_CHECKING:
    import duckdb

TABLES = {
    "deployment_lineage": "deployment varchar, repository varchar, service varchar, environment varchar, "
    "previous varchar, kind varchar, brought integer, lost integer, unproven integer, finished_at timestamp",
    "lineage_commits": "deployment varchar, repository varchar, service varchar, environment varchar, sha varchar, "
    "what varchar",
    "first_deployments": "repository varchar, sha varchar, service varchar, environment varchar, deployment varchar, "
    "finished_at timestamp, proven boolean, production boolean",
}
"""Tables for readers -> their columns."""

STATE = {
    # Hashes that known commits or deployments point to without being known themselves.
    "warehouse_awaited": "repository varchar, sha varchar",
    # Where each track ended, so that its next deployment needs the young commits only.
    "warehouse_tracks": "repository varchar, service varchar, environment varchar, deployment varchar, "
    "horizon bigint",
}
"""Tables that the next run goes on from -> their columns."""

UNDATED = 2**62
"""Time of a cut in history whose commit has none: nothing is younger."""


def store(con: duckdb.DuckDBPyConnection, outcome: Outcome) -> None:
    """Writes what walks found, by way of the numbered `acts` and `nodes`."""
    import pyarrow as pa

    columns = list(zip(*outcome.steps, strict=True)) or [()] * 6
    names = ("d", "previous", "kind", "brought", "lost", "unproven")
    con.register("steps_found", pa.table({name: list(column) for name, column in zip(names, columns, strict=True)}))
    con.execute("""
        insert into deployment_lineage
        select a.deployment, a.repository, a.service, a.environment, b.deployment, s.kind, s.brought, s.lost,
            s.unproven, a.finished_at
        from steps_found s join acts a using (d) left join acts b on b.d = s.previous
    """)
    for what, of, commit in (
        ("brought", outcome.brought_of, outcome.brought_commit),
        ("lost", outcome.lost_of, outcome.lost_commit),
    ):
        con.register("found", pa.table({"d": _column(of), "n": _column(commit)}))
        con.execute(
            "insert into lineage_commits select a.deployment, a.repository, a.service, a.environment, n.sha, ? "
            "from found f join acts a using (d) join nodes n using (n)",
            [what],
        )
    firsts = {"d": _column(outcome.first_of), "n": _column(outcome.first_commit)}
    proven = pa.array(outcome.first_proven, type=pa.uint8()) if outcome.first_proven else pa.array([], pa.uint8())
    con.register("found", pa.table({**firsts, "proven": proven}))
    con.execute("""
        create or replace temp table fresh_first as
        select n.repository, n.sha, a.service, a.environment, a.deployment, a.finished_at, f.proven = 1 as proven,
            a.production
        from found f join acts a using (d) join nodes n using (n)
    """)
    con.execute("insert into first_deployments from fresh_first")
    horizons = list(zip(*outcome.horizons, strict=True)) or [(), ()]
    con.register("found", pa.table({"d": list(horizons[0]), "horizon": pa.array(horizons[1], type=pa.int64())}))
    con.execute("""
        insert into warehouse_tracks
        select a.repository, a.service, a.environment, a.deployment, f.horizon from found f join acts a using (d)
    """)
    for name in ("steps_found", "found"):
        con.unregister(name)


def _column(numbers: array[int]) -> Any:
    import pyarrow as pa

    return pa.Array.from_buffers(pa.int32(), len(numbers), [None, pa.py_buffer(numbers)])

"""Runs the lineage over the commit graphs in the warehouse and keeps its tables.

Repositories are taken in buckets, so that memory depends on the bucket and not on the whole history. Unless all
is made anew, only repositories are walked whose deployments or known ancestry changed: a new commit that no known
commit and no deployment was waiting for lies above all deployments and cannot change anything.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from fairlead.metrics.lineage import Graph, Outcome, Step, trace

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_BUCKET_COMMITS = 1_000_000

_TABLES = {
    "deployment_lineage": "deployment varchar, repository varchar, service varchar, environment varchar, "
    "previous varchar, kind varchar, brought integer, lost integer, unproven integer, finished_at timestamp",
    "lineage_commits": "deployment varchar, repository varchar, service varchar, environment varchar, sha varchar, "
    "what varchar",
    "first_deployments": "repository varchar, sha varchar, service varchar, environment varchar, deployment varchar, "
    "finished_at timestamp, proven boolean",
}

_UNDATED = 2**62
"""Time of a cut in history whose commit has none: nothing is younger."""


class Lineage:
    """The computed tables `deployment_lineage`, `lineage_commits` and `first_deployments`."""

    reads: Sequence[str] = ("deployment_parts", "commits")
    makes: Sequence[str] = tuple(_TABLES)

    def run(self, con: duckdb.DuckDBPyConnection, *, full: bool) -> bool:
        """Walks what is stale; tells whether there was anything."""
        for table, shape in _TABLES.items():
            con.execute(f"create table if not exists {table} ({shape})")
        _remember_parts(con)
        if full:
            con.execute(
                "create or replace temp table stale_repositories as select distinct repository from parts_now"
            )
        else:
            con.execute(_STALE)
        if not full and not con.execute("select 1 from stale_repositories limit 1").fetchone():
            return False
        self._forget(con, full=full)
        for bucket in _buckets(con):
            _walk(con, bucket)
        if not full:
            _note_differences(con)
        con.execute("create or replace table warehouse_parts as from parts_now")
        return True

    def _forget(self, con: duckdb.DuckDBPyConnection, *, full: bool) -> None:
        stale = "where repository in (select repository from stale_repositories)"
        if full:
            for table, shape in _TABLES.items():
                con.execute(f"create or replace table {table} ({shape})")
            return
        con.execute(f"create or replace temp table first_before as from first_deployments {stale}")
        for table in _TABLES:
            con.execute(f"delete from {table} {stale}")  # noqa: S608 - names of this module


_STALE = """
create or replace temp table stale_repositories as
with differing as (
    (from parts_now except from warehouse_parts) union all (from warehouse_parts except from parts_now)
),
awaited as (
    select c.repository, unnest(c.parents) as sha from commits c
    where c.repository in (select repository from delta_commits)
        and c.repository in (select repository from parts_now)
    union
    select repository, sha from parts_now
),
fresh as (
    select id, repository, sha from delta_commits
    group by id, repository, sha
    -- Both sides of an update are in a delta; a commit that is the same on both has not changed for lineage.
    having count(*) = 1 or count(distinct (parents, committed_at, deleted_at)) > 1
)
select distinct repository from differing
union
select f.repository from fresh f
join awaited a on a.repository = f.repository and a.sha = f.sha
"""


def _remember_parts(con: duckdb.DuckDBPyConnection) -> None:
    """Only successful deployments with a finish time make history."""
    con.execute(
        "create or replace temp table parts_now as select repository, service, environment, deployment, sha, given, "
        "production, finished_at, success from deployment_parts where finished_at is not null"
    )
    con.execute("create table if not exists warehouse_parts as from parts_now limit 0")


def _buckets(con: duckdb.DuckDBPyConnection) -> Iterator[list[str]]:
    """Stale repositories, grouped to about a million commits."""
    sizes = con.execute(
        "select s.repository, (select count(*) from commits c where c.repository = s.repository) "
        "from stale_repositories s where s.repository in (select repository from parts_now) order by 1"
    ).fetchall()
    bucket: list[str] = []
    held = 0
    for repository, size in sizes:
        if bucket and held + size > _BUCKET_COMMITS:
            yield bucket
            bucket, held = [], 0
        bucket.append(repository)
        held += size
    if bucket:
        yield bucket


def _walk(con: duckdb.DuckDBPyConnection, bucket: list[str]) -> None:
    _number(con, bucket)
    loaded = _load_graph(con)
    outcome = Outcome()
    for track in _tracks(con):
        trace(loaded, track.steps, outcome, keep_first=track.production, covered_from=track.covered_from)
    _store(con, outcome)


def _number(con: duckdb.DuckDBPyConnection, bucket: list[str]) -> None:
    """Numbers the commits of the bucket and its deployments; deployed hashes without a known commit too."""
    con.execute("create or replace temp table bucket as select unnest(?::varchar[]) as repository", [bucket])
    con.execute("""
        create or replace temp table nodes as
        with known as (
            select repository, sha, epoch(committed_at)::bigint as moment, parents, true as known from commits
            where repository in (from bucket) and deleted_at is null and sha is not null
        ), unknown as (
            select distinct repository, sha from parts_now p
            where repository in (from bucket) and success
                and not exists (select 1 from known k where k.repository = p.repository and k.sha = p.sha)
        )
        select (row_number() over (order by repository, moment nulls last, sha) - 1)::integer as n, *
        from (
            select * from known
            union all by name
            select *, null::bigint as moment, null::varchar[] as parents, false as known from unknown
        )
    """)
    con.execute("""
        create or replace temp table edges as
        with every as (
            select n as child, repository, unnest(parents) as sha, generate_subscripts(parents, 1) as place
            from nodes where parents is not null and len(parents) > 0
        )
        select e.child, coalesce(p.n, -1)::integer as parent, e.place::integer as place
        from every e left join nodes p on p.repository = e.repository and p.sha = e.sha
    """)
    con.execute("""
        create or replace temp table acts as
        select
            (row_number() over (order by repository, service, environment, finished_at, deployment) - 1)::integer as d,
            *
        from (select distinct repository, service, environment, deployment, finished_at, production from parts_now
              where repository in (from bucket) and success)
    """)


def _load_graph(con: duckdb.DuckDBPyConnection) -> Graph:
    nodes = _arrow(con, "select coalesce(moment, 0) as moment, known from nodes order by n")
    times = _ints(nodes.column("moment"), "q")
    size = len(times)
    first = array("i", [-1]) * size
    links = _arrow(con, "select child, parent from edges where place = 1 and parent >= 0")
    for child, parent in zip(_ints(links.column("child"), "i"), _ints(links.column("parent"), "i"), strict=True):
        first[child] = parent
    more: dict[int, tuple[int, ...]] = {}
    merges = con.execute("select child, parent from edges where place > 1 and parent >= 0").fetchall()
    for child, parent in merges:
        more[child] = (*more.get(child, ()), parent)
    cut = dict(
        con.execute(
            "select distinct child, coalesce(n.moment, ?) from edges e join nodes n on n.n = e.child "
            "where parent < 0 "
            "union all select n, ? from nodes where not known "
            # A commit whose parents were never told may have any.
            "union all select n, coalesce(moment, ?) from nodes where known and parents is null",
            [_UNDATED] * 3,
        ).fetchall()
    )
    return Graph(list(first), more, times, cut)


@dataclass(slots=True)
class _Line:
    steps: list[Step]
    production: bool
    covered_from: int


def _tracks(con: duckdb.DuckDBPyConnection) -> Iterator[_Line]:
    """The successful deployments of each service and environment, in order of finish."""
    rows = con.execute("""
        with covered as (
            select repository, min(epoch(finished_at))::bigint as covered_from from parts_now group by repository
        )
        select a.repository, a.service, a.environment, a.d, a.production, c.covered_from, n.n, p.given
        from acts a
        join parts_now p on p.deployment = a.deployment and p.repository = a.repository and p.service = a.service
            and p.environment = a.environment and p.success
        join nodes n on n.repository = a.repository and n.sha = p.sha
        join covered c on c.repository = a.repository
        order by a.d, p.given, n.n
    """).fetchall()
    for _, track in groupby(rows, key=lambda row: row[:3]):
        steps: list[Step] = []
        production, covered_from = False, 0
        for number, parts in groupby(track, key=lambda row: row[3]):
            held = list(parts)
            production, covered_from = production or held[0][4], held[0][5]
            heads = tuple(row[6] for row in held if not row[7])
            steps.append(Step(number, heads, tuple(row[6] for row in held if row[7])))
        yield _Line(steps, production, covered_from)


def _store(con: duckdb.DuckDBPyConnection, outcome: Outcome) -> None:
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
        insert into first_deployments
        select n.repository, n.sha, a.service, a.environment, a.deployment, a.finished_at, f.proven = 1
        from found f join acts a using (d) join nodes n using (n)
    """)
    for name in ("steps_found", "found"):
        con.unregister(name)


def _note_differences(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("""
        create or replace temp table delta_first_deployments as
        with after as (
            from first_deployments where repository in (select repository from stale_repositories)
        )
        (from after except from first_before) union all (from first_before except from after)
    """)


def _arrow(con: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    return con.sql(sql).to_arrow_table().combine_chunks()


def _ints(column: pa.ChunkedArray, kind: Literal["i", "q"]) -> list[int]:
    """A column without gaps as a list, through its buffer: ten times faster than value by value."""
    found: list[int] = []
    for chunk in column.chunks:
        view = memoryview(chunk.buffers()[1]).cast("B").cast(kind)
        found.extend(view[chunk.offset : chunk.offset + len(chunk)].tolist())
    return found


def _column(numbers: array[int]) -> Any:
    import pyarrow as pa

    return pa.Array.from_buffers(pa.int32(), len(numbers), [None, pa.py_buffer(numbers)])

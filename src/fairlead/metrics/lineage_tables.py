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
from typing import TYPE_CHECKING, Literal

from fairlead.metrics.lineage import Graph, Outcome, Step, trace
from fairlead.metrics.lineage_store import STATE, TABLES, UNDATED, VIEWS, create, store
from fairlead.metrics.lineage_young import extend_tracks

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_BUCKET_COMMITS = 1_000_000


class Lineage:
    """The computed tables `deployment_lineage`, `lineage_commits` and `first_deployments`."""

    reads: Sequence[str] = ("deployment_parts", "delta_deployment_parts", "commits")
    makes: Sequence[str] = (*TABLES, *VIEWS)

    def run(self, con: duckdb.DuckDBPyConnection, *, full: bool) -> bool:
        """Walks what is stale; tells whether there was anything."""
        create(con, anew=full)
        _compare_parts(con, anew=full)
        if full:
            con.execute(
                "create or replace temp table stale_repositories as select distinct repository from parts_now"
            )
        else:
            con.execute(_STALE)
            if con.execute("select 1 from stale_repositories limit 1").fetchone() is None:
                return False
            extend_tracks(con)
            _forget(con)
        for bucket in _buckets(con):
            _walk(con, bucket)
        if not full:
            _note_differences(con)
        _remember_parts(con)
        return True


def _forget(con: duckdb.DuckDBPyConnection) -> None:
    stale = "where repository in (select repository from stale_repositories)"
    con.execute(f"create or replace temp table first_before as from first_deployments {stale}")
    con.execute(f"create or replace temp table lineage_before as from deployment_lineage {stale}")
    for table in (*TABLES, *STATE):
        con.execute(f"delete from {table} {stale}")  # noqa: S608 - names of this module


_STALE = """
create or replace temp table stale_repositories as
with touched as (
    -- Both sides of an update are in a delta; a commit that is the same on both has not changed for lineage.
    select id, any_value(repository) as repository, any_value(sha) as sha, count(*) as sides, bool_or(came) as came
    from delta_commits group by id
    having count(*) = 1 or count(distinct (parents, committed_at, deleted_at)) > 1
)
select distinct repository, false as by_commit from parts_changed
union
-- A new commit matters only where something older points to it; one that changed or went, wherever it is.
select t.repository, true from touched t
left join warehouse_awaited w on w.repository = t.repository and w.sha = t.sha
where t.repository in (select repository from parts_now)
    and (w.sha is not null or t.sides > 1 or not t.came)
"""


_PART = "deployment, repository, service, environment, sha, given, production, finished_at, success"


def _compare_parts(con: duckdb.DuckDBPyConnection, *, anew: bool) -> None:
    """What came (1) and went (-1) since the last run; only deployments with a finish time make history."""
    con.execute(
        f"create or replace temp view parts_now as select {_PART} from main.deployment_parts "  # noqa: S608
        "where finished_at is not null"
    )
    start = "create or replace table" if anew else "create table if not exists"
    con.execute(f"{start} warehouse_parts as from parts_now limit 0")
    # Parts that are not in their delta stand in both: comparing all would cost more the longer the history is.
    new = "deployment in (select deployment from delta_deployment_parts)"
    now, before = (
        f"select {_PART}, {side} as side from {table} where finished_at is not null"  # noqa: S608
        + ("" if anew else f" and rowid in (select rowid from {table} where {new})")  # noqa: S608
        for table, side in (("main.deployment_parts", 1), ("warehouse_parts", -1))
    )
    con.execute(
        f"create or replace temp table parts_changed as select {_PART}, sum(side) as side "  # noqa: S608
        f"from ({now} union all {before}) group by {_PART} having sum(side) <> 0"
    )


def _remember_parts(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "delete from warehouse_parts where (deployment, repository, service, environment, sha) in "
        "(select (deployment, repository, service, environment, sha) from parts_changed where side < 0)"
    )
    con.execute(f"insert into warehouse_parts select {_PART} from parts_changed where side > 0")  # noqa: S608


def _buckets(con: duckdb.DuckDBPyConnection) -> Iterator[list[str]]:
    """Stale repositories, grouped to about a million commits."""
    # Mostly all could be extended; sizes are read from all commits there are.
    if not con.execute("select 1 from stale_repositories limit 1").fetchall():
        return
    # Sorted, so that a repository is never cut: a walk needs its whole graph.
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
        trace(loaded, track.steps, outcome, covered_from=track.covered_from)
    store(con, outcome)
    con.execute("""
        insert into warehouse_awaited
        select n.repository, n.parents[e.place] from edges e join nodes n on n.n = e.child where e.parent < 0
        union select repository, sha from nodes where not known
    """)


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
        -- Any numbers will do: putting a million commits in order first cost more than the rest of this together.
        select (row_number() over () - 1)::integer as n, *
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
            (row_number() over (order by repository, service, environment, finished_at, deployment) - 1)::integer
                as d,
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
    # First parents are a list, since nearly every commit has one; a dictionary for the few others keeps that small.
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
            [UNDATED] * 3,
        ).fetchall()
    )
    return Graph(first.tolist(), more, times, cut)


@dataclass(slots=True)
class _Line:
    steps: list[Step]
    covered_from: int


def _tracks(con: duckdb.DuckDBPyConnection) -> Iterator[_Line]:
    """The successful deployments of each service and environment, in order of finish."""
    rows = con.execute("""
        with covered as (
            select repository, min(epoch(finished_at))::bigint as covered_from from parts_now group by repository
        )
        select a.repository, a.service, a.environment, a.d, c.covered_from, n.n, p.given
        from acts a
        join parts_now p on p.deployment = a.deployment and p.repository = a.repository and p.service = a.service
            and p.environment = a.environment and p.success
        join nodes n on n.repository = a.repository and n.sha = p.sha
        join covered c on c.repository = a.repository
        order by a.d, p.given, n.n
    """).fetchall()
    for _, track in groupby(rows, key=lambda row: row[:3]):
        steps: list[Step] = []
        covered_from = 0
        for number, parts in groupby(track, key=lambda row: row[3]):
            held = list(parts)
            covered_from = held[0][4]
            heads = tuple(row[5] for row in held if not row[6])
            steps.append(Step(number, heads, tuple(row[5] for row in held if row[6])))
        yield _Line(steps, covered_from)


def _note_differences(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("""
        create or replace temp table delta_first_deployments as
        with after as (
            from first_deployments where repository in (select repository from stale_repositories)
        )
        (from after except from first_before) union all (from first_before except from after)
        union all from extended_first
    """)
    # A track that was extended has new rows for its new deployments only, and those are among the changed parts.
    con.execute("""
        create or replace temp table delta_deployment_lineage as
        with after as (
            from deployment_lineage where repository in (select repository from stale_repositories)
        )
        (from after except from lineage_before) union all (from lineage_before except from after)
        union all
        from deployment_lineage where rowid in (
            select rowid from deployment_lineage where deployment in (select deployment from parts_changed)
        )
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

"""Goes on with tracks from where they ended, with the young commits only: the usual case, at the cost of what is new.

It holds for a repository if all that differs are later deployments of known tracks, and if their walks end in what
was contained before. Every other repository, like one that has just been rolled back, stays in `stale_repositories`
and is walked whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from fairlead.metrics.lineage import End, Graph, NeedsHistory, Outcome, Step, extend
from fairlead.metrics.lineage_store import TABLES, UNDATED, store

if TYPE_CHECKING:
    import duckdb

_SLACK = "interval '14 days'"
"""How much older than the last deployed commit a branch may be before the whole history is asked."""


def extend_tracks(con: duckdb.DuckDBPyConnection) -> None:
    """Extends what can be, and takes those repositories out of `stale_repositories`."""
    con.execute(f"create or replace temp table extended_first ({TABLES['first_deployments']})")
    con.execute(_CANDIDATES)
    if con.execute("select 1 from young limit 1").fetchone() is None:
        return
    con.execute(_SINCE)
    # As a constant it lets the engine skip what is older without reading it: commits lie about in order of time.
    oldest = con.execute("select min(since) from since").fetchall()[0][0]
    con.execute(_NODES, [oldest])
    con.execute(_ACTS)
    # Each repository has an outcome of its own until it is through: one that must be walked whole leaves no trace.
    total, done = Outcome(), []
    graph, edge = _graph(con), {row[0] for row in con.execute("select n from nodes where not inside").fetchall()}
    held, missing = _commits_of(con, "first_deployments"), _commits_of(con, "warehouse_missing")
    for repository, tracks in groupby(_tracks(con), key=lambda track: track.repository):
        outcome = Outcome()
        try:
            for track in tracks:
                name = (repository, track.service, track.environment)
                lacks = missing.get(name, set())
                end = End(track.before, track.horizon, held.get(name, set()) - lacks, lacks)
                extend(graph, end, track.steps, outcome, edge=edge)
        except NeedsHistory:
            continue
        total.take(outcome)
        done.append(repository)
    _write(con, total, done)


def _write(con: duckdb.DuckDBPyConnection, outcome: Outcome, repositories: list[str]) -> None:
    con.execute("create or replace temp table extended as select unnest(?::varchar[]) as repository", [repositories])
    for table in ("warehouse_tracks", "warehouse_missing"):
        con.execute(f"""
            delete from {table} t where exists (
                select 1 from acts a join extended e using (repository)
                where a.repository = t.repository and a.service = t.service and a.environment = t.environment
            )
        """)  # noqa: S608 - names of this module
    store(con, outcome, also_first="extended_first")
    con.execute("delete from stale_repositories where repository in (from extended)")


# Only later successful deployments of known tracks without losses; anything else needs the whole history.
_CANDIDATES = """
create or replace temp table young as
with added as (from parts_changed where side > 0),
gone as (from parts_changed where side < 0),
ends as (
    select t.*, l.finished_at as ended_at
    from warehouse_tracks t
    join deployment_lineage l using (repository, service, environment, deployment)
),
begins as (
    select repository, min(finished_at) as began_at from warehouse_parts
    where repository in (select repository from added) group by repository
),
refused as (
    select repository from stale_repositories where by_commit
    union select repository from gone
    union
    select a.repository from added a
    left join ends e using (repository, service, environment)
    left join begins b on b.repository = a.repository
    where (a.success and coalesce(a.finished_at <= e.ended_at, true)) or coalesce(a.finished_at < b.began_at, true)
)
select distinct repository from stale_repositories where repository not in (select repository from refused)
"""

_SINCE = f"""
create or replace temp table since as
select t.repository, min(if(t.named_at > 0, make_timestamp(t.named_at * 1000000), l.finished_at)) - {_SLACK} as since
from warehouse_tracks t
join deployment_lineage l using (repository, service, environment, deployment)
where t.repository in (from young)
group by t.repository
"""  # noqa: S608 - a constant

_NODES = """
create or replace temp table nodes as
with inside as (
    select c.repository, c.sha, epoch(c.committed_at)::bigint as moment, c.parents, true as inside
    from commits c join since s on s.repository = c.repository and c.committed_at >= s.since
    where c.committed_at >= ? and c.deleted_at is null and c.sha is not null
    union all
    select repository, sha, null, parents, true from commits
    where committed_at is null and repository in (select repository from since)
        and deleted_at is null and sha is not null
),
pointed as (
    select repository, unnest(parents) as sha from inside
    union
    select repository, sha from parts_now where repository in (from young) and success
    union
    select repository, sha from warehouse_missing where repository in (from young)
),
outside as (
    select p.repository, p.sha, null::bigint as moment, null::varchar[] as parents, false as inside
    from pointed p anti join inside i using (repository, sha)
)
select (row_number() over () - 1)::integer as n, *
from (from inside union all from outside)
"""

_ACTS = """
create or replace temp table acts as
with wanted as (
    select repository, service, environment, deployment from parts_changed
    where side > 0 and success and repository in (from young)
    union
    select repository, service, environment, deployment from warehouse_tracks where repository in (from young)
)
select (row_number() over (order by repository, service, environment, finished_at, deployment) - 1)::integer as d, *
from (
    select distinct p.repository, p.service, p.environment, p.deployment, p.finished_at, p.production
    from parts_now p join wanted using (repository, service, environment, deployment)
)
"""


def _graph(con: duckdb.DuckDBPyConnection) -> Graph:
    times: list[int] = []
    cut: dict[int, int] = {}
    for number, moment, inside, unsaid in con.execute(
        "select n, coalesce(moment, 0), inside, parents is null from nodes order by n"
    ).fetchall():
        times.append(moment)
        # A commit without a list of parents may have any; one outside is older than all that is asked here.
        if inside and unsaid:
            cut[number] = moment or UNDATED
    first = [-1] * len(times)
    more: dict[int, tuple[int, ...]] = {}
    for child, parent, place in con.execute("""
        select e.n, p.n, e.place
        from (select n, repository, unnest(parents) as sha, generate_subscripts(parents, 1) as place from nodes) e
        join nodes p on p.repository = e.repository and p.sha = e.sha
    """).fetchall():
        if place == 1:
            first[child] = parent
        else:
            more[child] = (*more.get(child, ()), parent)
    return Graph(first, more, times, cut)


def _commits_of(con: duckdb.DuckDBPyConnection, table: str) -> Mapping[tuple[str, str, str], set[int]]:
    """Which of the commits at hand a table names for each track."""
    # Found by number alone, in a step that cannot be put off: else all that was ever deployed is joined by its texts.
    near = "true"
    if table == "first_deployments":
        near = f"rowid in (select rowid from {table} where sha_key in (select hash(sha) from nodes))"  # noqa: S608
    found: dict[tuple[str, str, str], set[int]] = {}
    for repository, service, environment, number in con.execute(f"""
        with near as materialized (select repository, service, environment, sha from {table} where {near})
        select f.repository, f.service, f.environment, n.n from near f join nodes n using (repository, sha)
    """).fetchall():  # noqa: S608 - names of `lineage_store`
        found.setdefault((repository, service, environment), set()).add(number)
    return found


@dataclass(slots=True)
class _Young:
    """What a track ended with, and what comes after it."""

    repository: str
    service: str
    environment: str
    horizon: int
    before: Step
    steps: list[Step] = field(default_factory=list)


def _tracks(con: duckdb.DuckDBPyConnection) -> Iterable[_Young]:
    rows = con.execute("""
        select a.repository, a.service, a.environment, a.d, t.horizon, p.given, n.n
        from acts a
        join parts_now p using (repository, service, environment, deployment)
        join nodes n on n.repository = a.repository and n.sha = p.sha
        join warehouse_tracks t on t.repository = a.repository and t.service = a.service
            and t.environment = a.environment
        order by a.d, p.given, n.n
    """).fetchall()
    for (repository, service, environment), track in groupby(rows, key=lambda row: row[:3]):
        held = list(track)
        # `acts` holds the last known deployment of each track beside the new ones, and it sorts first.
        before, *steps = (_step(list(parts)) for _, parts in groupby(held, key=lambda row: row[3]))
        if steps:
            yield _Young(repository, service, environment, held[0][4], before, steps)


def _step(parts: list[tuple[Any, ...]]) -> Step:
    heads = tuple(part[6] for part in parts if not part[5])
    return Step(parts[0][3], heads, tuple(part[6] for part in parts if part[5]))

"""Large made-up histories as Arrow tables, drawn by DuckDB itself: the same seed gives the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from fairlead.metrics.tables import TYPES, Snapshot
from fairlead.model.schema import columns

_EPOCH = "timestamp '2023-01-02 00:00:00'"


@dataclass(frozen=True)
class Size:
    """How much there is."""

    changes: int
    commits_per_change: int = 5
    changes_per_deployment: float = 3.33
    changes_per_repository: int = 1000
    incidents: int = 0
    minutes_apart: float = 1.5
    busy: int = 10
    """Repositories to which all additions go: the same delta whatever the size."""

    @property
    def repositories(self) -> int:
        """Number of repositories."""
        return max(1, self.changes // self.changes_per_repository)


class MadeUpHistory:
    """A source whose first snapshot holds a history and whose later ones hold additions to it.

    Each repository has a main line; each change is a branch of some commits that is merged into it, reviewed once or
    twice; every few merges are deployed, about one deployment in fifty goes back to what ran before the last one. Ids
    carry real-looking hashes.
    """

    def __init__(self, size: Size, path: Path | None = None) -> None:
        # In a file the history takes little of the memory that is measured.
        config = {"threads": 2, "preserve_insertion_order": False, "memory_limit": "300MB" if path else "4GB"}
        self._con = duckdb.connect(str(path or ":memory:"), config=config)
        self._size = size
        self._rev, self._first = 1, 0
        self._con.execute("create table if not exists drawings (rev bigint, first bigint)")
        drawn = self._con.execute("select max(rev), max(first) from drawings").fetchall()[0]
        if drawn[0] is None:
            self._draw(0, size.changes, size.repositories)
            self._note()
        else:
            # A file of an earlier run: what comes now goes on where its last addition ended.
            self._rev, self._first = drawn

    def _note(self) -> None:
        self._con.execute("insert into drawings values (?, ?)", [self._rev, self._first])

    def add(self, changes: int) -> None:
        """Adds changes with all that belongs to them, deployments too."""
        self._rev += 1
        self._draw(self._first, changes, min(self._size.busy, self._size.repositories))
        self._first += changes
        self._note()

    def rows(self) -> int:
        """Rows of the last drawing."""
        tables = self._con.execute("select table_name from information_schema.tables where table_name like 'out_%'")
        names = [row[0] for row in tables.fetchall()]
        return sum(self._con.execute(f"select count(*) from {name}").fetchone()[0] for name in names)

    def revision(self) -> int:
        """Number of drawings."""
        return self._rev

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The last drawing."""
        yield self

    def removals(self, table: str, after_rev: int) -> Sequence[str]:
        """Nothing is ever removed."""
        return ()

    def deltas(self, table: str, after_rev: int) -> Iterator[pa.RecordBatch]:
        """Rows of the last drawing; columns that are not drawn are empty."""
        found = self._con.execute("select 1 from information_schema.tables where table_name = ?", [f"out_{table}"])
        if not found.fetchone():
            return
        named = {row[1] for row in self._con.execute(f"pragma table_info('out_{table}')").fetchall()}
        listed = ", ".join(
            f'"{column.name}"::{TYPES[column.kind]} as "{column.name}"' if column.name in named
            else f'null::{TYPES[column.kind]} as "{column.name}"'
            for column in columns(table)
        )  # fmt: skip
        yield from self._con.sql(f"select {listed}, {self._rev}::bigint as rev from out_{table}").to_arrow_reader(
            100_000
        )

    def _draw(self, first: int, count: int, repositories: int) -> None:
        per, added = self._size.commits_per_change, self._rev > 1
        every = self._size.changes_per_deployment
        # Additions go on where each repository and the whole history ended.
        before, nth = (self._size.changes, self._size.changes // self._size.repositories) if added else (0, 0)
        run = self._con.execute
        run(f"""
            create or replace table drawn as
            select i, 'github:acme/r' || (i % {repositories}) as repository, i // {repositories} + {nth} as nth,
                {_EPOCH} + to_minutes(((i + {before}) * {self._size.minutes_apart})::bigint) as opened
            from range({first}, {first + count}) t(i)
        """)
        sha = "md5(repository || {0}) || substr(md5({0} || repository), 1, 8)"
        merge, before = sha.format("'m' || nth"), sha.format("'m' || (nth - 1)")
        back = sha.format("'m' || (nth - 7)")
        step, earlier = sha.format("'c' || nth || '.' || k"), sha.format("'c' || nth || '.' || (k - 1)")
        run(f"""
            create or replace table out_commits as
            select repository || '@' || {step} as id, repository, {step} as sha,
                case when k = 1 then case when nth = 0 then [] else [{before}] end else [{earlier}] end as parents,
                'email:dev' || (i % 400) || '@acme.example' as author, opened - to_hours((9 - k)::bigint) as authored_at,
                opened - to_hours((9 - k)::bigint) as committed_at, 'Change ' || i as message, 'github' as source
            from drawn, range(1, {per}) s(k)
            union all
            select repository || '@' || {merge}, repository, {merge},
                case when nth = 0 then [] else [{before}] end || [{sha.format(f"'c' || nth || '.' || {per - 1}")}],
                'email:dev' || (i % 400) || '@acme.example', opened + interval '20 hours', opened + interval '20 hours',
                'Merge', 'github'
            from drawn
        """)  # noqa: E501
        change = "repository || '#' || nth"
        run(f"""
            create or replace table out_changes as
            select {change} as id, repository, nth as number, 'feat: change ' || i as title, 'github:@dev' || (i % 400) as author,
                'merged' as state, false as draft, 'main' as base_branch, 'topic-' || nth as head_branch,
                {sha.format(f"'c' || nth || '.' || {per - 1}")} as head_sha, {merge} as merge_sha, opened as created_at,
                opened + interval '20 hours' as merged_at, opened + interval '20 hours' as closed_at, opened as updated_at,
                (i % 300) as additions, (i % 90) as deletions, (i % 9) as changed_files, 'github' as source
            from drawn
        """)  # noqa: E501
        run(f"""
            create or replace table out_change_commits as
            select {change} || '@' || {step} as id, {change} as change, repository || '@' || {step} as commit, {step} as sha,
                k as position, 'email:dev' || (i % 400) || '@acme.example' as author,
                opened - to_hours((9 - k)::bigint) as authored_at
            from drawn, range(1, {per}) s(k)
        """)  # noqa: E501
        run(f"""
            create or replace table out_change_events as
            select {change} || '/' || k as id, {change} as change, repository,
                case k when 1 then 'review_requested' else 'approved' end as kind, opened + to_hours((k * 4)::bigint) as at,
                'github:@dev' || ((i + k) % 400) as actor, 'github:@dev' || ((i + 2) % 400) as subject
            from drawn, range(1, 3) s(k)
        """)  # noqa: E501
        run(f"""
            create or replace table out_deployments as
            select repository || '/deployment/' || nth as id, repository, 'production' as environment,
                case when nth % 50 = 49 then {back} else {merge} end as sha, 'success' as result, 'finished' as state,
                opened + interval '20 hours' as started_at, opened + interval '21 hours' as finished_at, 'github' as source,
                'deployment' as made_from
            from drawn where (nth / {every})::int <> ((nth - 1) / {every})::int
        """)  # noqa: E501
        if not added:
            apart = self._size.changes * self._size.minutes_apart / max(1, self._size.incidents)
            run(f"""
                create or replace table out_repositories as
                select 'github:acme/r' || i as id, 'acme/r' || i as name, 'main' as default_branch, 'github' as source
                from range({repositories}) t(i)
            """)
            run("""
                create or replace table out_accounts as
                select 'github:@dev' || i as id, 'dev' || i as handle, 'human' as kind from range(400) t(i)
            """)
            run(f"""
                create or replace table out_incidents as
                select 'pager:' || i as id, 'github:acme/r' || (i % {repositories}) as repository, 'Trouble ' || i as title,
                    {_EPOCH} + to_minutes((i * {apart})::bigint) as started_at,
                    {_EPOCH} + to_minutes((i * {apart})::bigint + 90) as resolved_at,
                    'pager' as source
                from range({self._size.incidents}) t(i)
            """)  # noqa: E501
        else:
            for name in ("repositories", "accounts", "incidents"):
                run(f"drop table if exists out_{name}")

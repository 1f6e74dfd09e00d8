"""Keeps the table `change_turns`: whose turn each change was, computed by `changes` and stored for every reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fairlead.changes.turn_rows import CHANGE_COLUMNS, CHECK_COLUMNS, EVENT_COLUMNS, TURN_COLUMNS, turn_tuples

if TYPE_CHECKING:
    import duckdb

_BATCH = 20_000
"""Changes taken at once: their rows are held as Python values."""

_SHAPE = (
    "change varchar, turn varchar, account varchar, team varchar, since timestamp, until timestamp, why varchar, "
    "detail varchar, party integer, waiting_since timestamp"
)


class Turns:
    """The computed table `change_turns`."""

    reads: Sequence[str] = ("changes", "change_events", "change_commits", "builds", "dim_accounts", "account_teams",
                            "dirty_changes")  # fmt: skip
    makes: Sequence[str] = ("change_turns",)

    def run(self, con: duckdb.DuckDBPyConnection, *, full: bool) -> bool:
        """Makes the turns of dirty changes anew; tells whether there were any."""
        con.execute(f"create table if not exists change_turns ({_SHAPE})")
        wanted = (
            "" if full else "where id in (select change from dirty_changes union select change from dirty_checks)"
        )
        if full:
            con.execute(f"create or replace table change_turns ({_SHAPE})")
        else:
            con.execute(_DIRTY_CHECKS)
            con.execute("delete from change_turns where change in "
                        "(select change from dirty_changes union select change from dirty_checks)")  # fmt: skip
        con.execute(
            f"create or replace temp table turns_wanted as select *, "  # noqa: S608 - texts of this module
            f"((row_number() over (order by id) - 1) // {_BATCH})::integer as batch from changes {wanted}"
        )
        con.execute(_CHECKS)
        kinds, members = _kinds(con), _members(con)
        batches = con.execute("select coalesce(max(batch), -1) from turns_wanted where deleted_at is null").fetchone()
        assert batches is not None
        for batch in range(batches[0] + 1):
            _store(con, batch, kinds, members)
        return True


_DIRTY_CHECKS = """
create or replace temp table dirty_checks as
select change from delta_builds where change is not null
union select c.id from changes c join delta_builds b on b.repository = c.repository and b.sha = c.head_sha
union select k.change from change_commits k join delta_builds b on k.commit = b.repository || '@' || b.sha
"""

# A check run tells a commit; its change is the one whose head that is, or whose list of commits holds it.
_CHECKS = """
create or replace temp table turn_checks as
with heads as (
    select b.id as build, c.id as change from builds b
    join turns_wanted c on c.repository = b.repository and c.head_sha = b.sha
    where b.change is null and b.deleted_at is null
), listed as (
    select b.id as build, k.change from builds b
    join change_commits k on k.commit = b.repository || '@' || b.sha and k.deleted_at is null
    where b.change is null and b.deleted_at is null and k.change in (select id from turns_wanted)
), own as (
    select id as build, change from builds where change in (select id from turns_wanted) and deleted_at is null
)
select * from heads union select * from listed union select * from own
"""


def _kinds(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(con.execute("select account, kind from dim_accounts where kind <> 'human'").fetchall())


def _members(con: duckdb.DuckDBPyConnection) -> dict[str, frozenset[str]]:
    found = con.execute("select team, list(distinct account) from account_teams group by team").fetchall()
    return {team: frozenset(accounts) for team, accounts in found}


def _store(
    con: duckdb.DuckDBPyConnection, batch: int, kinds: dict[str, str], members: dict[str, frozenset[str]]
) -> None:
    import pyarrow as pa

    mine = f"(select id from turns_wanted where batch = {batch})"  # noqa: S608 - a number
    changes = con.execute(
        f"select {_quoted(CHANGE_COLUMNS)} from turns_wanted where batch = {batch} and deleted_at is null order by id"  # noqa: S608
    ).fetchall()
    events = con.execute(
        f"select {_quoted(EVENT_COLUMNS)} from change_events "  # noqa: S608 - columns of `changes`
        f"where change in {mine} and deleted_at is null order by change"
    ).fetchall()
    columns = ", ".join("t.change" if name == "change" else f"b.{name}" for name in CHECK_COLUMNS)
    checks = con.execute(
        f"select {columns} from turn_checks t join builds b on b.id = t.build "  # noqa: S608
        f"where t.change in {mine} order by t.change"
    ).fetchall()
    rows = list(turn_tuples(changes, events, checks, kinds, members))
    if not rows:
        return
    arriving = pa.table(
        {name: list(values) for name, values in zip(TURN_COLUMNS, zip(*rows, strict=True), strict=True)}
    )
    con.register("arriving", arriving)
    con.execute("insert into change_turns select * from arriving")
    con.unregister("arriving")


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)

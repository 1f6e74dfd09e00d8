"""Keeps the table `change_turns`: for each change and each moment of its past whose turn it was, since when, and why.

The turns of a change tile the time in which it was open, without gap or overlap. They follow from events and nothing
else: not from `updated_at`, and not from the clock. The rules are in `turns/`, a file a step, over all changes of a
batch at once: windows put what was said last beside each event, and stretches say what holds of whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fairlead.metrics.tables import SOUGHT

if TYPE_CHECKING:
    import duckdb

STEPS = Path(__file__).with_name("turns")
"""SQL files in the order of their names; each makes temporary tables for the next."""

_BATCH = 50_000
"""Changes taken at once, so that memory does not grow with history; each batch scans all events for its own."""

_SHAPE = (
    f"change varchar {SOUGHT}, turn varchar, account varchar, team varchar, since timestamp, until timestamp, "
    "why varchar, detail varchar, party integer, waiting_since timestamp"
)


class Turns:
    """The computed table `change_turns`."""

    reads: Sequence[str] = ("changes", "change_events", "change_commits", "builds", "dim_accounts", "account_teams",
                            "dirty_changes", "dirty_accounts")  # fmt: skip
    makes: Sequence[str] = ("change_turns",)

    def run(self, con: duckdb.DuckDBPyConnection, *, full: bool) -> bool:
        """Makes the turns of dirty changes anew; tells whether there were any."""
        if full:
            con.execute(f"create or replace table change_turns ({_SHAPE})")
            con.execute(_WANTED)
        else:
            con.execute(_DIRTY)
            if not con.execute("select count(*) from dirty_turns").fetchall()[0][0]:
                return False
            gone = _found("change_turns", "change", "dirty_turns")
            con.execute(f"delete from change_turns where {gone}")  # noqa: S608 - names of this module
            con.execute(_WANTED_DIRTY)
        con.execute(_PEOPLE)
        con.execute(_CHECKS)
        count = con.execute("select count(*) from turns_wanted").fetchall()[0][0]
        for first in range(0, count, _BATCH):
            con.execute(
                "create or replace temp table turn_changes as from turns_wanted where c > ? and c <= ?",
                [first, first + _BATCH],
            )
            con.execute(_EVENTS)
            for step in _steps():
                con.execute(step)
        return True


@cache
def _steps() -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8") for path in sorted(STEPS.glob("*.sql")))


def _found(table: str, column: str, chosen: str, key: str = "change") -> str:
    """Rows by a key that is looked for alone first: beside it, every column is unpacked around each false alarm."""
    return f"rowid in (select rowid from {table} where {column} in (select {key} from {chosen}))"  # noqa: S608


_WANTED = """
create or replace temp table turns_wanted as
select (row_number() over ())::integer as c, id, repository, author, state, created_at,
    coalesce(merged_at, closed_at) as ended_at, draft, head_sha, mergeable, auto_merge, requested_reviewers,
    requested_teams
from changes where deleted_at is null
"""

_WANTED_DIRTY = f"{_WANTED} and {_found('changes', 'id', 'dirty_turns')}"

_DIRTY = """
create or replace temp table dirty_turns as
select change from dirty_changes
union select change from delta_builds where change is not null
union select c.id from changes c join delta_builds b on b.repository = c.repository and b.sha = c.head_sha
union select k.change from change_commits k join delta_builds b on k.commit = b.repository || '@' || b.sha
-- Who is asked counts too: an account that turns out to be a bot is no reviewer any more, and one that turns out to
-- be of the same person as another is no second one.
union select change from change_events where subject in (select account from dirty_accounts)
union select id from changes
where state = 'open' and list_has_any(requested_reviewers, (select list(account) from dirty_accounts))
"""

# Two steps ask for the events of a batch; all events are read for it once.
_EVENTS = f"""
create or replace temp table turn_events as
select change, kind, "at", id, review, sha, actor, subject, subject_team from change_events
where {_found("change_events", "change", "turn_changes", "id")} and deleted_at is null and "at" is not null
"""  # noqa: S608 - texts of this module

_PEOPLE = """
create or replace temp table turn_others as select distinct account from dim_accounts where kind <> 'human';
create or replace temp table turn_members as
select distinct team, account from account_teams where team is not null and account is not null
"""

# A check run tells a commit; its change is the one whose head that is, or whose list of commits holds it.
_CHECKS = """
create or replace temp table turn_checks as
select b.id as build, c.id as change from builds b
join turns_wanted c on c.repository = b.repository and c.head_sha = b.sha
where b.change is null and b.deleted_at is null
union
select b.id, k.change from builds b
join change_commits k on k.commit = b.repository || '@' || b.sha and k.deleted_at is null
where b.change is null and b.deleted_at is null and k.change in (select id from turns_wanted)
union
select id, change from builds where change in (select id from turns_wanted) and deleted_at is null
"""

"""Evidence: ids, how many rows there are, and SQL that `fairlead sql` answers, put together without risk.

Queries name no person, so that they answer for every reader; values become literals with their quotes doubled.
"""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.model.figures import Evidence
from fairlead.reports.facts import Trouble
from fairlead.reports.literals import text_list, text_literal, time_literal

SHOWN_IDS = 50


def of_rows(ids: Sequence[str], query: str, count: int | None = None) -> Evidence:
    """Evidence of rows that were found."""
    return Evidence(ids=tuple(ids[:SHOWN_IDS]), count=len(ids) if count is None else count, query=query)


def of_absence(what: str, query: str, ids: Sequence[str] = ()) -> Evidence:
    """Evidence that there is nothing: the definition of what was looked for, and the query that finds none."""
    # no claim may stand without an id: here it names what was looked for
    return Evidence(ids=tuple(ids[:SHOWN_IDS]) or (f"definition:{what}",), count=len(ids), query=query)


def of_records(table: str, ids: Sequence[str], key: str = "id") -> Evidence:
    """Evidence of rows of one table by their ids; the query names all of them."""
    return of_rows(ids, f"select * from {table} where {key} in {text_list(ids)}")  # noqa: S608 - literals escaped


def of_mixed(ids: Sequence[str]) -> Evidence:
    """Evidence of records of several tables: the query lists them."""
    values = ", ".join(f"({text_literal(record)})" for record in ids)
    return of_rows(ids, f"select record from (values {values}) as records(record)")  # noqa: S608 - literals escaped


def of_change(change: str, events: int) -> Evidence:
    """Evidence of what is said of one change: the events from which its turns follow."""
    query = f'select change, kind, "at" from change_events where change = {text_literal(change)} order by "at"'  # noqa: S608
    # without events the change itself is the one row
    return Evidence(ids=(change,), count=max(events, 1), query=query if events else _change(change))


def of_files(change: str, files: int) -> Evidence:
    """Evidence of the files that a change touches, as the host lists them, else those of its commits."""
    literal = text_literal(change)
    query = (
        f"select path from change_files where change = {literal} and deleted_at is null "  # noqa: S608
        "union select f.path from change_commits k join commit_files f on f.commit = k.commit "
        f"where k.change = {literal} "
        f"and not exists (select 1 from change_files where change = {literal} and deleted_at is null)"
    )
    return Evidence(ids=(change,), count=files, query=query)


def of_failures(trouble: Trouble) -> Evidence:
    """Evidence of the failures in a row of a pipeline on a main branch."""
    query = (
        "select id, name, result, finished_at, url from builds "  # noqa: S608 - literals escaped
        f"where repository = {text_literal(trouble.repository)} and kind = 'pipeline' "
        f"and name = {text_literal(trouble.name)} and branch = {text_literal(trouble.branch)} "
        # runs of pull requests bear the branch's name too, and say nothing about it
        "and result in ('failure', 'error') and coalesce(trigger, '') not like 'pull_request%' "
        f"and finished_at >= {time_literal(trouble.since)}"
    )
    return Evidence(ids=(trouble.id,), count=trouble.count, query=query)


def _change(change: str) -> str:
    return f"select * from changes where id = {text_literal(change)}"  # noqa: S608 - a literal, escaped

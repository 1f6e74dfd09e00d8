"""Evidence: ids, how many rows there are, and SQL that `fairlead sql` answers, put together without risk.

Queries name no person, so that they answer for every reader; values become literals with their quotes doubled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from fairlead.model.figures import Evidence

SHOWN_IDS = 50


def text_literal(value: str) -> str:
    """A text as an SQL literal; what SQL cannot hold is left out."""
    return "'" + value.replace("\0", "").replace("'", "''") + "'"


def time_literal(moment: datetime) -> str:
    """A moment as an SQL literal: the clock reading of UTC, as the warehouse holds it."""
    reading = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return f"timestamp '{reading.isoformat(' ')}'"


def text_list(values: Iterable[str]) -> str:
    """Texts as an SQL list in parentheses."""
    return "(" + ", ".join(map(text_literal, values)) + ")"


def of_rows(ids: Sequence[str], query: str, count: int | None = None) -> Evidence:
    """Evidence of rows that were found."""
    return Evidence(ids=tuple(ids[:SHOWN_IDS]), count=len(ids) if count is None else count, query=query)


def of_absence(what: str, query: str, ids: Sequence[str] = ()) -> Evidence:
    """Evidence that there is nothing: the definition of what was looked for, and the query that finds none."""
    return Evidence(ids=tuple(ids[:SHOWN_IDS]) or (f"definition:{what}",), count=len(ids), query=query)


def of_records(table: str, ids: Sequence[str], key: str = "id") -> Evidence:
    """Evidence of rows of one table by their ids."""
    shown = list(ids[:SHOWN_IDS])
    return of_rows(ids, f"select * from {table} where {key} in {text_list(shown)}")  # noqa: S608 - literals escaped


def of_change(change: str, events: int) -> Evidence:
    """Evidence of what is said of one change: the events from which its turns follow."""
    query = f"select change, kind, at from change_events where change = {text_literal(change)} order by at"  # noqa: S608
    return Evidence(ids=(change,), count=max(events, 1), query=query if events else _change(change))


def _change(change: str) -> str:
    return f"select * from changes where id = {text_literal(change)}"  # noqa: S608 - a literal, escaped

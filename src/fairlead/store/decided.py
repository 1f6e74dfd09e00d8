"""Numbers of decisions, risks and objectives, and the rows of which a few columns decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from fairlead.store import records, rowio
from fairlead.store.counting import next_value
from fairlead.store.database import Transaction, take_turn

Table = Literal[
    "decisions", "risks", "objectives", "key_results", "check_ins", "objective_links", "team_dependencies"
]
Row = dict[str, Any]


def next_number(tx: Transaction, table: Table) -> int:
    """A number that nobody else gets, above those that came by replay or import."""
    take_turn(tx)
    number = next_value(tx, table)
    # after a replay into an empty store the counter begins anew, and the rows do not
    while records.get(tx, table, record_id(table, number)) is not None:
        number = next_value(tx, table)
    return number


def record_id(table: Table, number: int) -> str:
    """`decision:7`."""
    return f"{kind_of(table)}:{number}"


def kind_of(table: Table) -> str:
    """What one of a table is called, as ids begin."""
    return "dependency" if table == "team_dependencies" else table.removesuffix("s")


def listed(tx: Transaction, table: Table) -> list[Row]:
    """All that were not deleted, by number: there are hundreds at most."""
    found = [row for row in records.rows(tx, table) if row["deleted_at"] is None]
    return sorted(found, key=lambda row: (_number(row["id"]), row["id"]))


def made_from(tx: Transaction, sources: Sequence[str]) -> list[Row]:
    """Risks that these clusters proposed, the oldest first."""
    found = records.rows(tx, "risks", rowio.having(tx, "risks", "made_from", sources))
    return sorted(found, key=lambda row: _number(row["id"]))


def _number(record: str) -> int:
    last = record.rpartition(":")[2]
    return int(last) if last.isdigit() else 0

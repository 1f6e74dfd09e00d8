"""Takes the records of a warehouse back to a moment, so that everything made of them is what was known then.

Records hold the present; what happened since is told by times and events. So rows that came later go, ends that came
later are taken back, and what events speak of (state, draft, title, labels, head, estimates) gets the value that it
had before the first later one. What no time tells of, like sizes, conflicts, people and code owners, stays as it is
now. The rules are in `rewound/`; models and figures know nothing of it and need no clock.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fairlead.model.schema import TABLES

if TYPE_CHECKING:
    import duckdb

RULES = Path(__file__).with_name("rewound")
"""SQL files in the order of their names: a row that goes takes along what belongs to it, so parents come first."""


def rewind(con: duckdb.DuckDBPyConnection, then: datetime) -> bool:
    """Takes all record tables back to a moment, within the caller's transaction; tells whether anything was later."""
    reading = then.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    # a literal and no look-up, so that the engine can skip stretches of a table by their newest time
    con.execute(f"create or replace temp macro later(told) as coalesce(told > timestamp '{reading}', false)")
    # first, for all: a record that was deleted since takes part in everything below
    moved = sum(
        _count(con, f"update {table} set deleted_at = null where later(deleted_at)")  # noqa: S608 - of the schema
        for table in TABLES
    )
    for path in sorted(RULES.glob("*.sql")):
        done = [_count(con, statement) for statement in con.extract_statements(path.read_text(encoding="utf-8"))]
        # a source was heard of since nearly always, which alone changes nothing that is told
        moved += 0 if path.stem.endswith("sources") else sum(done)
    for table in TABLES:
        con.execute(f"update {table} set updated_at = created_at where later(updated_at)")  # noqa: S608 - of the schema
    return moved > 0


def _count(con: duckdb.DuckDBPyConnection, statement: str | duckdb.Statement) -> int:
    """Rows of record tables that a statement touched; what it only sets aside counts nothing."""
    kept = not isinstance(statement, str) and statement.type.name == "CREATE"
    found = con.execute(statement).fetchall()
    return 0 if kept else int(found[0][0])

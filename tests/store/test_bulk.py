"""Rows in bulk leave the same store as patches one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.model.errors import Unreadable
from fairlead.model.rows import Rows
from fairlead.store import bulk, records
from fairlead.store.database import Database, Transaction
from fairlead.store.tables import RECORDS

START = datetime(2026, 3, 1, tzinfo=UTC)
TEXT = st.sampled_from([None, "plain", "naïve", "nul\0", "lone\ud800", ""])
MOMENT = st.sampled_from([None, START, START - timedelta(days=40_000, microseconds=7)])
ROW = st.tuples(
    st.sampled_from(["git:a@1", "git:a@2", "git:ä@3"]),
    TEXT,
    MOMENT,
    st.sampled_from([None, (), ("x", "ÿ\0")]),
    st.integers(0, 9),
)
WIDE = ("id", "message", "authored_at", "parents", "files")
NARROW = ("id", "message", "authored_at", "parents")
BATCH = st.tuples(st.lists(ROW, min_size=1, max_size=6), st.integers(0, 3), st.booleans(), st.integers(0, 1))


def _rows(batch: tuple[list[tuple[Any, ...]], int, bool, int]) -> tuple[Rows, int]:
    rows, hours, wide, generation = batch
    fields = WIDE if wide else NARROW
    at = [START + timedelta(hours=hours)] * len(rows)
    return Rows("commits", fields, [row[: len(fields)] for row in rows], at, 60), generation


def _held(tx: Transaction) -> Sequence[tuple[Any, ...]]:
    table = RECORDS["commits"]
    names = [column.name for column in table.columns if column.name != "rev"]
    return [
        tuple(row)
        for row in tx.execute(table.select().with_only_columns(*(table.c[name] for name in names)).order_by("id"))
    ]


class _Undo(Exception):  # noqa: N818 - no fault
    """Ends an example and leaves the database as it was."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path_factory.mktemp('bulk') / 'facts.db'}")
    yield opened
    opened.close()


@settings(deadline=None)
@given(batches=st.lists(BATCH, max_size=5))
def test_bulk_equals_one_by_one(
    database: Database, batches: list[tuple[list[tuple[Any, ...]], int, bool, int]]
) -> None:
    held = []
    for way in ("bulk", "single"):
        with suppress(_Undo), database.begin() as tx:
            for rows, generation in map(_rows, batches):
                if way == "bulk":
                    bulk.insert(tx, [rows], 4, generation)
                else:
                    _one_by_one(tx, rows, generation)
            held.append(_held(tx))
            raise _Undo
    assert held[0] == held[1]


def _one_by_one(tx: Transaction, rows: Rows, generation: int) -> None:
    for patch in rows.patches():
        records.merge(tx, [records.prepare(patch, 4, generation)])


def test_what_changed_is_told(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'facts.db'}")
    first = Rows("commits", ("id", "sha"), [("git:a@1", "1"), ("git:a@2", "2")], [START, START])
    later = Rows("commits", ("id", "sha"), [("git:a@2", "2"), ("git:a@3", "3")], [START, START])
    with database.begin() as tx:
        applied = bulk.insert(tx, [first])
        assert applied.created == {"commits": {"git:a@1", "git:a@2"}}
        again = bulk.insert(tx, [later])
    assert again.created == again.changed == {"commits": {"git:a@3"}}


@pytest.mark.parametrize(
    ("field", "value"), [("files", "seven"), ("authored_at", START.replace(tzinfo=None)), ("parents", "a")]
)
def test_a_value_that_does_not_fit_is_named(tmp_path: Path, field: str, value: Any) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'facts.db'}")
    with database.begin() as tx, pytest.raises(Unreadable) as told:
        bulk.insert(tx, [Rows("commits", ("id", field), [("git:a@1", value)], [START])])
    assert told.value.field == f"commits.{field}"

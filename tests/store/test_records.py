"""Records are registers: any order, any batches, any repetition give the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.model.errors import Unreadable
from fairlead.model.patch import Patch
from fairlead.model.records.code import Change, Repository
from fairlead.model.records.delivery import Deployment
from fairlead.model.records.people import Holiday
from fairlead.model.records.work import WorkItem
from fairlead.model.times import from_us
from fairlead.store import records, rowio
from fairlead.store.database import Database, Transaction

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CHANGE = "github:acme/payments#42"

texts = st.text(st.characters(codec=None), max_size=8)
fields = st.fixed_dictionaries(
    {},
    optional={
        "title": st.none() | texts,
        "labels": st.none() | st.lists(texts, max_size=3).map(tuple),
        "draft": st.none() | st.booleans(),
        "additions": st.none() | st.integers(-(2**63) + 1, 2**63 - 1),
        "merged_at": st.none() | st.integers(-(10**15), 10**16).map(from_us),
    },
)
patches = st.lists(
    st.builds(
        lambda number, hour, rank, said: Patch(
            Change(id=f"github:acme/payments#{number}", **said), NOON + timedelta(hours=hour), rank
        ),
        st.integers(1, 3),
        st.integers(0, 3),
        st.integers(0, 2),
        fields,
    ),
    max_size=12,
)


class _Undo(Exception):  # noqa: N818
    pass


@contextmanager
def undone(database: Database) -> Iterator[Transaction]:
    """A transaction that leaves nothing behind, so that one store serves all examples."""

    with suppress(_Undo), database.begin() as tx:
        yield tx
        raise _Undo


def rows_after(database: Database, batches: Sequence[Sequence[Patch]]) -> list[Any]:
    """Rows with their versions after these batches in an empty store."""
    with undone(database) as tx:
        for batch in batches:
            records.apply(tx, batch)
        ids = [row["id"] for row in records.rows(tx, "changes")]
        return [(found.merged.values, found.merged.versions) for found in rowio.load(tx, "changes", ids).values()]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(patches, st.randoms(use_true_random=False), st.data())
def test_order_batches_and_repetition_do_not_matter(
    database: Database, told: list[Patch], chance: Any, data: st.DataObject
) -> None:
    """Commutative, associative, idempotent."""
    shuffled = told + [patch for patch in told if chance.random() < 0.5]
    chance.shuffle(shuffled)
    cut = data.draw(st.integers(0, len(shuffled)))
    assert rows_after(database, [told]) == rows_after(database, [shuffled[:cut], shuffled[cut:]])
    assert rows_after(database, [told]) == rows_after(database, [[patch] for patch in shuffled])


def test_values_come_back_as_they_went_in(database: Database) -> None:
    """Every kind of field, on either database."""
    item = WorkItem(
        id="jira:ACME-17", points=2.5, flagged=True, due_at=NOON.replace(microsecond=7), labels=("a", "b")
    )
    with database.begin() as tx:
        records.apply(tx, [Patch(item, NOON), Patch(Holiday(id="h", day=date(2026, 12, 25), name="Xmas"), NOON)], 7)
        row = records.get(tx, "work_items", "jira:ACME-17")
        assert row is not None
        assert (row["points"], row["flagged"], row["due_at"]) == (2.5, True, NOON.replace(microsecond=7))
        assert (row["labels"], row["assignees"], row["raw_seq"]) == (("a", "b"), None, 7)
        holiday = records.get(tx, "holidays", "h")
        assert holiday is not None
        assert holiday["day"] == date(2026, 12, 25)
        assert records.get(tx, "holidays", "none") is None


def test_a_revision_grows_only_with_a_change(database: Database) -> None:
    """Repetition and newer statements of the same value leave readers alone; their versions still count."""
    with database.begin() as tx:
        first = records.apply(tx, [Patch(Change(id=CHANGE, title="A"), NOON)])
        same = records.apply(tx, [Patch(Change(id=CHANGE, title="A"), NOON + timedelta(hours=2))])
        late = records.apply(tx, [Patch(Change(id=CHANGE, title="B"), NOON + timedelta(hours=1))])
        assert (first.count, same.count, late.count) == (1, 0, 0)
        row = records.get(tx, "changes", CHANGE)
        assert row is not None
        assert (row["title"], row["rev"]) == ("A", first.rev)
        third = records.apply(tx, [Patch(Change(id=CHANGE, title="C"), NOON + timedelta(hours=3))])
        assert third.changed == {"changes": {CHANGE}}
        assert third.created == {}


def test_raw_events_are_noted_patch_by_patch(database: Database) -> None:
    """One batch holds patches of many raw events."""
    with database.begin() as tx:
        told = [Patch(Change(id=f"{CHANGE}{at}", number=at), NOON) for at in range(3)]
        records.apply(tx, told, [11, 12, 13])
        assert [row["raw_seq"] for row in records.rows(tx, "changes")] == [11, 12, 13]


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (Change(id="c", number=2**63), "changes.number"),
        (Change(id="c", title=5), "changes.title"),  # type: ignore[arg-type]
        (Change(id="c", labels="bug"), "changes.labels"),  # type: ignore[arg-type]
        (Change(id="c", draft=1), "changes.draft"),  # type: ignore[arg-type]
        (Change(id="c", merged_at=datetime(2026, 1, 1)), "changes.merged_at"),  # noqa: DTZ001
        (Change(id=""), "changes.id"),
    ],
)
def test_what_no_table_can_hold_is_refused(sqlite_database: Database, record: Any, field: str) -> None:
    """Before anything is written, with the field."""
    with sqlite_database.begin() as tx:
        with pytest.raises(Unreadable) as refusal:
            records.apply(tx, [Patch(Change(id=CHANGE), NOON), Patch(record, NOON)])
        assert refusal.value.field == field
        assert list(records.rows(tx, "changes")) == []


def test_deltas_follow_by_revision(database: Database) -> None:
    """What changed since, as Arrow in the columns of the schema, and what is gone."""
    deployment = Deployment(id="github:acme/payments/deployment/1", production=True, finished_at=NOON)
    with database.begin() as tx:
        records.apply(tx, [Patch(deployment, NOON), Patch(Change(id=CHANGE, labels=("x", "y")), NOON)])
        second = records.apply(tx, [Patch(Change(id=f"{CHANGE}1", title="new"), NOON)])
    with database.read() as tx:
        (batch,) = records.deltas(tx, "deployments")
        assert batch.schema.names == list(records.fields("deployments"))
        found = batch.to_pylist()[0]
        assert (found["production"], found["finished_at"], found["rev"]) == (True, NOON.replace(tzinfo=None), 1)
        (batch,) = records.deltas(tx, "changes")
        assert sorted((row["id"], row["labels"]) for row in batch.to_pylist()) == [
            (CHANGE, ["x", "y"]),
            (f"{CHANGE}1", None),
        ]
        (batch,) = records.deltas(tx, "changes", 1)
        assert [(row["id"], row["rev"]) for row in batch.to_pylist()] == [(f"{CHANGE}1", second.rev)]
        assert list(records.deltas(tx, "changes", records.revision(tx))) == []
    with database.begin() as tx:
        before = records.revision(tx)
        assert records.remove(tx, "changes", [CHANGE]) == 1
        assert records.removals(tx, "changes", before) == [(CHANGE, before + 1)]
        records.apply(tx, [Patch(Change(id=CHANGE, title="again"), NOON)])
        assert records.removals(tx, "changes") == []


def test_large_tables_come_in_parts(database: Database) -> None:
    """More rows than one batch holds, of both readers."""
    with database.begin() as tx:
        records.apply(tx, [Patch(Repository(id=f"git:r{at:05d}", name=str(at)), NOON) for at in range(9000)])
    with database.read() as tx:
        assert [batch.num_rows for batch in records.deltas(tx, "repositories")] == [8192, 808]
        names = [row["name"] for row in records.rows(tx, "repositories")]
        assert names == [str(at) for at in range(9000)]
        assert len(list(records.rows(tx, "repositories", [f"git:r{at:05d}" for at in range(0, 9000, 3)]))) == 3000


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    """All or nothing."""
    with pytest.raises(ZeroDivisionError), database.begin() as tx:
        records.apply(tx, [Patch(Change(id=CHANGE), NOON)])
        raise ZeroDivisionError
    with database.read() as tx:
        assert records.revision(tx) == 0
        assert records.counts(tx)["changes"] == 0


def test_a_reader_sees_one_moment(database: Database) -> None:
    """A read that has begun is not disturbed by a write that ends meanwhile."""
    with database.read() as view:
        assert records.counts(view)["changes"] == 0
        with database.begin() as tx:
            records.apply(tx, [Patch(Change(id=CHANGE), NOON)])
        assert records.counts(view)["changes"] == 0
    with database.read() as view:
        assert records.counts(view)["changes"] == 1

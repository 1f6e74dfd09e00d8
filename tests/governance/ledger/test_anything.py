"""Whatever value stands wherever in the ledger's tables, verification comes to its end and says where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.clocks import SteppedClock
from tests.governance.ledger.conftest import fill, tamper

from fairlead.governance.ledger import auditing, checking, checkpoints, erasing, telling
from fairlead.governance.ledger.book import Ledger
from fairlead.model.errors import Fault, Unreadable
from fairlead.store import ledger as kept
from fairlead.store import tables
from fairlead.store.database import Database, Transaction

TABLES = [getattr(tables, f"ledger_{name}") for name in ("entries", "tiles", "checkpoints", "personal", "people")]
COLUMNS = [(table.name, column.name) for table in TABLES for column in table.c]
VALUES = st.one_of(
    st.text(st.characters(exclude_characters="\0'", codec="ascii"), max_size=9).map("'{}'".format),
    st.binary(max_size=40).map(lambda raw: f"x'{raw.hex()}'"),
    # a text that is none
    st.just("CAST(x'ff00' AS TEXT)"),
    st.integers(-(2**62), 2**62).map(str),
    st.floats(-1e30, 1e30).map(repr),
    st.sampled_from(["CAST({0} AS TEXT)", "replace({0}, 'approved', 'refused!')", "NULL"]),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Ledger]:
    """300 entries, a tile, two checkpoints, and nothing that keeps anything."""
    folder = tmp_path_factory.mktemp("anything")
    copy(sqlite_template, folder / "store.db")
    database = Database.open(f"sqlite:///{folder / 'store.db'}")
    ledger = Ledger(database, SteppedClock(), folder / "keys")
    for count in (100, 200):
        fill(ledger, count)
        ledger.checkpoint()
    with database.begin() as tx:
        for name in ("update", "replace"):
            for table in ("entries", "tiles", "checkpoints"):
                tx.execute(text(f"DROP TRIGGER ledger_{table}_no_{name}"))
    yield ledger
    database.close()


class _BackError(Exception):
    """Takes the transaction back."""


@settings(max_examples=15)
@given(st.sampled_from(COLUMNS), VALUES, st.integers(0, 299))
def test_any_value_in_any_column_is_located(world: Ledger, where: tuple[str, str], value: str, row: int) -> None:
    """Entries by their own index; nothing ever raises but with words of ours."""
    table, column = where
    with pytest.raises(_BackError), world.database.begin() as tx:
        count = tx.execute(text(f"SELECT count(*) FROM {table}")).scalar() or 1
        at = tx.execute(text(f"SELECT rowid FROM {table} LIMIT 1 OFFSET {row % count}")).scalar()
        held = text(f"SELECT typeof({column}), hex({column}) FROM {table} WHERE rowid = {at}")
        before = tx.execute(held).first()
        try:
            tx.exec_driver_sql(f"UPDATE {table} SET {column} = {value.format(column)} WHERE rowid = {at}")
        except IntegrityError as fault:  # the database itself would not have it
            raise _BackError from fault
        _look_at_all(tx, world, table, column, None if tx.execute(held).first() == before else at)
        raise _BackError


def _look_at_all(tx: Transaction, ledger: Ledger, table: str, column: str, changed: int | None) -> None:
    faults = [one for one in checking.verify(tx).faults if "trigger" not in one.what]
    if changed is not None and (table == "ledger_entries" or column in ("salt", "content", "hashes", "root", "veil")):
        assert faults
        if table == "ledger_entries" and column != "idx":
            assert min(one.index for one in faults) == changed
    auditing._look(tx, auditing.Audit(at=ledger.clock.now()), ledger.ring, ledger.clock)
    telling.listed(tx, people=True)
    kept.kinds(tx)
    with suppress(Fault):
        checkpoints.in_force(tx)
    with suppress(IntegrityError):
        erasing.forget(tx, ["person:kim"], "operator", ledger.clock)


GONE = {
    "sqlite": ("DROP TRIGGER ledger_entries_no_delete",),
    "postgresql": ("ALTER TABLE ledger_entries DISABLE TRIGGER ledger_entries_kept",),
}
HOLLOW = {
    # there, and it keeps nothing
    "sqlite": (
        "DROP TRIGGER ledger_entries_no_delete",
        (
            "CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries WHEN 0 "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION fairlead_ledger_kept() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NULL; END $$"
        ),
    ),
}


@pytest.mark.parametrize("how", [GONE, HOLLOW])
def test_a_trigger_that_is_gone_is_named_and_put_back(ledger: Ledger, how: dict[str, tuple[str, ...]]) -> None:
    """By `verify` and by the auditor, on both databases; and that it was gone stays in the ledger."""
    fill(ledger, 3)
    assert ledger.verify().ok and ledger.audit().ok and ledger.protect("operator") == []
    with ledger.database.begin() as tx:
        for statement in how[ledger.database.dialect]:
            tx.execute(text(statement))
    fault = ledger.verify().faults[0]
    assert "the trigger ledger_entries_" in fault.what and not ledger.audit().ok
    gone = ledger.protect("operator")
    assert gone and gone[0].startswith("ledger_entries_") and ledger.protect("operator") == []
    assert ledger.verify().ok and ledger.audit().ok
    with ledger.database.read() as tx:
        [said] = kept.newest(tx, kind="ledger.protected")
    assert gone[0].encode() in said.content and said.by_whom == "operator"
    with pytest.raises(Unreadable, match="only added to"), ledger.database.begin() as tx:
        tx.execute(text("DELETE FROM ledger_entries"))


def test_a_text_where_bytes_were_is_told_by_its_index(file_ledger: Ledger) -> None:
    """What `replace` of SQLite makes of bytes; and what follows does its work or says in words why not."""
    fill(file_ledger, 9)
    file_ledger.checkpoint()
    tamper(
        file_ledger.database,
        "UPDATE ledger_entries SET content = replace(content, 'approved', 'refused!') WHERE idx = 5",
    )
    first = file_ledger.verify().first()
    assert first is not None and first.index == 5 and not file_ledger.audit().ok
    assert file_ledger.forget(["person:kim"], "operator") > 0

"""What is recorded gets an index, its bytes, its hash and its tiles, on both databases."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from sqlalchemy import text
from tests.governance.ledger.conftest import entry

from fairlead.governance.ledger import tiles
from fairlead.governance.ledger.book import Ledger
from fairlead.governance.ledger.entries import commitment
from fairlead.governance.ledger.tree import grown, root
from fairlead.store import ledger as kept
from fairlead.store.database import Database


def test_an_entry_is_its_canonical_bytes(ledger: Ledger, database: Database) -> None:
    """Names of people and what is personal are in it as hashes alone, whatever else comes as it was said."""
    said = {"z": 1, "a": [2.50, "é"], "approver": "person:noor", "team": "github:@acme/pay", "big": 2**60}
    with database.begin() as tx:
        first = ledger.record(tx, entry(said=said, personal={"reason": "wegen Noor"}))
        again = ledger.record(tx, entry(2, by="rule:stuck-review"))
    assert (first, again) == (1, 2)
    with database.read() as tx:
        opened, one, two = kept.entries(tx, 0, 9)
        [held] = kept.personal(tx, 0, 9)
        people = {each.name: each.veil for each in kept.people(tx)}
    whole = json.loads(one.content)
    assert whole["by"] == one.by_whom == people["person:kim"] and whole["said"]["approver"] == people["person:noor"]
    assert (whole["said"]["team"], whole["said"]["big"]) == ("github:@acme/pay", str(2**60))
    assert b"kim" not in one.content and b"noor" not in one.content and b"wegen" not in one.content
    assert whole["personal"] == {"reason": commitment(held.salt, held.content)} and held.content == b'"wegen Noor"'
    assert one.leaf == sha256(b"\0" + one.content).digest()
    assert one.content.startswith(b'{"at":') and '"a":[2.5,"é"]'.encode() in one.content
    assert (two.by_whom, json.loads(two.content)["index"]) == ("rule:stuck-review", 2)
    assert json.loads(opened.content)["said"]["origin"].startswith("fairlead/")


def test_tiles_make_the_same_tree(ledger: Ledger, database: Database) -> None:
    """In batches that end anywhere, past the first tile of tiles."""
    count = 0
    for batch in (1, 254, 2, 300, 65_000, 7):
        with database.begin() as tx:
            assert len(ledger.record_all(tx, [entry(number, by="fairlead") for number in range(batch)])) == batch
            count += batch
    with database.read() as tx:
        size = kept.size(tx)
        assert size == count + 1
        leaves = [row.leaf for row in kept.entries(tx, 0, size)]
        for some in (1, 255, 256, 257, 511, 65_536, 65_537, size):
            assert root(some, tiles.reader(tx)) == grown(leaves[:some]).root()


def test_writers_take_turns(ledger: Ledger, database: Database) -> None:
    """Many at once leave no gap, and what is rolled back leaves none either."""

    def write(number: int) -> None:
        for each in range(10):
            try:
                with database.begin() as tx:
                    ledger.record(tx, entry(number * 100 + each))
                    if each == 5:
                        raise LookupError
            except LookupError:
                pass

    running = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    with database.read() as tx:
        assert [row.idx for row in kept.entries(tx, 0, 99)] == list(range(37)) and kept.size(tx) == 37


@pytest.mark.parametrize("table", ["ledger_entries", "ledger_tiles", "ledger_checkpoints", "ledger_anchors"])
def test_the_database_refuses_to_change_it(ledger: Ledger, database: Database, table: str) -> None:
    """Update, delete, and the ways around their triggers."""
    with database.begin() as tx:
        ledger.record_all(tx, [entry(number, by="fairlead") for number in range(300)])
        kept.put_checkpoint(tx, kept.Checkpoint(3, "k", datetime(2026, 11, 2, tzinfo=UTC), "note"))
        kept.put_anchor(tx, kept.Anchor(3, "p", datetime(2026, 11, 2, tzinfo=UTC), b"receipt"))
    ways = [f"DELETE FROM {table}", f"UPDATE {table} SET {_key(table)} = {_key(table)}"]
    ways.append(
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
        if database.dialect == "sqlite"
        else f"TRUNCATE {table}"
    )
    for way in ways:
        with pytest.raises(Exception, match="only added to"), database.begin() as tx:
            tx.execute(text(way))
    with database.read() as tx:
        assert kept.size(tx) == 301 and kept.last_checkpoint(tx) and kept.anchored(tx, "p") == 3


def _key(table: str) -> str:
    return "idx" if table in ("ledger_entries", "ledger_tiles") else "size"

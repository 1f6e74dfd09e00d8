"""Whatever somebody changes in the store is found, and told by its index."""

from __future__ import annotations

import stat
from collections.abc import Callable

import pytest
from sqlalchemy import text
from tests.clocks import SteppedClock
from tests.governance.ledger.conftest import entry, fill, tamper

from fairlead.governance.ledger.book import Ledger
from fairlead.governance.ledger.keys import KEY
from fairlead.governance.ledger.notes import read_key, read_note, read_statement
from fairlead.governance.ledger.proving import grown, prove
from fairlead.governance.ledger.tree import leaf_hash
from fairlead.model.errors import Abort
from fairlead.store import ledger as kept
from fairlead.store.database import Database


def grow(ledger: Ledger) -> None:
    """1,301 entries: five full tiles and some, three checkpoints."""
    for count in (400, 500, 399):
        fill(ledger, count)
        ledger.checkpoint()


def test_a_sound_ledger_is_found_so(ledger: Ledger) -> None:
    """Entries, checkpoints, key and proofs, and again after one more run of everything."""
    grow(ledger)
    found = ledger.verify()
    assert (found.size, found.signed, found.checkpoints, found.erased) == (1301, 1301, 3, 0)
    assert found.faults == [] and found.gaps == [] and ledger.audit().ok
    path = ledger.ring.folder / KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with ledger.database.read() as tx:
        for index in (0, 1, 255, 256, 700, 1279, 1280, 1300):
            assert prove(tx, index).holds
        assert all(grown(tx, old).holds for old in (1, 2, 255, 256, 257, 402, 512, 1300, 1301))
        note = read_note(prove(tx, 3).checkpoint)
    assert read_key(found.key).signed(note) and read_statement(note).size == 1301
    # nothing new, nothing signed
    assert str(ledger.checkpoint()) == str(note)


def rehashed(index: int, change: Callable[[bytes], bytes]) -> Callable[[Ledger], None]:
    """Somebody changes an entry and its hash with it."""

    def work(ledger: Ledger) -> None:
        with ledger.database.read() as tx:
            [row] = kept.entries(tx, index, index + 1)
        content = change(row.content)
        tamper(
            ledger.database,
            f"UPDATE ledger_entries SET content = {_hex(ledger, content)}, leaf = {_hex(ledger, leaf_hash(content))}"
            f" WHERE idx = {index}",
        )

    return work


def _hex(ledger: Ledger, raw: bytes) -> str:
    return f"'\\x{raw.hex()}'::bytea" if ledger.database.dialect == "postgresql" else f"x'{raw.hex()}'"


def sql(*statements: str) -> Callable[[Ledger], None]:
    """Somebody types statements."""
    return lambda ledger: tamper(ledger.database, *statements)


def denied(content: bytes) -> bytes:
    """Another word in an entry."""
    return content.replace(b'"approved"', b'"rejected"')


CASES = {
    "a column": (sql("UPDATE ledger_entries SET kind = 'action.denied' WHERE idx = 700"), 700, None),
    "bytes": (sql("UPDATE ledger_entries SET content = leaf WHERE idx = 1299"), 1299, None),
    "bytes and hash in a full tile": (rehashed(700, denied), 700, None),
    # no tile yet: the signed roots before and after it say where
    "bytes and hash at the end": (rehashed(1290, denied), 902, 1301),
    "deleted": (sql("DELETE FROM ledger_entries WHERE idx = 5"), 5, None),
    "truncated": (sql("DELETE FROM ledger_entries WHERE idx >= 1290"), 1290, None),
    "exchanged": (
        sql(
            "UPDATE ledger_entries SET idx = -1 WHERE idx = 8",
            "UPDATE ledger_entries SET idx = 8 WHERE idx = 9",
            "UPDATE ledger_entries SET idx = 9 WHERE idx = -1",
        ),
        8,
        None,
    ),
    "a tile": (sql("UPDATE ledger_tiles SET root = hashes WHERE level = 0 AND idx = 2"), 512, 768),
    "no tile": (sql("DELETE FROM ledger_tiles WHERE level = 0 AND idx = 4"), 1024, 1280),
    "a checkpoint": (sql("UPDATE ledger_checkpoints SET note = replace(note, '902', '900')"), 402, 902),
    "a payload": (sql("UPDATE ledger_personal SET salt = content WHERE idx = 77"), 77, None),
    "a name": (sql("UPDATE ledger_people SET name = 'person:lee'"), 0, None),
}


@pytest.mark.parametrize("case", CASES)
def test_what_was_changed_is_located(file_ledger: Ledger, case: str) -> None:
    """And the auditor, who had seen it before, says so too and keeps saying it until all was verified."""
    work, index, until = CASES[case]
    ledger = file_ledger
    grow(ledger)
    assert ledger.audit().ok
    work(ledger)
    first = ledger.verify().first()
    assert first is not None and (first.index, first.until) == (index, until)
    assert not ledger.audit().ok


@pytest.mark.parametrize("case", ["bytes and hash in a full tile", "truncated", "exchanged"])
def test_the_auditor_sees_it_by_itself(ledger: Ledger, case: str) -> None:
    """On both databases, without anybody typing `verify`."""
    grow(ledger)
    assert ledger.audit().ok
    CASES[case][0](ledger)
    seen = ledger.audit()
    assert not seen.ok and CASES[case][1] in [fault.index for fault in seen.faults]


def test_an_exchanged_past_is_seen_by_the_auditor(file_ledger: Ledger) -> None:
    """Rewritten throughout, with a key of the forger's: what was signed from here before contradicts it."""
    ledger = file_ledger
    grow(ledger)
    ledger.audit()
    seen = ledger.ring.seen()
    tables = ("ledger_entries", "ledger_tiles", "ledger_checkpoints", "ledger_personal", "ledger_people")
    tamper(ledger.database, *(f"DELETE FROM {table}" for table in tables))
    forger = Ledger(ledger.database, SteppedClock(), ledger.ring.folder / "elsewhere")
    grow(forger)
    assert not ledger.audit().ok and ledger.ring.seen() == seen
    found = ledger.verify()
    assert "another ledger" in found.faults[0].what
    with pytest.raises(Abort, match="not in"):
        ledger.checkpoint()


def test_a_store_set_back_is_told_until_somebody_answers_for_it(file_ledger: Ledger) -> None:
    """A restore: recording goes on, signing waits for a word, and the word stays in the ledger."""
    ledger = file_ledger
    fill(ledger, 30)
    ledger.checkpoint()
    with ledger.database.read() as tx:
        older = [row.idx for row in kept.entries(tx, 0, 99)]
    fill(ledger, 5)
    ledger.checkpoint()
    tamper(ledger.database, f"DELETE FROM ledger_entries WHERE idx > {older[-1]}", "DELETE FROM ledger_checkpoints")
    fill(ledger, 2)
    first = ledger.verify().first()
    assert first is not None and "set back" in first.what
    with pytest.raises(Abort, match="set back"):
        ledger.checkpoint()
    ledger.checkpoint("operator", after_restore=True)
    found = ledger.verify()
    assert found.ok and [gap.index for gap in found.gaps] == [34] and "restore" in found.gaps[0].what


def test_a_key_hands_over_to_the_next(ledger: Ledger) -> None:
    """Twice; each checkpoint is signed by the key of its time, and a kill in the middle is mended."""
    fill(ledger, 3)
    ledger.checkpoint()
    first = read_key(ledger.verify().key)
    ledger.rotate("operator", reason="yearly")
    fill(ledger, 3)
    ledger.rotate("operator")
    # as after a kill: the entry names the new key, the file has not taken its place
    (ledger.ring.folder / KEY).rename(ledger.ring.folder / "ledger-next.pem")
    fill(ledger, 1)
    ledger.checkpoint()
    found = ledger.verify()
    assert found.ok and found.gaps == [] and found.signed == found.size and read_key(found.key) != first


def test_a_lost_key_stops_signing_and_nothing_else(ledger: Ledger) -> None:
    """Until somebody says that it is lost; who verifies is told of the gap for good."""
    fill(ledger, 3)
    ledger.checkpoint()
    (ledger.ring.folder / KEY).unlink()
    fill(ledger, 2)
    with pytest.raises(Abort, match="recorded and not signed") as told:
        ledger.checkpoint()
    assert "rotate --lost" in told.value.hint
    found = ledger.verify()
    assert found.ok and found.signed < found.size
    ledger.rotate("operator", lost=True, reason="disk broke")
    found = ledger.verify()
    assert found.ok and found.signed == found.size and "lost" in found.gaps[0].what


def test_a_key_that_nobody_vouched_for_is_found(file_ledger: Ledger) -> None:
    """Somebody announces a key of theirs as if the old one had signed it."""
    ledger = file_ledger
    fill(ledger, 3)
    ledger.checkpoint()
    with ledger.database.begin() as tx:
        key = ledger.ring.create_next().public("fairlead/other")
        said = {"key": str(key), "why": "rotated", "before": "", "handed_over": ""}
        index = ledger.record(tx, entry(kind="ledger.key", said=said))
    first = ledger.verify().first()
    assert first is not None and first.index == index and "not signed" in first.what


def test_what_was_erased_is_gone_and_the_rest_holds(ledger: Ledger) -> None:
    """By the person's own ids; whoever is only named alike keeps what is theirs."""
    with ledger.database.begin() as tx:
        ledger.record(tx, entry(1, personal={"reason": "Kim asked me"}))
        ledger.record(tx, entry(2, by="person:kim-lee", personal={"reason": "mine", "cc": ["person:kim"]}))
        ledger.record(tx, entry(3, by="person:kim-lee", personal={"reason": "see github:@kimmy"}))
    ledger.checkpoint()
    assert ledger.forget(["person:kim", "github:@kim"], "operator") == 3
    assert ledger.forget(["person:kim"], "operator") == 0
    with ledger.database.read() as tx:
        left = [(one.idx, one.name) for one in kept.personal(tx, 0, 99)]
        assert left == [(2, "reason"), (3, "reason")]
        assert [one.name for one in kept.people(tx)] == ["person:kim-lee"]
        whole = tx.execute(text("SELECT * FROM ledger_personal")).all()
    assert b"Kim asked" not in b"".join(bytes(row.content) for row in whole)
    ledger.checkpoint()
    found = ledger.verify()
    assert found.ok and found.erased == 2
    # the same person comes back under another name that nobody can tie to the old one
    with ledger.database.begin() as tx:
        ledger.record(tx, entry(4))
    with ledger.database.read() as tx:
        assert len({row.by_whom for row in kept.newest(tx, kind="action.approved")}) == 3


def test_both_databases_make_the_same_bytes(ledger: Ledger, database: Database) -> None:
    """But for salts and the random name, which an entry without people does not have."""
    with database.begin() as tx:
        ledger.record(tx, entry(7, by="rule:x"))
    with database.read() as tx:
        [_, row] = kept.entries(tx, 0, 9)
    assert row.content == (
        b'{"at":"2026-03-02T12:00:00Z","by":"rule:x","format":1,"index":1,"kind":"action.approved",'
        b'"said":{"number":7,"state":"approved"},"subject":"act:7"}'
    )

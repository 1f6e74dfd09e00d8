"""The ledger of a home, as the rooms above use it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from fairlead.governance.ledger import auditing, checking, checkpoints, erasing, recording
from fairlead.governance.ledger.auditing import Audit
from fairlead.governance.ledger.checking import Findings
from fairlead.governance.ledger.entries import Entry
from fairlead.governance.ledger.keys import KeyRing
from fairlead.governance.ledger.notes import Note
from fairlead.model.times import Clock
from fairlead.store import guards
from fairlead.store.database import Database, Transaction


class Ledger:
    """Records within the transactions of others; signs and erases in its own."""

    def __init__(self, database: Database, clock: Clock, keys: Path) -> None:
        self.database = database
        self.clock = clock
        self.ring = KeyRing(keys)

    def record(self, tx: Transaction, entry: Entry) -> int:
        """Adds an entry in the caller's write transaction; gives its index."""
        return recording.record(tx, [entry], self.clock)[0]

    def record_all(self, tx: Transaction, entries: Sequence[Entry]) -> range:
        """Adds several entries at once, which costs far less than one by one; gives their indexes."""
        return recording.record(tx, entries, self.clock)

    def checkpoint(self, by: str = "fairlead", *, after_restore: bool = False) -> Note:
        """Signs the present state; where nothing came since the last time, gives what was signed then."""
        with self.database.begin() as tx:
            note = checkpoints.checkpoint(tx, self.ring, self.clock, by=by, after_restore=after_restore)
        self.ring.saw(note)
        return note

    def verify(self) -> Findings:
        """Looks at all of it, and sets right what the auditor thought."""
        with self.database.read() as tx:
            found = checking.verify(tx, self.ring.seen())
        auditing.noted(self.database, found, self.clock)
        return found

    def audit(self) -> Audit:
        """Looks at what is new and at some of what is old."""
        return auditing.audit(self.database, self.ring, self.clock)

    def export(self, target: Path, *, personal: bool = False) -> Note:
        """Signs the present state and writes it all into a folder that verifies itself; gives its trailer."""
        # late: who records or verifies here needs nothing of it
        from fairlead.governance.ledger.exporting import export

        note = self.checkpoint()
        signer = self.ring.current()
        assert signer, "a checkpoint was signed just now"
        return export(self.database, signer, note, target, personal=personal)

    def rotate(self, by: str, *, lost: bool = False, reason: str = "") -> Note:
        """A new key: the old one signs it, or the ledger says that it was lost."""
        with self.database.begin() as tx:
            note = checkpoints.rotate(tx, self.ring, self.clock, by, lost=lost, reason=reason)
        checkpoints.finish(self.ring, note, lost=lost)
        return note

    def protect(self, by: str) -> list[str]:
        """Puts back triggers that somebody took away, and says so in the ledger; gives their names."""
        with self.database.begin() as tx:
            gone = guards.protect(tx)
            if gone:
                self.record(tx, Entry("ledger.protected", "", by, {"triggers": gone}))
        return gone

    def forget(self, names: Collection[str], by: str) -> int:
        """Erases what is held of a person under these names; gives how many values. The tree stays valid."""
        with self.database.begin() as tx:
            return erasing.forget(tx, names, by, self.clock)

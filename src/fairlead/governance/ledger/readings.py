"""Access to personal data, in the access log and in the ledger at once."""

from __future__ import annotations

from fairlead.governance.ledger.entries import Entry
from fairlead.governance.ledger.recording import record
from fairlead.model.times import Clock
from fairlead.store import access
from fairlead.store.database import Transaction


def note(tx: Transaction, reading: access.Reading, clock: Clock) -> int:
    """Writes that somebody read person columns, or was refused; gives the index of the entry."""
    access.note_reading(tx, reading)
    said = {
        "how": reading.how, "columns": list(reading.columns), "rows": reading.row_count, "allowed": reading.allowed
    }  # fmt: skip
    kind = "access.read" if reading.allowed else "access.refused"
    # what was typed may name people: `select ... where email = ...`
    return record(tx, [Entry(kind, "", reading.who, said, {"what": reading.what})], clock)[0]

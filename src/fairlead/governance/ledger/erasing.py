"""Erasure: salts and values go, the hashes in the entries stay and say nothing any more."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from fairlead.governance.ledger.entries import Entry, names_any
from fairlead.governance.ledger.recording import record
from fairlead.model.times import Clock
from fairlead.store import ledger as kept
from fairlead.store.database import Transaction

ERASED = "ledger.erased"


def forget(tx: Transaction, names: Collection[str], by: str, clock: Clock) -> int:
    """Erases values that name somebody or belong to entries of or about them, and who was behind their veils.

    `names` are all ids of the person: their own and those of their accounts. Erasing again finds nothing.
    """
    kept.take_turn(tx)
    veils = {one.veil for one in kept.veiled(tx, names).values()}
    doomed = [one for one in kept.personal(tx, 0, kept.size(tx)) if names_any(one.content, names)]
    doomed += [one for one in _of(tx, veils) if one not in doomed]
    # The entry about it comes first, so that it calls them as the others do; it does so for the last time.
    if doomed or veils:
        said = {"values": len(doomed), "who": sorted(veils)}
        record(tx, [Entry(ERASED, "", "operator" if by in names else by, said)], clock)
    kept.drop_personal(tx, doomed)
    kept.drop_people(tx, names)
    return len(doomed) + len(veils)


def _of(tx: Transaction, veils: Collection[str]) -> list[kept.Personal]:
    """What entries by or about somebody hold apart."""
    found: list[kept.Personal] = []
    for one in veils:
        for row in kept.concerning(tx, one):
            if "personal" in msgspec.json.decode(row.content):
                found += kept.personal(tx, row.idx, row.idx + 1)
    return found

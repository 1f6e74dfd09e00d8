"""Requests that a raw event in quarantine be read again: written at the edge, done by whoever follows the log."""

from __future__ import annotations

from collections.abc import Iterable

from fairlead.store import quarantine, state
from fairlead.store.database import Database, Transaction

_PREFIX = "reread/"


def ask(database: Database, raw_seq: int) -> bool:
    """Asks for one event; false if it does not lie in quarantine, which nearly all redeliveries find out unlocked."""
    with database.read() as tx:
        if not quarantine.is_open(tx, raw_seq):
            return False
    with database.begin() as tx:
        # keys are ordered as text: leading zeros keep the order of the log
        state.put(tx, f"{_PREFIX}{raw_seq:020d}", True)
    return True


def asked(tx: Transaction) -> list[int]:
    """Positions asked for, in order."""
    return [int(key.removeprefix(_PREFIX)) for key in state.below(tx, _PREFIX)]


def done(tx: Transaction, raw_seqs: Iterable[int]) -> None:
    """Takes requests away that were followed."""
    for raw_seq in raw_seqs:
        state.drop(tx, f"{_PREFIX}{raw_seq:020d}")

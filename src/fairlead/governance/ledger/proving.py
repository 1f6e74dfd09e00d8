"""Proofs for one entry: that it is in a signed tree, and that this tree goes on from an earlier one."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from fairlead.governance.ledger import checkpoints, tiles, tree
from fairlead.governance.ledger.notes import read_note, read_statement
from fairlead.model.errors import Skip
from fairlead.store import ledger as kept
from fairlead.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Proof:
    """All that somebody else needs to see that an entry is in the ledger."""

    index: int
    content: str
    """The bytes of the entry; the leaf is their hash."""
    leaf: str
    path: tuple[str, ...]
    """Hashes beside the way from the leaf to the root, lowest first."""
    checkpoint: str
    """Signed note with size and root."""
    key: str
    """The key in force, to be compared with one that was had from elsewhere."""
    holds: bool
    """Whether path and root fit, as we see it."""


@dataclass(frozen=True, slots=True)
class Growth:
    """That nothing of an earlier tree was changed in a later one."""

    old_size: int
    old_root: str
    path: tuple[str, ...]
    checkpoint: str
    holds: bool


def prove(tx: Transaction, index: int) -> Proof:
    """The proof of inclusion in the last signed tree."""
    row = next(kept.entries(tx, index, index + 1), None) if 0 <= index < kept.size(tx) else None
    if row is None:
        raise Skip(f"there is no entry {index}: they are numbered from 0 to {kept.size(tx) - 1}")
    held = kept.last_checkpoint(tx)
    if held is None or held.size <= index:
        raise Skip(f"entry {index} came after the last checkpoint", hint="fairlead ledger checkpoint")
    said = read_statement(read_note(held.note))
    path = tree.inclusion(index, said.size, tiles.reader(tx))
    # from the bytes and not from the hash beside them: that is what whoever checks the proof does
    leaf = tree.leaf_hash(row.content)
    holds = tree.root_by_inclusion(leaf, index, said.size, path) == said.root
    return Proof(index, row.content.decode(), _b64(leaf), tuple(map(_b64, path)), held.note, _key(tx), holds)


def grown(tx: Transaction, old: int) -> Growth:
    """The proof that the last signed tree goes on from that of the first `old` entries."""
    held = kept.last_checkpoint(tx)
    if held is None or not 0 < old <= held.size:
        raise Skip(f"no signed tree goes on from {old} entries", hint="fairlead ledger checkpoint")
    said, reader = read_statement(read_note(held.note)), tiles.reader(tx)
    before, path = tree.root(old, reader), tree.consistency(old, said.size, reader)
    holds = tree.roots_by_consistency(old, said.size, before, path) == (before, said.root)
    return Growth(old, _b64(before), tuple(map(_b64, path)), held.note, holds)


def _key(tx: Transaction) -> str:
    held = checkpoints.in_force(tx)
    return str(held.key) if held else ""


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()

"""Checkpoints: signed statements about the tree, and the key that signs them, which the ledger itself announces.

An entry names each key. From it on checkpoints are signed with that key, for which the one before has
vouched, unless it was lost, which then stands there as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from fairlead.governance.ledger import tiles
from fairlead.governance.ledger.entries import Entry
from fairlead.governance.ledger.keys import KeyRing, Signer
from fairlead.governance.ledger.notes import Note, PublicKey, Statement, read_key, read_note, read_statement
from fairlead.governance.ledger.recording import opened, origin, record
from fairlead.governance.ledger.tree import root
from fairlead.model.errors import Abort, Unreadable
from fairlead.model.times import Clock, entered_at
from fairlead.store import ledger as kept
from fairlead.store.database import Transaction

KEY = "ledger.key"
RESTORED = "ledger.restored"


@dataclass(frozen=True, slots=True)
class Announced:
    """An entry that names a key."""

    index: int
    key: PublicKey
    why: str
    """`first`, `rotated` or `lost`."""
    handed_over: str
    """What the key before has signed about this one."""


def announced(content: bytes) -> Announced:
    """The key that an entry names."""
    whole = msgspec.json.decode(content)
    said: dict[str, Any] = whole["said"]
    return Announced(whole["index"], read_key(said["key"]), said["why"], said.get("handed_over", ""))


def handed_over(name: str, index: int, key: PublicKey) -> str:
    """What a key says of the one that follows it."""
    return f"fairlead ledger key\n{name}\n{index}\n{key}\n"


def in_force(tx: Transaction) -> Announced | None:
    """The key that signs now."""
    for row in kept.newest(tx, kind=KEY, limit=1):
        return announced(row.content)
    return None


def contradicts(tx: Transaction, seen: Note | None) -> str:
    """How a checkpoint signed before contradicts what the store holds now; empty if it does not."""
    if seen is None:
        return ""
    said, size = read_statement(seen), kept.size(tx)
    if said.origin != origin(tx):
        return f"another ledger than {said.origin}, of which {said.size} entries were signed from this home"
    if said.size > size:
        return f"{size} entries, and {said.size} were signed from this home: the store was set back"
    try:
        there = root(said.size, tiles.reader(tx))
    except Unreadable as fault:
        return fault.problem
    if there != said.root:
        return f"among the first {said.size} entries others than those that were signed from this home"
    return ""


def checkpoint(
    tx: Transaction, ring: KeyRing, clock: Clock, *, by: str = "fairlead", after_restore: bool = False
) -> Note:
    """Signs the present state in a write transaction; what is signed already is not signed again.

    The caller hands the note to `ring.saw` once the transaction is over.
    """
    kept.take_turn(tx)
    signer = _signer(tx, ring, clock)
    _agree(tx, ring, clock, by, after_restore=after_restore)
    return _sign(tx, signer, origin(tx), clock)


def _agree(tx: Transaction, ring: KeyRing, clock: Clock, by: str, *, after_restore: bool = False) -> None:
    """Refuses to sign what contradicts what was signed, unless somebody answers for it in an entry of its own."""
    seen = ring.seen()
    if fault := contradicts(tx, seen):
        if not after_restore:
            hint = "after a restore that was meant: fairlead ledger checkpoint --after-restore"
            raise Abort(f"the store holds {fault}", hint=hint)
        record(tx, [Entry(RESTORED, "", by, {"held": fault, "seen": str(seen)})], clock)


def _sign(tx: Transaction, signer: Signer, name: str, clock: Clock) -> Note:
    size, key = kept.size(tx), signer.public(name)
    held = kept.last_checkpoint(tx)
    if held and (held.size, held.key_id) == (size, key.id.hex()):
        return read_note(held.note)
    note = signer.sign(name, str(Statement(name, size, root(size, tiles.reader(tx)))))
    kept.put_checkpoint(tx, kept.Checkpoint(size, key.id.hex(), entered_at(clock), str(note)))
    return note


def _signer(tx: Transaction, ring: KeyRing, clock: Clock) -> Signer:
    """The key in force; the first one is made here and announced."""
    held = in_force(tx)
    if held is None:
        signer = ring.current() or ring.create()
        # what opens the ledger gives it the name that the key is called by
        opened(tx, clock)
        record(tx, [_announcement(signer.public(origin(tx)), "first", "fairlead")], clock)
        return signer
    ours = ring.current()
    if ours and ours.public(held.key.name) == held.key:
        return ours
    follower = ring.follower()
    if follower and follower.public(held.key.name) == held.key:
        ring.promote(keep_old=held.why == "lost")
        return follower
    raise missing(ring)


def missing(ring: KeyRing) -> Abort:
    """That the key in force is not here."""
    return Abort(
        f"the key of the ledger is not in {ring.folder}: entries are recorded and not signed",
        hint="bring keys/ledger.pem back from a backup, or `fairlead ledger rotate --lost`",
    )


def rotate(tx: Transaction, ring: KeyRing, clock: Clock, by: str, *, lost: bool = False, reason: str = "") -> Note:
    """Gives the ledger a new key in a write transaction; call `finish` once that is over.

    A key that is here signs its follower. One that is lost cannot: who verifies is told of the gap.
    """
    kept.take_turn(tx)
    held = in_force(tx)
    if held is None:
        return checkpoint(tx, ring, clock)
    name = held.key.name
    old = None if lost else _signer(tx, ring, clock)
    _agree(tx, ring, clock, by)
    if old is not None:
        # everything so far under the old key: no entry is ever vouched for by the new one alone
        _sign(tx, old, name, clock)
    index, signer = kept.size(tx), ring.create_next()
    key = signer.public(name)
    note = old.sign(name, handed_over(name, index, key)) if old else ""
    record(
        tx,
        [_announcement(key, "rotated" if old else "lost", by, before=held.key, note=str(note), reason=reason)],
        clock,
    )
    return _sign(tx, signer, name, clock)


def finish(ring: KeyRing, note: Note, *, lost: bool) -> None:
    """After the transaction of `rotate`: the new key takes the old one's place."""
    if ring.follower():
        ring.promote(keep_old=lost)
    ring.saw(note)


def _announcement(
    key: PublicKey, why: str, by: str, *, before: PublicKey | None = None, note: str = "", reason: str = ""
) -> Entry:
    said = {"key": str(key), "why": why, "before": str(before or ""), "handed_over": note}
    return Entry(KEY, key.id.hex(), by, said, {"reason": reason} if reason else {})

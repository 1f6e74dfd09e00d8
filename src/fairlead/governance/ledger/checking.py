"""Verification in place: entries against their hashes, hashes against tiles, checkpoints against the tree.

What was changed is named by its index wherever one of these still tells the truth; where all of them were rewritten
alike, the signed root contradicts them and names the range since the checkpoint before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from fairlead.governance.ledger import checkpoints, tiles
from fairlead.governance.ledger.checkpoints import Announced
from fairlead.governance.ledger.entries import commitment, veil
from fairlead.governance.ledger.notes import Note, Statement, read_note, read_statement
from fairlead.governance.ledger.recording import origin
from fairlead.governance.ledger.tree import Frontier, fold, leaf_hash
from fairlead.model.errors import Unreadable
from fairlead.store import guards
from fairlead.store import ledger as kept
from fairlead.store.database import Transaction

BLOCK = tiles.WIDTH**2
"""Entries that are looked at in one go: those of a whole tile of the second level."""
_ENOUGH = 20
_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written."""

    index: int
    """The first entry that it concerns."""
    what: str
    until: int | None = None
    """Where the entry is not known more exactly: it is before this one."""


@dataclass(slots=True)
class Findings:
    """What a verification came to."""

    size: int = 0
    root: str = ""
    checkpoints: int = 0
    signed: int = 0
    """Entries that the last checkpoint covers."""
    key: str = ""
    """The key in force."""
    erased: int = 0
    """Personal values of which only the hash is left."""
    gaps: list[Fault] = field(default_factory=list)
    """What stands in the ledger openly and weakens what it proves: a lost key, a restored store."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.faults

    def first(self) -> Fault | None:
        """The fault of the smallest index."""
        return min(self.faults, key=lambda fault: fault.index, default=None)


class Said(msgspec.Struct):
    """The parts of an entry that verification reads."""

    index: int
    at: str
    kind: str
    subject: str
    by: str
    personal: Mapping[str, str] = {}


_decoder = msgspec.json.Decoder(Said)


def check_row(row: kept.Row) -> tuple[Said | None, str]:
    """An entry by itself: what it says, and what contradicts it."""
    if not row.content or not row.leaf:
        return None, "its bytes or their hash are no bytes any more"
    if leaf_hash(row.content) != row.leaf:
        return None, "its bytes are not those that were hashed"
    try:
        said = _decoder.decode(row.content)
    except (msgspec.MsgspecError, ValueError) as fault:
        return None, f"its bytes cannot be read: {fault}"
    if said.index != row.idx:
        return said, f"it says of itself to be entry {said.index}"
    if (said.at, said.kind, said.subject, said.by) != (row.at, row.kind, row.subject, row.by_whom):
        return said, "the columns beside it say something else than its bytes"
    return said, ""


class Verification:
    """One pass over a range of entries, with the tree that grows from the leaves where it begins at the first."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self.found = Findings(size=kept.ends(tx))

    def leaves(self, first: int, until: int) -> Iterator[bytes]:
        """Leaf hashes in order, as tiles or entries tell them; notes on the way what does not fit."""
        for start in range(first - first % BLOCK, until, BLOCK):
            yield from self._block(start, max(start, first), min(start + BLOCK, until))

    def fault(self, index: int, what: str, until: int | None = None) -> None:
        """Notes a fault; of thousands the first ones."""
        if len(self.found.faults) < _ENOUGH:
            self.found.faults.append(Fault(index, what, until))

    def frame(self) -> None:
        """What is around the entries: nothing before the first or far beyond the last, and the triggers."""
        if kept.strays(self.tx):
            self.fault(0, "something calls itself an entry before the first")
        if (whole := kept.size(self.tx)) > self.found.size:
            self.fault(self.found.size, f"it is missing, and the last one calls itself {whole - 1}")
        for name in guards.missing(self.tx):
            self.fault(self.found.size, f"the trigger {name}, which keeps what is written, is gone from the database")

    def keys(self) -> list[Announced]:
        """The keys that the ledger announces, in order; each must be vouched for by the one before."""
        found: list[Announced] = []
        for row in kept.newest(self.tx, kind=checkpoints.KEY, limit=_KEYS)[::-1]:
            try:
                new = checkpoints.announced(row.content)
            except (Unreadable, msgspec.MsgspecError, ValueError) as fault:
                self.fault(row.idx, f"the key it announces cannot be read: {fault}")
                continue
            if new.why == "lost":
                what = "the key was lost: no key before vouches for the one that signs from here on"
                self.found.gaps.append(Fault(row.idx, what))
            elif found and not _vouched(found[-1], new):
                self.fault(row.idx, "the key before has not signed the one it announces")
            found.append(new)
        return found

    def _block(self, start: int, first: int, until: int) -> Iterator[bytes]:
        width = tiles.WIDTH
        held = kept.tiles(self.tx, 0, first // width, -(-until // width))
        rows = kept.entries(self.tx, first, until)
        row = next(rows, None)
        personal = _by_entry(kept.personal(self.tx, first, until))
        hashes: dict[int, Sequence[bytes]] = {idx: tiles.split(told) for idx, (told, _) in held.items()}
        for idx in range(first, until):
            tile = hashes.get(idx // width)
            told = tile[idx % width] if tile and len(tile) == width else None
            if row is None or row.idx != idx:
                self.fault(idx, "it is missing")
                # without its hash the tree ends here; what follows is looked at all the same
                yield told or b""
                continue
            said, wrong = check_row(row)
            if not wrong and told is not None and told != row.leaf:
                wrong = "its hash is not the one in the tree"
            if wrong:
                self.fault(idx, wrong)
            elif said is not None:
                self._look_into(row, said, personal.get(idx, ()))
            yield told or row.leaf
            row = next(rows, None)
        self._tiles(start, first, until, held)

    def _look_into(self, row: kept.Row, said: Said, held: Sequence[kept.Personal]) -> None:
        for one in held:
            if said.personal.get(one.name) != commitment(one.salt, one.content):
                self.fault(row.idx, f"what is held as its `{one.name}` is not what it was hashed from")
        self.found.erased += len(said.personal) - len(held)

    def _tiles(self, start: int, first: int, until: int, held: Mapping[int, tuple[bytes, bytes]]) -> None:
        """Tiles of the block against their roots, and those above."""
        for idx in range(-(-first // tiles.WIDTH), until // tiles.WIDTH):
            self._tile(0, idx, held.get(idx))
        if first == start and until - start == BLOCK:
            level, idx = 1, start // BLOCK
            while True:
                above = kept.tiles(self.tx, level, idx, idx + 1).get(idx)
                below = kept.tile_roots(self.tx, level - 1, idx * tiles.WIDTH, (idx + 1) * tiles.WIDTH)
                if above is not None and above[0] != b"".join(below[one] for one in sorted(below)):
                    self.fault(
                        self._from(level, idx),
                        "the tree above it is not made of what is below",
                        self._from(level, idx + 1),
                    )
                self._tile(level, idx, above)
                # the last one of a tile makes that full as well
                if (idx + 1) % tiles.WIDTH:
                    return
                level, idx = level + 1, idx // tiles.WIDTH

    def _tile(self, level: int, idx: int, held: tuple[bytes, bytes] | None) -> None:
        if held is None:
            self.fault(self._from(level, idx), "its part of the tree is missing", self._from(level, idx + 1))
        elif len(row := tiles.split(held[0])) != tiles.WIDTH or fold(row) != held[1]:
            self.fault(self._from(level, idx), "its part of the tree contradicts itself", self._from(level, idx + 1))

    @staticmethod
    def _from(level: int, idx: int) -> int:
        return int(idx * tiles.WIDTH ** (level + 1))


def verify(tx: Transaction, seen: Note | None = None) -> Findings:
    """Everything from the first entry to the last; `seen` is what was last signed from this home."""
    run = Verification(tx)
    found, tree = run.found, Frontier()
    notes = kept.checkpoints(tx, after=-(2**62))
    # what signs no part of these entries must not hide what comes after it
    beyond = [one for one in notes if not 0 < one.size <= found.size]
    notes = [one for one in notes if one not in beyond]
    signed: list[tuple[kept.Checkpoint, bytes]] = []
    at = 0
    for leaf in run.leaves(0, found.size):
        tree.add(leaf)
        while at < len(notes) and notes[at].size == tree.size:
            signed.append((notes[at], tree.root()))
            at += 1
    for one in beyond:
        run.fault(found.size, f"{one.size} entries were signed, and {found.size} are here")
    keys = run.keys()
    for row in kept.newest(tx, kind=checkpoints.RESTORED, limit=_ENOUGH):
        found.gaps.append(Fault(row.idx, "signed after a restore: what the store had lost is not here any more"))
    _check_signed(run, origin(tx), signed, keys)
    if (against := checkpoints.contradicts(tx, seen)) and not found.faults:
        run.fault(min(found.size, read_statement(seen).size) if seen else 0, f"the store holds {against}")
    for who in kept.people(tx):
        if veil(who.name, who.salt) != who:
            run.fault(0, f"who is behind {who.veil[:16]} was exchanged")
    run.frame()
    found.root, found.checkpoints = tree.root().hex(), len(notes) + len(beyond)
    found.key = str(keys[-1].key) if keys else ""
    return found


def _check_signed(
    run: Verification, name: str, signed: Sequence[tuple[kept.Checkpoint, bytes]], keys: Sequence[Announced]
) -> None:
    """Signatures by the key of their time, and roots; the ranges between checkpoints tell what no hash tells."""
    good = 0
    for held, tree_root in signed:
        said, wrong = read_signed(held, name, keys)
        if said is None:
            run.fault(good, wrong, held.size)
        elif said.root == tree_root:
            good = run.found.signed = held.size
        else:
            # where a hash is at fault already, a root that differs says nothing new
            if not run.found.faults:
                run.fault(good, f"not the entries that were signed as the first {held.size}", held.size)
            return


def read_signed(held: kept.Checkpoint, name: str, keys: Sequence[Announced]) -> tuple[Statement | None, str]:
    """What a checkpoint states, if the key of its time has signed it; else what is wrong with it."""
    about = f"the checkpoint of {held.size} entries"
    try:
        note = read_note(held.note)
        said = read_statement(note)
    except Unreadable as fault:
        return None, f"{about} cannot be read: {fault}"
    # the entry that announces a key is the first that it signs
    key = next((one for one in reversed(keys) if one.index < said.size), None)
    if (said.origin, said.size) != (name, held.size):
        return None, f"{about} speaks of {said.size} of {said.origin}"
    return (said, "") if key and key.key.signed(note) else (None, f"{about} is not signed by the ledger's key")


def _vouched(before: Announced, new: Announced) -> bool:
    try:
        note = read_note(new.handed_over)
    except Unreadable:
        return False
    return note.text == checkpoints.handed_over(before.key.name, new.index, new.key) and before.key.signed(note)


def _by_entry(rows: Iterator[kept.Personal]) -> dict[int, list[kept.Personal]]:
    found: dict[int, list[kept.Personal]] = {}
    for row in rows:
        found.setdefault(row.idx, []).append(row)
    return found

"""The tree as it is stored: full tiles of 256 hashes, written once; what is not full yet is made from the entries.

So an append writes one row for each 256 entries and one for each 65,536, and a proof reads a handful of tiles.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from fairlead.governance.ledger.tree import Subtree, above, fold
from fairlead.model.errors import Unreadable
from fairlead.store import ledger as kept
from fairlead.store.database import Transaction

HEIGHT = 8
WIDTH = 1 << HEIGHT
_HASH = 32


def split(hashes: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [hashes[at : at + _HASH] for at in range(0, len(hashes), _HASH)]


def complete(tx: Transaction, before: int, size: int) -> None:
    """Writes the tiles that became full as the entries grew from `before` to `size`."""
    level, was, now = 0, before // WIDTH, size // WIDTH
    while now > was:
        row = _below(tx, level, was * WIDTH, now * WIDTH)
        made = {}
        # where somebody cut entries off their tiles are left: that is verification's to tell, and stops no record
        for idx in sorted(set(range(was, now)) - kept.tiles(tx, level, was, now).keys()):
            hashes = row[(idx - was) * WIDTH : (idx - was + 1) * WIDTH]
            if len(hashes) == WIDTH:
                made[level, idx] = b"".join(hashes), fold(hashes)
        kept.put_tiles(tx, made)
        level, was, now = level + 1, was // WIDTH, now // WIDTH


def _below(tx: Transaction, level: int, first: int, until: int) -> list[bytes]:
    """What tiles of a level are made of."""
    found = kept.leaves(tx, first, until) if level == 0 else kept.tile_roots(tx, level - 1, first, until)
    # up to the first gap: what follows it would pass for what is missing
    return [found[idx] for idx in takewhile(found.__contains__, range(first, until))]


def reader(tx: Transaction) -> Subtree:
    """Hashes of full subtrees, from tiles where those are full; each tile is read once."""
    # heights above the leaves of a tile, by tile: paths ask for several hashes of the same one
    seen: dict[tuple[int, int], list[list[bytes]]] = {}

    def heights(level: int, idx: int) -> list[list[bytes]]:
        if (level, idx) not in seen:
            full = kept.tile(tx, level, idx)
            row = split(full) if full is not None else _below(tx, level, idx * WIDTH, (idx + 1) * WIDTH)
            seen[level, idx] = _heights(row)
        return seen[level, idx]

    def subtree(height: int, idx: int) -> bytes:
        level, within = divmod(height, HEIGHT)
        per_tile = 1 << (HEIGHT - within)
        try:
            return heights(level, idx // per_tile)[within][idx % per_tile]
        except IndexError as fault:
            first = idx << height
            raise Unreadable("tree", f"a part of the ledger's tree is missing at entry {first}") from fault

    return subtree


def _heights(row: Sequence[bytes]) -> list[list[bytes]]:
    """A row of hashes and the rows above it, without what is not full."""
    rows = [list(row)]
    while len(rows) < HEIGHT:
        rows.append(above(rows[-1]))
    return rows

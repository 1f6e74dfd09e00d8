"""The Merkle tree of RFC 6962: hashes of leaves and nodes, roots, paths of inclusion and consistency.

Pure: a tree is anything that gives the hash of a full subtree by height and index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

Subtree = Callable[[int, int], bytes]
"""Hash of the full subtree of 2**height leaves that is the index-th of its height."""

EMPTY = sha256(b"").digest()
"""Root of a tree without leaves."""


def leaf_hash(content: bytes) -> bytes:
    """Hash of an entry; the first byte keeps an entry from passing for a node."""
    return sha256(b"\0" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees."""
    return sha256(b"\1" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Root over subtrees of one height, as many as a power of two."""
    while len(hashes) > 1:
        hashes = above(hashes)
    return hashes[0]


def above(hashes: Sequence[bytes]) -> list[bytes]:
    """The nodes over pairs of subtrees; one that is left over has none."""
    return [sha256(b"\1" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=False)]


class Frontier:
    """A tree that only grows: it keeps the full subtrees at its right edge, and so has its root at any moment."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Takes the hash of one more leaf."""
        size, peaks = self.size, self._peaks
        # as many subtrees become whole as the size ends in ones
        while size & 1:
            leaf = node_hash(peaks.pop(), leaf)
            size >>= 1
        peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Root over all leaves so far."""
        return _joined(self._peaks)


def root(size: int, subtree: Subtree) -> bytes:
    """Root of the first `size` leaves."""
    return _joined([subtree(height, idx) for height, idx in _peaks(0, size)])


def inclusion(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Path by which the leaf at `index` leads to the root of `size` leaves."""
    first, until = 0, size
    path = []
    while until - first > 1:
        middle = first + _split(until - first)
        if index < middle:
            path.append(_over(middle, until, subtree))
            until = middle
        else:
            path.append(_over(first, middle, subtree))
            first = middle
    return path[::-1]


def consistency(old: int, size: int, subtree: Subtree) -> list[bytes]:
    """Hashes that show the tree of `old` leaves to be the beginning of that of `size`."""
    if old in (0, size):
        return []
    first, until = 0, size
    path = []
    whole = True
    while first + old != until:
        middle = first + _split(until - first)
        if old <= middle - first:
            path.append(_over(middle, until, subtree))
            until = middle
        else:
            path.append(_over(first, middle, subtree))
            old -= middle - first
            first, whole = middle, False
    # where the old tree is one of our subtrees, whoever verifies has its root already
    return [*([] if whole else [_over(first, until, subtree)]), *path[::-1]]


def root_by_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Root to which a path leads; `None` if it cannot be one. As RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return None
    at, last, found = index, size - 1, leaf
    for other in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node_hash(other, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, other)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def roots_by_consistency(old: int, size: int, old_root: bytes, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The two roots that a path speaks of; `None` if it cannot be one. As RFC 9162, 2.1.4.2."""
    if old == size:
        return (old_root, old_root) if not path else None
    # a power of two is a subtree of the new tree: its root begins the path
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not 0 < old < size or not steps:
        return None
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = steps[0]
    for other in steps[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            before, after = node_hash(other, before), node_hash(other, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, other)
        at, last = at >> 1, last >> 1
    return (before, after) if last == 0 else None


def grown(leaves: Iterable[bytes]) -> Frontier:
    """A tree of these leaf hashes."""
    tree = Frontier()
    for leaf in leaves:
        tree.add(leaf)
    return tree


def _split(count: int) -> int:
    """Leaves in the left subtree: the largest power of two below the count."""
    return 1 << ((count - 1).bit_length() - 1)


def _peaks(first: int, until: int) -> Iterator[tuple[int, int]]:
    """Full subtrees over a range that begins at a multiple of its largest one, largest first."""
    while first < until:
        height = (until - first).bit_length() - 1
        yield height, first >> height
        first += 1 << height


def _over(first: int, until: int, subtree: Subtree) -> bytes:
    return _joined([subtree(height, idx) for height, idx in _peaks(first, until)])


def _joined(peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return EMPTY
    *others, found = peaks
    for peak in reversed(others):
        found = node_hash(peak, found)
    return found

"""The self-auditor: looks at what is new, and round and round at what is old, and remembers what it saw.

It tells soon that something was changed. It proves nothing to others: whoever can write to the store can also write
what it remembers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from fairlead.governance.ledger import checkpoints, tiles
from fairlead.governance.ledger.checking import Fault, Findings, Verification, read_signed
from fairlead.governance.ledger.keys import KeyRing
from fairlead.governance.ledger.recording import origin
from fairlead.governance.ledger.tree import root
from fairlead.model.errors import Unreadable
from fairlead.model.times import Clock
from fairlead.model.typed import ready
from fairlead.store import ledger as kept
from fairlead.store import state
from fairlead.store.database import Database, Transaction

_STATE = "ledger/audit"
_NEW = 200_000
"""New entries looked at in one run; a large import of them takes several."""
_CHECKPOINTS = 50
_OLD = 20_000
"""Old ones: a million is gone through in an hour, if it runs each minute."""


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """What the auditor remembers."""

    at: datetime
    size: int = 0
    """Entries that were looked at."""
    root: str = ""
    """Root over them."""
    next_old: int = 0
    """Where it goes on among the old ones."""
    after_checkpoint: int = 0
    """Where it goes on among the checkpoints."""
    faults: tuple[Fault, ...] = ()
    """What it found; it stays until all of the ledger was verified and found good."""

    @property
    def ok(self) -> bool:
        """Whether nothing was found so far."""
        return not self.faults


ready(Audit)


def last(tx: Transaction) -> Audit | None:
    """What the auditor saw last; `None` before it has looked."""
    held: Mapping[str, object] | None = state.get(tx, _STATE)
    return None if held is None else msgspec.convert(held, Audit)


def audit(database: Database, ring: KeyRing, clock: Clock) -> Audit:
    """Looks at what came since, and on at what is old."""
    with database.read() as tx:
        held = last(tx) or Audit(at=clock.now())
        # what was found once is not found good again by looking elsewhere
        seen = held if not held.ok else _look(tx, held, ring, clock)
    remember(database, seen)
    return seen


def noted(database: Database, found: Findings, clock: Clock) -> Audit:
    """Remembers a whole verification: it sets right what the auditor thought."""
    seen = Audit(at=clock.now(), size=found.size, root=found.root, faults=tuple(found.faults))
    remember(database, seen)
    return seen


def remember(database: Database, seen: Audit) -> None:
    """Keeps it for pages, metrics and the next run."""
    with database.begin() as tx:
        state.put(tx, _STATE, msgspec.to_builtins(seen))


def _look(tx: Transaction, held: Audit, ring: KeyRing, clock: Clock) -> Audit:
    run = Verification(tx)
    size = run.found.size
    if size < held.size:
        run.fault(size, f"{held.size} entries were here at {held.at:%Y-%m-%d %H:%M}, {size} are left")
    elif held.size and _root(run, held.size).hex() != held.root:
        run.fault(0, f"not the entries that were here at {held.at:%Y-%m-%d %H:%M}", held.size)
    if against := checkpoints.contradicts(tx, ring.seen()):
        run.fault(0, f"the store holds {against}", size)
    until = min(held.size + _NEW, size)
    _through(run, held.size, until)
    old = held.next_old if held.next_old < until else 0
    next_old = min(old + _OLD, until)
    _through(run, old, next_old)
    after = _checkpoints(run, held.after_checkpoint, until)
    faults = tuple(run.found.faults)
    if faults:
        return Audit(at=clock.now(), size=held.size, root=held.root, faults=faults)
    now_root = _root(run, until).hex()
    # from the first again as soon as the last was seen, whatever comes meanwhile
    again = 0 if next_old >= until else next_old
    return Audit(at=clock.now(), size=until, root=now_root, next_old=again, after_checkpoint=after)


def _checkpoints(run: Verification, after: int, until: int) -> int:
    """Looks at some checkpoints, from the first again where the last was reached; gives where to go on."""
    tx, keys, name = run.tx, run.keys(), origin(run.tx)
    for one in kept.checkpoints(tx, after, _CHECKPOINTS):
        if one.size > until:
            return after
        said, wrong = read_signed(one, name, keys)
        if said is None or said.root != _root(run, one.size):
            run.fault(after, wrong or f"not the entries that were signed as the first {one.size}", one.size)
            return after
        after = one.size
    last_one = kept.last_checkpoint(tx)
    return 0 if last_one and last_one.size == after else after


def _root(run: Verification, size: int) -> bytes:
    try:
        return root(size, tiles.reader(run.tx))
    except Unreadable as fault:
        run.fault(0, fault.problem, size)
        return b""


def _through(run: Verification, first: int, until: int) -> None:
    for _ in run.leaves(first, until):
        pass

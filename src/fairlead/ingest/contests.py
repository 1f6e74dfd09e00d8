"""Whether the log must be read again, because a rename was heard of after two things had shared an id.

Two numbers tell: how often rows were found to be shared, counted in the transaction that parted them, and the count
up to which the log has been read again since. A process may be killed between the two, and another one may part
further rows meanwhile; numbers that only grow are never taken back too early, as a flag would be.
"""

from __future__ import annotations

from fairlead.store.counting import next_value
from fairlead.store.database import Transaction, take_turn
from fairlead.store.glance import CONTESTS, CONTESTS_SETTLED


def note(tx: Transaction) -> None:
    """Rows were parted in this transaction, and what one of their owners had said is not in the store."""
    next_value(tx, CONTESTS)


def owed(tx: Transaction) -> int:
    """The count to hand to `settle` once the log was read again up to the present offset; 0 if nothing is owed."""
    count = next_value(tx, CONTESTS, by=0)
    return count if count > next_value(tx, CONTESTS_SETTLED, by=0) else 0


def settle(tx: Transaction, count: int) -> None:
    """The log was read again after `owed` gave this count; whatever was noted later stays owed."""
    # two processes may have read it again side by side: each must see what the other has settled
    take_turn(tx)
    if (more := count - next_value(tx, CONTESTS_SETTLED, by=0)) > 0:
        next_value(tx, CONTESTS_SETTLED, by=more)

"""Who approves in whose place, in which team and until when. A row is ended, never taken away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from fairlead.store.counting import next_value
from fairlead.store.database import Transaction
from fairlead.store.statements import clean
from fairlead.store.tables import delegations


@dataclass(frozen=True, slots=True)
class Delegation:
    """A right to approve, handed over for a while."""

    id: str
    giver: str
    """Person whose right it is."""
    taker: str
    """Person who uses it."""
    team: str
    """Team id, or `*` for wherever the giver may."""
    made_at: datetime
    until: datetime
    ended_at: datetime | None = None
    reason: str = ""

    def holds(self, now: datetime) -> bool:
        """Whether it can be used at a moment."""
        return self.ended_at is None and now < self.until


def put(
    tx: Transaction, giver: str, taker: str, team: str, now: datetime, until: datetime, reason: str
) -> Delegation:
    """Hands a right over."""
    made = Delegation(
        f"delegation-{next_value(tx, 'delegations')}", giver, taker, team, now, until, None, clean(reason)
    )
    tx.execute(delegations.insert().values(**{name: getattr(made, name) for name in Delegation.__slots__}))
    return made


def to(tx: Transaction, taker: str, now: datetime) -> list[Delegation]:
    """What a person may use now, the oldest first."""
    chosen = select(delegations).where(delegations.c.taker == taker).order_by(delegations.c.made_at, delegations.c.id)
    found = [Delegation(**row._mapping) for row in tx.execute(chosen)]
    return [one for one in found if one.holds(now)]


def rows(tx: Transaction, now: datetime) -> list[Delegation]:
    """All that hold now, the oldest first."""
    held = select(delegations).where(delegations.c.ended_at.is_(None), delegations.c.until > now)
    chosen = held.order_by(delegations.c.made_at, delegations.c.id)
    return [Delegation(**row._mapping) for row in tx.execute(chosen)]


def end(tx: Transaction, delegation: str, giver: str, now: datetime) -> bool:
    """Takes a right back; false if the giver has handed over none of this id that still holds."""
    mine = (delegations.c.id == delegation) & (delegations.c.giver == giver) & delegations.c.ended_at.is_(None)
    return tx.execute(update(delegations).where(mine).values(ended_at=now)).rowcount == 1

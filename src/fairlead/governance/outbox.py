"""The outbox: what is to be sent, and what became of it. Whoever wants a message sent puts it here and nowhere else.

A message is put in once, however often it is asked for, and sent once as far as that can be: before a try it is
claimed for a while, after it the outcome is noted. A process that dies between the other side's "taken" and our note
leaves it claimed; the next one cannot know and sends it again, under the same id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from fairlead.governance.letter import Letter, pack, unpack
from fairlead.governance.retries import next_try
from fairlead.model.errors import Fault, Retry, Skip
from fairlead.model.times import Clock, SystemClock
from fairlead.store import outbox as kept
from fairlead.store.access import EVERYWHERE
from fairlead.store.database import Database, Transaction
from fairlead.store.holders import Holder
from fairlead.store.outbox import Message

Channel = Literal["mail", "file", "feed", "slack", "teams"]

CLAIM_LASTS = timedelta(minutes=15)
"""Longer than any try takes: what is let go earlier would be sent by two."""

_WALL_CLOCK: Clock = SystemClock()
"""Messages wait by the machines' time, also where a home works with a clock that stands still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be sent where, and what it was made from."""

    channel: Channel
    address: str
    kind: str = "report"
    made_from: str
    """Name of the report."""
    team: str = ""
    """Team id; empty for everybody."""
    language: str = "en"
    asked_by: str
    as_of: datetime
    once: str
    """What must not be sent twice, like a delivery and its day; the same for every address."""

    @property
    def id(self) -> str:
        """Stable over processes and tries."""
        return hashlib.sha256("\n".join((self.once, self.channel, self.address)).encode()).hexdigest()[:24]


def teams_told(roles: Mapping[str, str]) -> list[str] | None:
    """Teams whose messages somebody with these roles, by team, is told of: those they manage; `None` means all."""
    may = [team for team, role in roles.items() if role in ("owner", "manager")]
    return None if EVERYWHERE in may else may


class Outbox:
    """The outbox of one store; several processes may put in and send at once."""

    def __init__(self, database: Database, clock: Clock = _WALL_CLOCK) -> None:
        self._database = database
        self._clock = clock
        self._holder = Holder.here()

    def post(self, orders: Collection[Order], letter: Letter) -> list[Message]:
        """Puts one letter in for each order; gives those that were not there before."""
        # all or none: a crash in between must not leave half of the addresses without their report
        with self._database.begin() as tx:
            return self.put(tx, orders, letter)

    def put(self, tx: Transaction, orders: Collection[Order], letter: Letter) -> list[Message]:
        """The same within the transaction that decides on it, so that neither is there without the other."""
        content, packed = pack(letter)
        now = self._clock.now()
        made = [self._message(order, letter, content, now) for order in orders]
        return [message for message in made if kept.put(tx, message, packed)]

    def _message(self, order: Order, letter: Letter, content: str, now: datetime) -> Message:
        # nobody has to carry what lies where its readers fetch it
        there = order.channel == "feed"
        return Message(
            id=order.id,
            kind=order.kind,
            channel=order.channel,
            address=order.address,
            subject=letter.subject,
            content=content,
            made_from=order.made_from,
            team=order.team,
            language=order.language,
            asked_by=order.asked_by,
            as_of=order.as_of,
            made_at=now,
            status="sent" if there else "waiting",
            waiting_since=now,
            next_at=now,
            done_at=now if there else None,
        )

    def claim(self, channels: Collection[str], only: str = "") -> Message | None:
        """Takes the message that has waited longest, or the one of that id, for this process and a while."""
        now = self._clock.now()
        # looked at first: nearly always there is none, and a look takes no turn at the store's writer
        with self._database.read() as tx:
            if not kept.is_due(tx, now):
                return None
        with self._database.begin() as tx:
            return kept.claim(tx, channels, str(self._holder), now, now + CLAIM_LASTS, only)

    def sent(self, message: Message, answer: str) -> bool:
        """Notes that it was taken; false if somebody else has it by now."""
        with self._database.begin() as tx:
            return kept.settle(tx, message, self._clock.now(), answer=answer, again_at=None)

    def not_sent(self, message: Message, fault: Fault) -> datetime | None:
        """Notes why not; gives when it is tried again, `None` where that would not help."""
        now = self._clock.now()
        again_at = next_try(message, now, fault.after_s) if isinstance(fault, Retry) else None
        with self._database.begin() as tx:
            kept.settle(tx, message, now, error=fault.message, again_at=again_at)
        return again_at

    def free_orphans(self) -> int:
        """Ends the claims of processes of this machine that are gone; those of others run out by themselves."""
        with self._database.read() as tx:
            orphans = [message for message in kept.claimed(tx) if Holder.read(message.claimed_by).is_gone()]
        if orphans:
            with self._database.begin() as tx:
                for message in orphans:
                    kept.free(tx, message, self._clock.now())
        return len(orphans)

    def retry(self, message: str) -> None:
        """Lets one that failed, or waits for another try, be tried at once."""
        with self._database.begin() as tx:
            if not kept.again(tx, message, self._clock.now()):
                raise Skip(f"`{message}` is not waiting and has not failed", hint="`fairlead outbox list` shows both")

    def letter(self, message: Message) -> Letter:
        """What a message says."""
        with self._database.read() as tx:
            packed = kept.content(tx, message.content)
        if packed is None:
            raise Skip(f"what `{message.id}` said is not kept any more")
        return unpack(packed)

    def forget(self, keep: timedelta) -> int:
        """Drops what was done so long ago; gives how many."""
        with self._database.begin() as tx:
            return kept.forget(tx, self._clock.now() - keep)

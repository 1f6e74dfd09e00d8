"""Actions of a home: proposed, judged, approved and done with its policies, its ledger and its tools."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fairlead.governance import approving, proposing
from fairlead.governance.approving import How, Verdict
from fairlead.governance.executing import Step, Try
from fairlead.governance.judging import KIND
from fairlead.model.acts import Act
from fairlead.store import requests
from fairlead.store.actions import Row
from fairlead.store.delegations import Delegation
from fairlead.store.holders import Holder
from fairlead.wiring import wishing
from fairlead.wiring.hands import desk
from fairlead.wiring.services import Services

_log = logging.getLogger(__name__)

_AT_ONCE = 200


def propose(
    services: Services,
    act: Act,
    tool: str,
    *,
    by: str,
    why: str = "",
    signal: str = "",
    expires_in: timedelta | None = None,
) -> Row:
    """A judged proposal; the same wish of the same proposer while one is open is the same action."""
    return proposing.propose(desk(services), act, tool, by=by, why=why, signal=signal, expires_in=expires_in)


def edit(services: Services, action: str, act: Act, *, by: str, roles: Mapping[str, str]) -> Row:
    """Another act in the place of one that is not begun: approvals of the old one count no more."""
    return proposing.edit(desk(services), action, act, by=by, roles=roles)


def decide(
    services: Services,
    action: str,
    *,
    person: str,
    roles: Mapping[str, str],
    digest: str,
    verdict: Verdict,
    reason: str = "",
    how: How,
    break_glass: bool = False,
) -> Row:
    """A person's word on exactly what they were shown; raises `Denied` with why it does not count."""
    return approving.decide(
        desk(services),
        action,
        person=person,
        roles=roles,
        digest=digest,
        verdict=verdict,
        reason=reason,
        how=how,
        break_glass=break_glass,
    )


def waiting_for(services: Services, person: str, roles: Mapping[str, str]) -> list[Row]:
    """What waits for a word that this person can give."""
    return approving.waiting_for(desk(services), person, roles)


def withdraw(services: Services, action: str, *, by: str, roles: Mapping[str, str], why: str) -> Row:
    """Takes a proposal back before it is done; raises `Denied` where that is not for this person."""
    return proposing.withdraw(desk(services), action, by=by, roles=roles, why=why)


def undo(services: Services, action: str, *, by: str, roles: Mapping[str, str], why: str = "") -> Row:
    """Proposes what takes a done action back; raises `Denied` where that is not for this person."""
    return proposing.undo(desk(services), action, by=by, roles=roles, why=why)


def settle(services: Services, action: str, *, done: bool, by: str, roles: Mapping[str, str], why: str = "") -> Row:
    """What somebody found who looked at the tool, where nobody could tell whether it was done."""
    return proposing.settle(desk(services), action, done=done, by=by, roles=roles, why=why)


@dataclass(frozen=True, slots=True)
class Performed:
    """What came of the requests that were due."""

    ends: dict[str, str] = field(default_factory=dict)
    """Action -> how its try ended."""
    expired: int = 0


def perform_due(services: Services, only: Collection[str] = ()) -> Performed:
    """Does what is approved and due, here and now: what a command does where no server runs.

    Under the same claims as the workers, so that beside a server nothing is done twice.
    """
    at = desk(services)
    expired = keep_house(services)
    with services.database.read() as tx:
        due = [one for one in requests.due(tx, at.now(), [KIND], _AT_ONCE) if not only or one.subject in only]
    ends = {one.subject: perform(services, one.id) for one in due}
    return Performed(ends, expired)


def perform(services: Services, request: str, step: Step | None = None, holder: Holder | None = None) -> str:
    """One try, as its request asks for it; `step` is how a durable engine runs each part."""
    made = Try(desk(services), request, holder or Holder.here())
    return made.perform(step) if step else made.perform()


def keep_house(services: Services) -> int:
    """Judges what a process left behind that died, and ends what has had its time; gives how many ended."""
    at = desk(services)
    proposing.judge_left(at)
    return proposing.lapse(at)


def propose_from_signals(services: Services) -> list[Row]:
    """Proposes what rules want done about signals that have opened, and withdraws what answers none any more."""
    return wishing.propose_from_signals(services)


def delegate(
    services: Services, giver: str, taker: str, *, team: str, until: datetime, reason: str = ""
) -> Delegation:
    """Hands a person's right to approve to somebody else for a while."""
    return approving.delegate(desk(services), giver, taker, team=team, until=until, reason=reason)


def end_delegation(services: Services, delegation: str, *, giver: str) -> None:
    """Takes such a right back."""
    approving.end_delegation(desk(services), delegation, giver=giver)


def now(services: Services) -> datetime:
    """The moment that decisions are dated by."""
    return desk(services).now()

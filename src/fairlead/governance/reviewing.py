"""Who takes a signal on or puts it off: of broken glass somebody else who could have approved what was done."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from fairlead.governance.entitled import voter_of
from fairlead.governance.voting import BREAKS_GLASS, Refusal, right_of
from fairlead.model.errors import Denied
from fairlead.model.raw import RawEvent
from fairlead.signals import entering
from fairlead.store import access, actions, signals
from fairlead.store.access import EVERYWHERE
from fairlead.store.database import Database, Transaction

RULE = "glass-broken"
"""The shipped rule whose signal asks for the review; the view `action` knows it by this name too."""


def acknowledged(database: Database, signal: str, by: str, at: datetime) -> RawEvent:
    """Somebody takes a signal on; raises `Denied` where that would be no review, which then stays open to others."""
    row = entering.demanded(database, signal)
    if row["rule"] != RULE:
        return entering.acknowledged(database, signal, by, at)
    # an acknowledgement of who broke it, like one from before this was checked, is none
    return entering.acknowledged(database, signal, by, at, over=_reviewing(database, row, by, at) | {None})


def snoozed(database: Database, signal: str, until: datetime, reason: str, by: str, at: datetime) -> RawEvent:
    """Somebody puts a signal off; a review only who may do it, else it could wait for ever."""
    row = entering.demanded(database, signal)
    if row["rule"] == RULE:
        _reviewing(database, row, by, at)
    return entering.snoozed(database, signal, until, reason, by, at)


def muted(
    rules: Collection[str], rule: str, whom: str, until: datetime, reason: str, by: str, at: datetime
) -> RawEvent:
    """A person or a team hears nothing of a rule; of broken glass no team can be kept from hearing."""
    if rule == RULE and whom.startswith("team:"):
        raise Denied("no team is kept from hearing of broken glass", "take it on: then nobody is told any more")
    return entering.muted(rules, rule, whom, until, reason, by, at)


def _reviewing(database: Database, row: signals.Row, by: str, at: datetime) -> set[str | None]:
    """Who broke the glass; raises `Denied` unless somebody may review that."""
    with database.read() as tx:
        action = actions.one(tx, row["subject"])
        words = actions.approvals(tx, [row["subject"]])
        broke = {
            one[name] for one in words if one["broke_glass"] and one["verdict"] == "approved"
            for name in ("person", "on_behalf_of")
        }  # fmt: skip
        _demand(tx, action, broke, by, at)
    return broke


def _demand(tx: Transaction, action: actions.Row | None, broke: set[str | None], by: str, at: datetime) -> None:
    if by in broke:
        raise Denied("who broke the glass does not review it", "somebody else who may approve takes it on")
    user = access.user(tx, by)
    roles = user.roles if user is not None and user.disabled_at is None else {}
    row = action or {}
    found = right_of(
        voter_of(tx, by, roles, at), row.get("team") or EVERYWHERE, BREAKS_GLASS, row.get("proposed_by") or ""
    )
    if isinstance(found, Refusal):
        raise Denied(found.words, found.hint)
    if found.on_behalf_of in broke:
        raise Denied("who broke the glass lends nobody the right to review it", "ask somebody else who may approve")

"""Who may take a signal on: of broken glass only somebody else who could have approved what was done."""

from __future__ import annotations

from datetime import datetime

from fairlead.governance.approving import voter_of
from fairlead.governance.voting import BREAKS_GLASS, Refusal, right_of
from fairlead.model.errors import Denied
from fairlead.model.raw import RawEvent
from fairlead.signals import entering
from fairlead.store import access, actions
from fairlead.store.access import EVERYWHERE
from fairlead.store.database import Database, Transaction

RULE = "glass-broken"
"""The shipped rule whose signal asks for the review; the view `action` knows it by this name too."""


def acknowledged(database: Database, signal: str, by: str, at: datetime) -> RawEvent:
    """Somebody takes a signal on; raises `Denied` where that would be no review, which then stays open to others."""
    row = entering.demanded(database, signal)
    if row["rule"] != RULE:
        return entering.acknowledged(database, signal, by, at)
    with database.read() as tx:
        action = actions.one(tx, row["subject"])
        words = actions.approvals(tx, [row["subject"]])
        broke = {
            one[name] for one in words if one["broke_glass"] and one["verdict"] == "approved"
            for name in ("person", "on_behalf_of")
        }  # fmt: skip
        _demand(tx, action, broke, by, at)
    # an acknowledgement of who broke it, like one from before this was checked, is none
    return entering.acknowledged(database, signal, by, at, over=broke | {None})


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

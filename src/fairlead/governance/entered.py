"""What people entered of signals, decisions, risks and goals, as entries of the ledger.

Whoever reads the raw event makes them, in the transaction of its record: a process that is killed after the raw event
was appended leaves nothing out, and what is read again is not written again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from fairlead.connectors.kit.entered import meant, speaker
from fairlead.governance.ledger.entries import Entry
from fairlead.store import ledger as kept
from fairlead.store.database import Transaction

if TYPE_CHECKING:
    from fairlead.governance.ledger.book import Ledger
    from fairlead.model.raw import RawEvent

_TABLES = {
    f"{name}.entered": name
    for name in ("decision", "risk", "dependency", "objective", "key_result", "check_in", "objective_link")
}
_OF_FILES = frozenset(("objective.stated", "objective.unstated"))
_OF_SIGNALS = frozenset(("signal.acknowledged", "signal.snoozed", "signal.woken", "rule.muted", "rule.unmuted"))
_WORD = re.compile(r"[a-z]{1,20}")
KINDS = _TABLES.keys() | _OF_SIGNALS | _OF_FILES
_PLAIN = ("number", "state", "likelihood", "impact", "score", "owner", "team", "service", "superseded_by", "response",
          "from_team", "to_team", "work_item", "waiting_item", "agreed_at", "due_at", "delivered_at")  # fmt: skip
"""Fields that stand in the ledger for good; words of people stand there as hashes, so that they can be erased."""


def record(tx: Transaction, ledger: Ledger, events: Iterable[RawEvent]) -> None:
    """Writes an entry for each of these raw events that the ledger does not hold yet."""
    wanted = [(event.delivery, entry_of(event)) for event in events if event.kind in KINDS]
    if not wanted:
        return
    # the turn first: what another process writes meanwhile must be seen by the look
    kept.take_turn(tx)
    made = {name: entry for name, entry in wanted if not kept.tells(tx, entry.kind, entry.subject, "event", name)}
    if made:
        ledger.record_all(tx, list(made.values()))


def entry_of(event: RawEvent) -> Entry:
    """The entry of something that a person entered; it names the raw event."""
    body = msgspec.json.decode(event.body)
    said_by = str(body.get("by") or "fairlead")
    by = speaker(said_by)
    # a name for good would be one that cannot be erased
    entered_for = {"entered_for": meant(said_by)} if by != said_by else {}
    held = {"event": event.delivery, "entered_at": body["at"]}
    if event.kind in _OF_SIGNALS:
        more = {name: body[name] for name in ("rule", "whom", "until") if name in body}
        words = {"reason": body["reason"]} if body.get("reason") else {}
        return Entry(
            event.kind, body.get("signal") or f"rule:{body['rule']}", by, {**held, **more}, words | entered_for
        )
    if event.kind in _OF_FILES:
        # what a file states may be read there; who may write it owns the home
        results = [one["id"] for one in body.get("results", ())]
        return Entry(event.kind, body["id"], by, {**held, "results": results, "gone": body.get("gone", [])},
                     {"objective.words": body.get("said") or {}})  # fmt: skip
    said: Mapping[str, Any] = body["said"]
    held |= {name: said[name] for name in _PLAIN if name in said}
    table, what = _TABLES[event.kind], str(body.get("what", ""))
    written = {name: value for name, value in said.items() if name not in _PLAIN}
    return Entry(
        # from a file it may be anything
        f"{table}.{what if _WORD.fullmatch(what) else 'entered'}",
        body["id"],
        by,
        {**held, "fields": sorted(said)},
        {f"{table}.words": written, **entered_for},
    )

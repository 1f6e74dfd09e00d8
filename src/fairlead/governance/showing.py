"""Actions as every face shows them: plain values, with what is kept as text opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unicodedata import category

import msgspec

from fairlead.store import actions, ledger, requests
from fairlead.store.actions import Row
from fairlead.store.database import Transaction

_OPENED = ("arguments", "needs", "calls", "result", "undo")
_LEFT_OUT = ("raw_seq", "rev", "deleted_at", "source", "created_at", "updated_at")


@dataclass(frozen=True, slots=True)
class Happened:
    """A step in the life of an action, as the ledger has it."""

    index: int
    """Place in the ledger."""
    at: datetime
    kind: str
    by: str
    """A veil where it is a person: the row of the action or the approval knows who."""
    said: dict[str, Any]


def told(row: Row) -> dict[str, Any]:
    """One action as plain values."""
    said = {name: value for name, value in row.items() if name not in _LEFT_OUT}
    for name in _OPENED:
        said[name] = msgspec.json.decode(row[name]) if row.get(name) else None
    said["can_undo"] = bool(row.get("undo")) and row["state"] == "done"
    return said


def word_told(row: Row) -> dict[str, Any]:
    """A person's word as plain values."""
    return {name: value for name, value in row.items() if name not in (*_LEFT_OUT, "url")}


def whole(tx: Transaction, row: Row) -> dict[str, Any]:
    """An action with the words on it, what was asked of the workers, and its steps in the ledger."""
    return {
        **told(row),
        "approvals": [word_told(one) for one in actions.approvals(tx, [row["id"]])],
        "requests": [msgspec.to_builtins(one) for one in requests.of(tx, row["id"])],
        "ledger": [msgspec.to_builtins(one) for one in life(tx, row["id"])],
    }


def life(tx: Transaction, action: str) -> list[Happened]:
    """All steps of an action, the first first."""
    found = []
    for row in reversed(ledger.newest(tx, subject=action, limit=1000)):
        entry = msgspec.json.decode(row.content)
        at = datetime.fromisoformat(row.at.replace("Z", "+00:00"))
        found.append(Happened(row.idx, at, row.kind, row.by_whom, entry.get("said") or {}))
    return found


def spelled(body: Any) -> str:
    """The body of a request as indented JSON in which nothing hides: what shows nothing stands there by number."""
    text = msgspec.json.format(msgspec.json.encode(body), indent=2).decode()
    hidden = ("Cc", "Cf", "Co", "Cn", "Cs")
    return "".join(_numbered(sign) if sign != "\n" and category(sign) in hidden else sign for sign in text)


def _numbered(sign: str) -> str:
    # as JSON has it: beyond the first plane a pair
    pairs = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pairs[at]:02x}{pairs[at + 1]:02x}" for at in range(0, len(pairs), 2))


def unnamed(said: Mapping[str, Any]) -> dict[str, Any]:
    """An action without who proposed it and gave a word on it: as viewers read it, whose business that is not."""
    words = [{**one, "person": None, "on_behalf_of": None} for one in said.get("approvals", ())]
    return {**said, "proposed_by": None, **({"approvals": words} if "approvals" in said else {})}

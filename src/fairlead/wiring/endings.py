"""What became of an action, put together from its row, the words on it and its entries in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from fairlead.reports.endings import COUNTING, Ending, Spoken
from fairlead.reports.plain import plain
from fairlead.store import actions, ledger, records
from fairlead.store.database import Transaction

Row = Mapping[str, Any]

_ENTRIES = {"withdrawn": "action.withdrawn", "changed": "action.edited"}
"""State -> the entry that says who brought it about: the row of an action keeps no such name."""


def ending_of(tx: Transaction, row: Row, digest: str = "") -> Ending:
    """How it stands with an action, or with what people were shown of it where that has changed since."""
    said = actions.approvals(tx, [row["id"]])
    if digest and digest != row["digest"]:
        at, by = _entered(tx, row["id"], "changed")
        return Ending("changed", (), at, by)
    counting = [one for one in said if one["verdict"] in COUNTING and one["digest"] == row["digest"]]
    people = {name for one in counting for name in (one["person"], one["on_behalf_of"]) if name}
    names = names_of(tx, people)
    at, by = _entered(tx, row["id"], row["state"]) if row["state"] in _ENTRIES else (row["finished_at"], "")
    return Ending(
        state=row["state"],
        words=tuple(
            Spoken(
                one["verdict"], one["person"], names[one["person"]], one["at"], one["how"] or "",
                names.get(one["on_behalf_of"] or "", ""), one["reason"] or "",
            )
            for one in counting
        ),
        at=at or row["finished_at"] or row["updated_at"],
        by=by,
        why=row["error"] or "",
    )  # fmt: skip


def names_of(tx: Transaction, people: Iterable[str]) -> dict[str, str]:
    """What people are called; who has no name by their id."""
    ids = sorted(set(people))
    known = {one["id"]: one["name"] for one in records.rows(tx, "people", ids)} if ids else {}
    return {one: plain(known.get(one) or one) for one in ids}


def _entered(tx: Transaction, action: str, state: str) -> tuple[datetime | None, str]:
    """When and by whom, from the newest entry about it; nobody where that was erased."""
    found = ledger.newest(tx, kind=_ENTRIES[state], subject=action, limit=1)
    if not found:
        return None, ""
    entry = found[0]
    veiled = ledger.unveiled(tx, [entry.by_whom]).get(entry.by_whom)
    by = veiled.name if veiled else entry.by_whom
    name = names_of(tx, [by])[by] if by.startswith("person:") else plain(by)
    return datetime.fromisoformat(entry.at.replace("Z", "+00:00")), name

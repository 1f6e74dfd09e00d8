"""Entries as people read them: names and personal values for those alone who may see people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from fairlead.governance.ledger.entries import VEIL, veiled
from fairlead.store import ledger as kept
from fairlead.store.database import Transaction

COLUMNS = ("ledger_people.name", "ledger_personal.content")
"""What names and personal values are called in the access log."""
_SHORT = len(VEIL) + 8
"""Of a veil: enough to tell one from another."""


@dataclass(frozen=True, slots=True)
class Value:
    """A personal value of an entry."""

    state: Literal["held", "withheld", "erased"]
    text: str = ""
    """What it is, where it is held and the reader may see it."""


@dataclass(frozen=True, slots=True)
class Told:
    """An entry for a reader."""

    index: int
    at: str
    kind: str
    subject: str
    by: str
    said: Mapping[str, Any]
    personal: Mapping[str, Value]


def listed(
    tx: Transaction,
    *,
    kind: str = "",
    subject: str = "",
    person: str = "",
    before: int | None = None,
    limit: int = 50,
    people: bool = False,
    find: bool = False,
) -> list[Told]:
    """The newest entries of a kind, about a subject, by a person; `before` goes on from a list before.

    Somebody's entries are found by whoever may see people, or where `find` says so: they would tell who is who.
    """
    # a person is written down under a veil, and so it is looked for by that
    named = [one for one in (person, subject) if one] if people or find else []
    veils = {name: one.veil for name, one in kept.veiled(tx, named).items()}
    subject, by_whom = veils.get(subject, subject), veils.get(person, person)
    before = None if before is None else min(before, kept.size(tx))
    rows = kept.newest(tx, kind=kind, subject=subject, by_whom=by_whom, before=before, limit=limit)
    return _told(tx, rows, people=people)


def entry(tx: Transaction, index: int, *, people: bool = False) -> Told | None:
    """One entry; `None` if there is none of that number."""
    # a number beyond all entries may be one that no database can hold
    rows = list(kept.entries(tx, index, index + 1)) if 0 <= index < kept.size(tx) else []
    return _told(tx, rows, people=people)[0] if rows else None


def _told(tx: Transaction, rows: Sequence[kept.Row], *, people: bool) -> list[Told]:
    whole = [msgspec.json.decode(row.content) for row in rows]
    veils = {one for value in whole for one in _veils(value)}
    # who was erased stays under the veil
    names = {one: found.name for one, found in kept.unveiled(tx, veils).items()} if people else {}
    shown_as = {one: names.get(one, one[:_SHORT]) for one in veils}
    return [
        Told(
            index=value["index"],
            at=value["at"],
            **{name: veiled(value[name], shown_as) for name in ("kind", "subject", "by", "said")},
            personal=_personal(tx, value, people=people),
        )
        for value in whole
    ]


def _personal(tx: Transaction, value: Mapping[str, Any], *, people: bool) -> Mapping[str, Value]:
    sealed = value.get("personal")
    if not sealed:
        return {}
    held = {one.name: one.content for one in kept.personal(tx, value["index"], value["index"] + 1)}
    found = {name: Value("held", _text(content)) if people else Value("withheld") for name, content in held.items()}
    return {name: found.get(name, Value("erased")) for name in sealed}


def _text(content: bytes) -> str:
    value = msgspec.json.decode(content)
    return value if isinstance(value, str) else content.decode()


def _veils(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value] if value.startswith(VEIL) else []
    parts: Collection[Any] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for part in parts for one in _veils(part)]

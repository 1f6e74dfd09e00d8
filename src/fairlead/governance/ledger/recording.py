"""Adding entries: bytes, hashes and tiles in one go, within the transaction of whoever decides.

Nothing here needs the key: without it entries are recorded all the same, and checkpoints wait.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from fairlead.governance.ledger import tiles
from fairlead.governance.ledger.entries import Entry, canonical, commitment, people_in, plain, veil, veiled
from fairlead.governance.ledger.tree import leaf_hash
from fairlead.model.times import Clock, entered_at, iso
from fairlead.store import ledger as kept
from fairlead.store.database import Transaction

_FORMAT = 1
OPENED = "ledger.opened"


def record(tx: Transaction, entries: Sequence[Entry], clock: Clock) -> range:
    """Adds entries in the caller's write transaction; gives their indexes."""
    if not entries:
        return range(0)
    before = opened(tx, clock)
    _add(tx, before, entries, clock)
    return range(before, before + len(entries))


def opened(tx: Transaction, clock: Clock) -> int:
    """Takes the turn, sees to the entry that gives the ledger its name, and tells how many entries there are."""
    kept.take_turn(tx)
    if size := kept.size(tx):
        return size
    # a random name: what one ledger's key has signed must not pass for a statement about another
    _add(tx, 0, [Entry(OPENED, "", "fairlead", {"origin": f"fairlead/{secrets.token_hex(8)}"})], clock)
    return 1


def _add(tx: Transaction, before: int, entries: Sequence[Entry], clock: Clock) -> None:
    at = iso(entered_at(clock))
    said = [_plain(entry) for entry in entries]
    veils = _veils(tx, [one for value in said for one in people_in(value["named"])])
    rows, personal = [], []
    for idx, value in enumerate(said, before):
        held = [_sealed(idx, name, one) for name, one in value["personal"].items()]
        rows.append(_row(idx, at, veiled(value["named"], veils), held))
        personal += held
    kept.append(tx, rows)
    kept.put_personal(tx, personal)
    tiles.complete(tx, before, before + len(rows))


def origin(tx: Transaction) -> str:
    """Name of the ledger, as its first entry says; empty while there is none."""
    for row in kept.entries(tx, 0, 1):
        return str(msgspec.json.decode(row.content)["said"]["origin"])
    return ""


def _plain(entry: Entry) -> Mapping[str, Any]:
    named = {"kind": entry.kind, "subject": entry.subject, "by": entry.by, "said": dict(entry.said)}
    return {"named": plain(named), "personal": plain(dict(entry.personal))}


def _veils(tx: Transaction, names: Iterable[str]) -> dict[str, str]:
    wanted = dict.fromkeys(names)
    # looked up each time: another process may have erased somebody a moment ago
    held = kept.veiled(tx, wanted)
    new = [veil(name, os.urandom(32)) for name in wanted if name not in held]
    kept.put_people(tx, new)
    return {one.name: one.veil for one in [*held.values(), *new]}


def _sealed(idx: int, name: str, value: Any) -> kept.Personal:
    return kept.Personal(idx, name, os.urandom(32), canonical(value))


def _row(idx: int, at: str, named: Mapping[str, Any], held: Sequence[kept.Personal]) -> kept.Row:
    # with its index: an entry that was moved contradicts itself
    whole = {"at": at, "format": _FORMAT, "index": idx, **named}
    if held:
        whole["personal"] = {one.name: commitment(one.salt, one.content) for one in held}
    content = canonical(whole)
    return kept.Row(idx, content, leaf_hash(content), at, named["kind"], named["subject"], named["by"])

"""What faces tell of the ledger, the same on each; names and personal values for those alone who may see people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from fairlead.governance.ledger import auditing, checkpoints, readings
from fairlead.governance.ledger.checking import Fault, Findings
from fairlead.governance.ledger.entries import VEIL, veiled
from fairlead.governance.ledger.proving import Growth, Proof, grown, prove
from fairlead.model.errors import Skip
from fairlead.model.times import iso
from fairlead.store import ledger as kept
from fairlead.store import records
from fairlead.store.access import Reading
from fairlead.store.database import Transaction
from fairlead.wiring.services import Services

_SHORT = len(VEIL) + 8
"""Of a veil: enough to tell one from another."""
COLUMNS = ("ledger_people.name", "ledger_personal.content")
"""What names and personal values are called in the access log."""
ERASED = "erased"
WITHHELD = "withheld"


def listed(
    services: Services,
    *,
    kind: str = "",
    subject: str = "",
    person: str = "",
    before: int | None = None,
    limit: int = 50,
    people: bool = False,
) -> list[dict[str, Any]]:
    """The newest entries of a kind, about a subject, by a person; `before` goes on from a list before."""
    with services.database.read() as tx:
        # a person is written down under a veil, and so it is looked for by that
        veils = {name: one.veil for name, one in kept.veiled(tx, [one for one in (person, subject) if one]).items()}
        subject, by_whom = veils.get(subject, subject), veils.get(person, person)
        found = kept.newest(tx, kind=kind, subject=subject, by_whom=by_whom, before=before, limit=limit)
        return told(tx, found, people=people)


def shown(services: Services, index: int, *, people: bool = False) -> dict[str, Any]:
    """One entry with all that is held of it."""
    with services.database.read() as tx:
        found = list(kept.entries(tx, index, index + 1)) if index >= 0 else []
        if not found:
            raise Skip(f"there is no entry {index}", hint=f"the ledger holds {kept.size(tx)}, from 0 on")
        return told(tx, found, people=people)[0]


def told(tx: Transaction, rows: Sequence[kept.Row], *, people: bool) -> list[dict[str, Any]]:
    """Entries as plain values."""
    whole = [msgspec.json.decode(row.content) for row in rows]
    veils = {one for value in whole for one in _veils(value)}
    # who was erased stays under the veil
    names = {veil: one.name for veil, one in kept.unveiled(tx, veils).items()} if people else {}
    shown_as = {veil: names.get(veil, veil[:_SHORT]) for veil in veils}
    return [{**veiled(value, shown_as), "personal": _personal(tx, value, people=people)} for value in whole]


def _personal(tx: Transaction, value: Mapping[str, Any], *, people: bool) -> dict[str, Any]:
    sealed = value.get("personal")
    if not sealed:
        return {}
    held = {one.name: one.content for one in kept.personal(tx, value["index"], value["index"] + 1)}
    opened = {name: msgspec.json.decode(content) if people else WITHHELD for name, content in held.items()}
    return {name: opened.get(name, ERASED) for name in sealed}


def proof(services: Services, index: int) -> dict[str, Any]:
    """The proof for an entry, as plain values."""
    with services.database.read() as tx:
        found: Proof = prove(tx, index)
    return msgspec.to_builtins(found)  # type: ignore[no-any-return]


def growth(services: Services, since: int) -> dict[str, Any]:
    """The proof that nothing of an earlier tree was changed."""
    with services.database.read() as tx:
        found: Growth = grown(tx, since)
    return msgspec.to_builtins(found)  # type: ignore[no-any-return]


def found(findings: Findings) -> dict[str, Any]:
    """What a verification came to, as plain values."""
    return {**msgspec.to_builtins(findings), "ok": findings.ok, "said": said(findings)}


def said(findings: Findings) -> list[str]:
    """The same in words."""
    words = [f"not ok: {fault_words(fault)}" for fault in sorted(findings.faults, key=lambda one: one.index)]
    words += [f"gap at entry {gap.index}: {gap.what}" for gap in findings.gaps]
    if findings.signed < findings.size:
        words.append(f"entries from {findings.signed} on are not signed yet")
    return words


def fault_words(fault: Fault) -> str:
    """Where something is wrong, and what."""
    where = f"entry {fault.index}" if fault.until is None else f"entries from {fault.index} to {fault.until - 1}"
    return f"{where}: {fault.what}"


def standing(services: Services) -> dict[str, Any]:
    """How the ledger stands: entries, what is signed, what the auditor saw last, where it is anchored."""
    with services.database.read() as tx:
        seen, last, size = auditing.last(tx), kept.last_checkpoint(tx), kept.size(tx)
        anchors = kept.anchors(tx, limit=5)
    return {
        "entries": size,
        "signed": last.size if last else 0,
        "signed_at": iso(last.at) if last else None,
        "checkpoint": last.note if last else "",
        "audited": seen.size if seen else 0,
        "audited_at": iso(seen.at) if seen else None,
        "ok": seen.ok if seen else None,
        "faults": [fault_words(one) for one in seen.faults] if seen else [],
        "anchors": [{"size": one.size, "place": one.place, "at": iso(one.at)} for one in anchors],
    }


def ids_of(services: Services, person: str) -> list[str]:
    """All ids by which entries may name a person: their own, and those of their accounts."""
    with services.database.read() as tx:
        ours = [row for row in records.rows(tx, "accounts") if row["person"] == person or row["id"] == person]
    names = {person, *(row["id"] for row in ours), *(row["email"] for row in ours if row["email"])}
    return sorted(names)


def key(services: Services) -> str:
    """The key in force, as it is given to those who verify; empty before the first checkpoint."""
    with services.database.read() as tx:
        held = checkpoints.in_force(tx)
    return str(held.key) if held else ""


def note_reading(services: Services, how: str, what: str, count: int, who: str = "operator") -> None:
    """Writes down that somebody was shown names and personal values."""
    reading = Reading(services.clock.now(), who, how, what, COLUMNS, count)
    with services.database.begin() as tx:
        readings.note(tx, reading, services.clock)


def kinds(services: Services) -> list[str]:
    """All kinds of entries."""
    with services.database.read() as tx:
        return kept.kinds(tx)


def _veils(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value] if value.startswith(VEIL) else []
    parts: Collection[Any] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for part in parts for one in _veils(part)]

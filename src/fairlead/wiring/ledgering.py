"""What faces tell of the ledger, the same on each; names and personal values for those alone who may see people."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import msgspec

from fairlead.governance.ledger import auditing, checkpoints, readings, telling
from fairlead.governance.ledger.checking import Fault as Found
from fairlead.governance.ledger.checking import Findings
from fairlead.governance.ledger.proving import Growth, Proof, grown, prove
from fairlead.model.errors import Fault, Skip
from fairlead.model.times import entered_at, iso
from fairlead.store import guards, records
from fairlead.store import ledger as kept
from fairlead.store.access import Reading
from fairlead.wiring.services import Services


def listed(services: Services, **wanted: Any) -> list[dict[str, Any]]:
    """The newest entries, as `telling.listed` finds them, as plain values."""
    with services.database.read() as tx:
        return [msgspec.to_builtins(one) for one in telling.listed(tx, **wanted)]


def shown(services: Services, index: int, *, people: bool = False) -> dict[str, Any]:
    """One entry with all that is held of it, as plain values."""
    with services.database.read() as tx:
        found, size = telling.entry(tx, index, people=people), kept.size(tx)
    if found is None:
        raise Skip(f"there is no entry {index}", hint=f"the ledger holds {size}, from 0 on")
    return msgspec.to_builtins(found)  # type: ignore[no-any-return]


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
    # beside a fault nobody knows from where on
    if findings.ok and findings.signed < findings.size:
        words.append(f"entries from {findings.signed} on are not signed yet")
    return words


def fault_words(fault: Found) -> str:
    """Where something is wrong, and what."""
    where = f"entry {fault.index}" if fault.until is None else f"entries from {fault.index} to {fault.until - 1}"
    return f"{where}: {fault.what}"


def standing(services: Services) -> dict[str, Any]:
    """How the ledger stands: entries, what is signed, what the auditor saw last, where it is anchored."""
    with services.database.read() as tx:
        seen, last = auditing.last(tx), kept.last_checkpoint(tx)
        anchors, size = kept.anchors(tx, limit=5), kept.size(tx)
        unguarded = guards.missing(tx)
    # told at once, whenever the auditor last came by
    loose = unguarded if seen is None or seen.ok else []
    faults = [fault_words(one) for one in seen.faults] if seen else []
    return {
        "entries": size,
        "signed": last.size if last else 0,
        "signed_at": iso(last.at) if last else None,
        "checkpoint": last.note if last else "",
        "audited": seen.size if seen else 0,
        "audited_at": iso(seen.at) if seen else None,
        "ok": False if loose else seen.ok if seen else None,
        "unguarded": unguarded,
        "faults": [*faults, *(f"the trigger {name}, which keeps what is written, is gone" for name in loose)],
        "anchors": [{"size": one.size, "place": one.place, "at": iso(one.at)} for one in anchors],
    }


def unsigned(services: Services) -> Fault | None:
    """Why no checkpoint can be signed here; `None` where one can, or nothing is to be signed yet."""
    ring = services.ledger.ring
    with services.database.read() as tx:
        try:
            held = checkpoints.in_force(tx)
        except Fault as fault:
            return fault
        against = checkpoints.contradicts(tx, ring.seen()) if held else ""
    try:
        ours = [one.public(held.key.name) for one in (ring.current(), ring.follower()) if one] if held else []
    except Fault as fault:
        return fault
    if held and held.key not in ours:
        return checkpoints.missing(ring)
    return Skip(f"the store holds {against}", hint="fairlead ledger verify") if against else None


def watch(services: Services) -> None:
    """What the workers do each minute: look, sign where something came, show that outside."""
    with services.database.read() as tx:
        if not kept.size(tx):
            return
    seen = services.ledger.audit()
    if not seen.ok:
        raise Skip(
            f"the ledger is not what was written: {fault_words(seen.faults[0])}", hint="fairlead ledger verify"
        )
    every = timedelta(minutes=services.settings.ledger.checkpoint_minutes)
    with services.database.read() as tx:
        last, size = kept.last_checkpoint(tx), kept.size(tx)
    # by the clock that stamps them; one that was set back must not stop it for long
    due = last is None or abs(entered_at(services.clock) - last.at) >= every
    if every and due and (last is None or last.size < size):
        services.ledger.checkpoint()
    anchor(services)


def anchor(services: Services) -> None:
    """Shows the last checkpoint where the settings say, as far as it was not shown there; raises what went wrong."""
    setup = services.settings.ledger
    if not setup.anchors:
        return
    # late: a ledger without anchors loads no outbox
    from fairlead.governance.ledger import anchoring

    opens = partial(
        anchoring.place,
        database=services.database,
        clock=services.clock,
        beside=services.beside_settings,
        authority=setup.authority,
    )
    places = [(word, partial(opens, word)) for word in setup.anchors]
    if faults := anchoring.anchor(services.database, services.clock, places):
        raise faults[0]


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
    reading = Reading(services.clock.now(), who, how, what, telling.COLUMNS, count)
    with services.database.begin() as tx:
        readings.note(tx, reading, services.clock)


def kinds(services: Services) -> list[str]:
    """All kinds of entries."""
    with services.database.read() as tx:
        return kept.kinds(tx)

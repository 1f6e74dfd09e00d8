"""What became of each raw event: counts by kind, quarantine with the reason, freshness of the source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from fairlead.ingest.reading import Failed, Understood
from fairlead.model.patch import Patch
from fairlead.model.records.provenance import Source
from fairlead.store import intake, quarantine
from fairlead.store.database import Transaction
from fairlead.store.intake import Outcome, Tally
from fairlead.store.quarantine import Held
from fairlead.store.statements import Statement, prepare


def hold(tx: Transaction, batch: Iterable[Understood | Failed], now: datetime) -> None:
    """Puts what failed into quarantine."""
    quarantine.hold(
        tx,
        (
            Held(
                raw_seq=one.raw.seq,
                source=one.raw.event.source,
                tool=one.raw.event.tool,
                kind=one.raw.event.kind,
                delivery=one.raw.event.delivery,
                error=one.error,
                field=one.field,
                first_at=now,
                last_at=now,
            )
            for one in batch
            if isinstance(one, Failed)
        ),
    )


def count(tx: Transaction, batch: Iterable[Understood | Failed]) -> None:
    """Adds to the counts of the Data page; a replay does not count again."""
    tallies: dict[tuple[str, str, Outcome], Tally] = {}
    for one in batch:
        # of an outcome the last reason is kept: it is an example on the Data page, not a list
        event = one.raw.event
        outcome, reason = _outcome(one)
        key = (event.source, event.kind, outcome)
        before = tallies[key].count if key in tallies else 0
        tallies[key] = Tally(*key, before + 1, reason, event.received_at)
    intake.add(tx, tallies.values())


def freshness(batch: Sequence[Understood | Failed]) -> list[Statement]:
    """What the batch says about its sources: when it came last, and the newest time that it tells."""
    newest: dict[tuple[str, str], tuple[datetime, Understood]] = {}
    for one in batch:
        # what nobody can read is no sign that a tool works: quarantine speaks of it
        if isinstance(one, Understood):
            came = one.raw.event.received_at
            # a sender whose clock is ahead must not make its source look fresh for hours
            told = {"last_received_at": came, "last_event_at": min(one.newest, came) if one.newest else None}
            for field, at in told.items():
                key = (one.raw.event.source, field)
                if at is not None and (key not in newest or at > newest[key][0]):
                    newest[key] = (at, one)
    # version and value are one: the newest time wins whatever the order of batches
    return [prepare(Patch(_source(one, **{field: at}), at=at)) for (_, field), (at, one) in newest.items()]


def _source(one: Understood, **said: Any) -> Source:
    event = one.raw.event
    return Source(id=event.source, source=event.source, tool=event.tool, name=event.source, **said)


def _outcome(one: Understood | Failed) -> tuple[Outcome, str]:
    if isinstance(one, Failed):
        return "quarantined", f"{one.field}: {one.error}" if one.field else one.error
    return ("nothing", one.nothing) if one.nothing else ("read", "")

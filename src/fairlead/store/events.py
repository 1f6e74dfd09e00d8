"""The outbox: normalised events in the order in which they were made, each once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from fairlead.model.events import Event
from fairlead.store.database import Transaction, take_turn
from fairlead.store.statements import clean
from fairlead.store.tables import events

_encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class Posted:
    """An event with its place in the outbox."""

    position: int
    event: Event
    raw_seq: int | None


def append(tx: Transaction, made: Iterable[Event], raw_seq: int | Sequence[int] | None = None) -> int:
    """Adds the events that are not there yet, by their deterministic id; tells how many were new."""
    told = list(made)
    if not told:
        return 0
    take_turn(tx)
    seqs = [raw_seq] * len(told) if raw_seq is None or isinstance(raw_seq, int) else list(raw_seq)
    rows = {event.id: _row(event, seq) for event, seq in zip(told, seqs, strict=True)}
    # what is new is counted by position: while the turn is ours nobody else adds any
    before = _last(tx)
    insert = postgresql.insert(events) if tx.dialect.name == "postgresql" else sqlite.insert(events)
    # PostgreSQL numbers also what it passes over: positions have gaps, and no reader may count on them
    tx.execute(insert.on_conflict_do_nothing(index_elements=["id"]), list(rows.values()))
    return tx.execute(select(func.count()).where(events.c.position > before)).scalar_one()


def follow(tx: Transaction, after: int = 0, limit: int = 1000) -> list[Posted]:
    """Events above a position, in order."""
    found = tx.execute(select(events).where(events.c.position > after).order_by(events.c.position).limit(limit))
    return [
        Posted(
            row.position,
            Event(
                type=row.type,
                source=row.source,
                subject=row.subject,
                time=row.time,
                data=msgspec.json.decode(row.data),
            ),
            row.raw_seq,
        )
        for row in found
    ]


def latest(tx: Transaction) -> int:
    """Highest position, 0 when empty."""
    return _last(tx)


def forget(tx: Transaction, upto: int) -> int:
    """Drops events that every follower has passed; tells how many. A replay would post them again."""
    return tx.execute(events.delete().where(events.c.position <= upto)).rowcount


def _last(tx: Transaction) -> int:
    return tx.execute(select(func.max(events.c.position))).scalar() or 0


def _row(event: Event, raw_seq: int | None) -> dict[str, object]:
    return {
        "id": event.id,
        "type": event.type,
        "source": clean(event.source),
        "subject": clean(event.subject),
        "time": event.time,
        "data": _json(event.data),
        "raw_seq": raw_seq,
    }


def _json(data: object) -> str:
    try:
        return _encode(data).decode()
    # UTF-8 has no lone surrogates; nearly all data have none, so the walk is for those that do
    except UnicodeEncodeError:
        return _encode(_without_surrogates(data)).decode()


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): _without_surrogates(part) for key, part in value.items()}
    return [_without_surrogates(part) for part in value] if isinstance(value, list | tuple) else value

"""Signals and what happened to them: read for the next judgement, changed only as they were seen, listed for people.

Whoever judges reads what is held, thinks outside of any transaction, and hands the outcome in with the revision that
it saw: a row that somebody else has changed meanwhile is passed over and judged again. So two processes that judge at
once make neither duplicates nor contradictions, and a crash leaves each batch whole or absent.

A mute is a row of `signal_events` that belongs to no signal: its id `mute:<rule>/<person or team>` makes it a
register in which the last word holds (kinds `muted`, `unmuted`; `detail` has `rule`, `whom`, `until`, `reason`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from sqlalchemy import ColumnElement, and_, case, func, or_, select

from fairlead.model.patch import Patch, version_moment
from fairlead.model.records.judgement import Signal, SignalEvent
from fairlead.model.schema import columns
from fairlead.model.times import iso, parse_time
from fairlead.store import records, rowio
from fairlead.store.columns import to_python
from fairlead.store.database import Transaction, take_turn
from fairlead.store.statements import prepare
from fairlead.store.tables import RECORDS

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]
SOURCE = "fairlead"
LIVE = ("pending", "open", "unknown")
"""States of a signal that is not over."""
RESPONSES = ("escalate", "quick_fix", "plan", "backlog")
GRAVEST_FIRST = ("critical", "high", "medium", "low")
_RANK = 60
"""Above what people enter (50): a reopened signal takes back the acknowledgement of the same second."""
_TICK = timedelta(microseconds=1)

_HELD = (
    "id", "rule", "rule_version", "fingerprint", "subject", "monitored", "state", "severity", "urgency", "impact",
    "response", "team", "url", "cause", "values", "reason",
)  # fmt: skip
_HELD_TIMES = ("pending_at", "clearing_at")


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of a signal's history."""

    kind: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of a signal."""

    values: Mapping[str, Any]
    """Fields that are set, by name."""
    events: Sequence[Happened] = ()


Decide = Callable[[str, Mapping[str, Any] | None, datetime], Decided | None]
"""Id, the row as it stands (or none) and the moment that counts -> what becomes of it, or nothing."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a batch did."""

    changed: int
    """Signals that are another now."""
    overtaken: int
    """Signals that somebody else had changed."""
    kinds: Mapping[str, int]
    """Kind of event -> how many."""


def held(tx: Transaction, subjects: Collection[str] | None = None) -> pa.Table:
    """Signals that are not over, of all subjects or of these, with their revision, as the next judgement has them."""
    # heavy to load, and only a judgement asks
    import pyarrow as pa

    table = RECORDS["signals"].c
    names = (*_HELD, *_HELD_TIMES, "rev")
    asked = select(*(table[name] for name in names)).where(table.state.in_(LIVE))
    found = tx.execute(asked if subjects is None else asked.where(table.subject.in_(sorted(subjects)))).all()
    parts = list(zip(*found, strict=True)) or [()] * len(names)
    types = [pa.bool_() if name == "monitored" else pa.string() for name in _HELD]
    types += [*(pa.timestamp("us", tz="UTC") for _ in _HELD_TIMES), pa.int64()]
    arrays = [pa.array(part, type=kind) for part, kind in zip(parts, types, strict=True)]
    # times without zone mean UTC in the warehouse
    shown = [one.cast(pa.timestamp("us")) if pa.types.is_timestamp(one.type) else one for one in arrays]
    return pa.table(dict(zip(names, shown, strict=True)))


def settle(tx: Transaction, seen: Mapping[str, int | None], decide: Decide, now: datetime) -> Settled:
    """Decides on each signal whose row is still at the revision that was seen (`None`: there was none that lives)."""
    # before the rows are read: on PostgreSQL another writer could change them between reading and writing
    take_turn(tx)
    rows = rowio.load(tx, "signals", seen)
    statements, patches, overtaken, kinds = [], [], 0, dict[str, int]()
    for signal, rev in seen.items():
        row = rows.get(signal)
        present = None if row is None else _plain(row)
        if (rev is None and present is not None and present["state"] in LIVE) or (
            rev is not None and (row is None or row.rev != rev)
        ):
            overtaken += 1
            continue
        moment = _after(row, now)
        decided = decide(signal, present, moment)
        if decided is None:
            continue
        made = Signal(id=signal, **{**decided.values, "updated_at": moment})
        if present is None or present["source"] is None:
            # also where a replay knows what people said of it before it is judged again
            made = msgspec.structs.replace(made, source=SOURCE, created_at=moment)
        if present is None:
            patches.append(Patch(made, moment, _RANK))
        else:
            statements.append(prepare(Patch(made, moment, _RANK)))
        for happened in decided.events:
            kinds[happened.kind] = kinds.get(happened.kind, 0) + 1
            patches.append(Patch(_event(signal, happened, moment), moment))
            # each a tick later, so that the order of one step shows
            moment += _TICK
    records.overrule(tx, statements)
    made_new = records.apply(tx, patches)
    return Settled(len(statements) + len(made_new.created.get("signals", ())), overtaken, kinds)


def _event(signal: str, happened: Happened, moment: datetime) -> SignalEvent:
    return SignalEvent(
        id=f"{signal}/{happened.kind}/{iso(moment)}",
        source=SOURCE,
        created_at=moment,
        signal=signal,
        at=moment,
        kind=happened.kind,
        by=happened.by,
        detail=msgspec.json.encode(happened.detail, order="sorted").decode(),
    )


def _plain(row: rowio.Row) -> dict[str, Any]:
    values = row.merged.values
    said = {one.name: to_python(one.kind, values.get(one.name)) for one in columns("signals") if one.name != "id"}
    return {"id": row.merged.id, **said, "rev": row.rev}


def _after(row: rowio.Row | None, now: datetime) -> datetime:
    """The present, but later than all that was said of the signal, also where a clock was set back."""
    versions = list(row.merged.versions.values()) if row else []
    # events of one step are ticks apart from each other: leave them room
    return max(now, version_moment(max(versions)) + 10 * _TICK) if versions else now


def get(tx: Transaction, signal: str) -> dict[str, Any] | None:
    """One signal by id."""
    return records.get(tx, "signals", signal)


def beginning(tx: Transaction, said: str) -> list[str]:
    """Ids that people may mean by the first letters of one."""
    return sorted(rowio.below(tx, "signals", said))


def history(tx: Transaction, signal: str) -> list[dict[str, Any]]:
    """All that happened to a signal, in order."""
    ids = rowio.having(tx, "signal_events", "signal", [signal])
    found = sorted(records.rows(tx, "signal_events", ids), key=lambda row: (row["at"], row["id"]))
    return [{**row, "detail": msgspec.json.decode(row["detail"] or "{}")} for row in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which signals a list shows."""

    states: Collection[str] = ("open",)
    rule: str = ""
    teams: Collection[str] | None = None
    """Team ids; `None`: all, those of no team among them."""
    subject: str = ""
    response: str = ""
    snoozed: Literal["with", "without", "only"] = "with"
    """Whether those that nobody wants to hear of now are among them."""
    monitored: bool = False
    """Whether those of rules that are only watched are among them."""


def listed(
    tx: Transaction, wanted: Wanted, now: datetime, *, limit: int = 100, skip: int = 0
) -> list[dict[str, Any]]:
    """A page of signals: what asks for most first, of that the gravest, of those the oldest."""
    table = RECORDS["signals"]
    names = [column.name for column in columns("signals")]
    chosen = (
        select(*(table.c[name] for name in names), table.c.rev)
        .where(*_parts(wanted, now))
        .order_by(
            _placed(table.c.response, RESPONSES),
            _placed(table.c.severity, GRAVEST_FIRST),
            table.c.opened_at,
            table.c.id,
        )
    )
    return [dict(row._mapping) for row in tx.execute(chosen.limit(limit).offset(skip))]


def counted(tx: Transaction, wanted: Wanted, now: datetime, by: str = "state") -> dict[str, int]:
    """How many signals a list would show, by a column."""
    column = RECORDS["signals"].c[by]
    found = tx.execute(select(column, func.count()).where(*_parts(wanted, now)).group_by(column))
    return {value or "": int(number) for value, number in found}


def _parts(wanted: Wanted, now: datetime) -> Iterator[ColumnElement[bool]]:
    table = RECORDS["signals"].c
    yield table.state.in_(tuple(wanted.states))
    yield table.deleted_at.is_(None)
    for column, value in (("rule", wanted.rule), ("subject", wanted.subject), ("response", wanted.response)):
        if value:
            yield table[column] == value
    if wanted.teams is not None:
        yield table.team.in_(tuple(wanted.teams))
    if wanted.snoozed == "without":
        yield or_(table.snoozed_until.is_(None), table.snoozed_until <= now)
    elif wanted.snoozed == "only":
        yield table.snoozed_until > now
    if not wanted.monitored:
        yield table.monitored.is_not(True)


def _placed(column: Any, words: Sequence[str]) -> Any:
    return case({word: place for place, word in enumerate(words)}, value=column, else_=len(words))


def due(tx: Transaction, now: datetime) -> dict[str, int]:
    """Open signals of which something is due by time, or that were taken on: id -> revision."""
    table = RECORDS["signals"].c
    asked = or_(
        table.next_level_at <= now,
        table.snoozed_until <= now,
        # one that was taken on at its last step has no next one, and is still owed its reminder
        and_(table.acknowledged_at.is_not(None), table.next_level_at.is_(None), table.chain.is_not(None)),
    )
    found = tx.execute(select(table.id, table.rev).where(table.state == "open", asked))
    return {row.id: row.rev for row in found}


def climbing(tx: Transaction) -> list[dict[str, Any]]:
    """Open signals that have a chain, for whoever proves that it advanced."""
    table = RECORDS["signals"].c
    names = [column.name for column in columns("signals")]
    chosen = select(*(table[name] for name in names)).where(table.state == "open", table.chain.is_not(None))
    return [dict(row._mapping) for row in tx.execute(chosen)]


def since_opened(tx: Transaction, kinds: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Open signal -> what of these kinds has happened to it since it was last opened, in order."""
    table, signals = RECORDS["signal_events"].c, RECORDS["signals"].c
    chosen = (
        select(table.signal, table.at, table.kind, table.detail)
        .join_from(RECORDS["signal_events"], RECORDS["signals"], table.signal == signals.id)
        .where(table.kind.in_(tuple(kinds)), signals.state == "open", table.at >= signals.opened_at)
        .order_by(table.at, table.id)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in tx.execute(chosen):
        said = msgspec.json.decode(row.detail or "{}")
        found.setdefault(row.signal, []).append({"at": row.at, "kind": row.kind, "detail": said})
    return found


@dataclass(frozen=True, slots=True)
class Mute:
    """Somebody does not want to hear of a rule."""

    rule: str
    whom: str
    """Person or team id."""
    until: datetime
    reason: str
    by: str


def mutes(tx: Transaction, now: datetime) -> list[Mute]:
    """Mutes in force."""
    ids = rowio.below(tx, "signal_events", "mute:")
    found = []
    for row in records.rows(tx, "signal_events", ids):
        said = msgspec.json.decode(row["detail"] or "{}")
        until = parse_time(said.get("until"))
        if row["kind"] == "muted" and until is not None and until > now:
            found.append(Mute(said["rule"], said["whom"], until, said.get("reason", ""), row["by"] or ""))
    return found

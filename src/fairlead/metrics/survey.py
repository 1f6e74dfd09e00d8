"""One statement for each figure: ids, counts, reasons and the values of all spans, since a page asks for dozens.

Spans that tile the window fall into buckets by the engine's own calendar, so that each row is read once however many
periods there are; only values made by way of others (`within`) are joined span by span.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from fairlead.metrics import periods
from fairlead.metrics.periods import Grain, Period
from fairlead.metrics.segments import conditions, quoted, rows_of
from fairlead.model.figures import Window

if TYPE_CHECKING:
    from fairlead.metrics.catalogue import Entry
    from fairlead.metrics.warehouse import Warehouse

EVIDENCE_IDS = 50
"""Ids that a figure carries itself; the query gives all."""

Which = Literal["all", "counted", "left_out"]
_LIMITS: Mapping[Which, tuple[str, ...]] = {
    "all": (),
    "counted": ("value is not null",),
    "left_out": ("value is null",),
}


@dataclass(frozen=True, slots=True)
class Value:
    """What the rows of one span give."""

    value: float | None
    n: int
    people: int


EMPTY = Value(None, 0, 0)


@dataclass(frozen=True, slots=True)
class Survey:
    """The rows of a window: which count, which are left out and why; and values of window, past and periods."""

    ids: tuple[str, ...]
    count: int
    left_ids: tuple[str, ...]
    left: int
    reasons: Mapping[str, int]
    doubts: Mapping[str, int] = field(default_factory=dict)
    """How many of those that count are in doubt, by what the catalogue says of it."""
    now: Value = EMPTY
    past: Value = EMPTY
    trend: Sequence[Value] = ()


def survey(
    warehouse: Warehouse,
    entry: Entry,
    window: Window,
    segment: Mapping[str, str],
    grain: Grain | None = None,
) -> Survey:
    """Asks for everything about a window; values only if a grain is given."""
    reach = Window(start=periods.before(window).start, end=window.end) if grain else window
    cut = list(periods.periods(window, grain)) if grain else []
    seen = _ever_standing(entry, reach, segment) if entry.standing else rows_sql(entry, reach, segment, shown=False)
    joins = entry.within or entry.standing or "days" in entry.value
    if grain and joins:
        # Of one statement too, so that what is told and the values are of the same moment.
        spans = _joined(entry, window, grain, cut, warehouse.clock.now())
        made = f"with seen as not materialized ({seen}) {_told(entry, window, 'seen')} union all by name ({spans})"
    else:
        made = _told(entry, window, f"({seen})", grain)
    return _read(warehouse.rows(made), list(_keys(cut, grain)) if grain else [])


def _read(rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> Survey:
    found: dict[str, Value] = {}
    reasons: dict[str, int] = {}
    told: dict[bool, Mapping[str, Any]] = {}
    for row in rows:
        if row["key"] is not None:
            found[row["key"]] = _value(row["value"], row["n"], row["people"])
        if row["whole"] and row["inside"]:
            told[row["counted"]] = row
        elif row["why"] is not None and row["inside"]:
            reasons[row["why"]] = row["n"]
    counted, left = told.get(True, _NONE), told.get(False, _NONE)
    return Survey(
        ids=tuple(counted["ids"]),
        count=counted["n"],
        left_ids=tuple(left["ids"]),
        left=left["n"],
        # The most frequent first.
        reasons=dict(sorted(reasons.items(), key=lambda one: (-one[1], one[0]))),
        doubts={key.removeprefix(_DOUBT): n for key, n in counted.items() if key.startswith(_DOUBT) and n},
        now=found.get(_NOW, EMPTY),
        past=found.get(_PAST, EMPTY),
        trend=[found.get(key, EMPTY) for key in keys],
    )


_NONE: Mapping[str, Any] = {"ids": (), "n": 0}
_NOW, _PAST = "now", "past"
_DOUBT = "doubt_"


def _keys(cut: Iterable[Period], grain: Grain) -> Iterator[str]:
    for period in cut:
        yield f"{periods.floor(period.start, grain):%Y-%m-%d}"


def _told(entry: Entry, window: Window, seen: str, grain: Grain | None = None) -> str:
    """What counts and what is left out, by reason, with the first ids of both; with a grain the values as well.

    One pass with two ways of grouping: planning a statement takes longer than reading what most teams have.
    """
    inside = _stands(moment(window.end)) if entry.standing else f"moment >= {moment(window.start)}"
    value, people, bucket, key = "null", "0", "cast(null as timestamp)", "null"
    if grain:
        value, people = entry.value, entry.people_of if entry.people else "0"
        bucket = f"case when {inside} then date_trunc('{grain}', moment) end"
        # Periods are grouped as moments and named afterwards: naming each row took as long as all medians.
        key = f"""case when not counted then null when grouping(bucket) = 0 then strftime(bucket, '%Y-%m-%d')
                when inside then '{_NOW}' else '{_PAST}' end"""
    doubts = "".join(f", count(*) filter ({holds}) as {_DOUBT}{key}" for key, holds in entry.doubts.items())
    first = f"{{'value': -cast(value as double), 'moment': -epoch_us(moment), 'id': id}}, {EVIDENCE_IDS}"
    return f"""
        select counted, inside, grouping(bucket) = 1 as whole, why, cast({key} as varchar) as key,
            {value} as value, count(*) as n, {people} as people, arg_min(id, {first}) filter (inside) as ids{doubts}
        from (
            select *, value is not null as counted, {inside} as inside,
                case when value is not null then {bucket} end as bucket,
                case when value is null then reason end as why
            from {seen} seen
        ) sided
        group by grouping sets ((counted, inside), (counted, inside, bucket, why))
    """  # noqa: S608 - made of the catalogue and of quoted literals


def _joined(entry: Entry, window: Window, grain: Grain, cut: Sequence[Period], now: datetime) -> str:
    """Each span apart: values that are made by way of others need the whole of it."""
    earlier = periods.before(window)
    spans = [(_NOW, window.start, window.end), (_PAST, earlier.start, earlier.end)]
    spans += [(key, period.start, period.end) for key, period in zip(_keys(cut, grain), cut, strict=True)]
    if entry.standing:
        # What stands at a moment to come is not known: a span ends now at the latest, one to come has no value.
        spans = [(key, start, min(end, now)) for key, start, end in spans if start < now] or spans[:1]
    listed = ", ".join(
        f"({quoted(key)}, {moment(start)}, {moment(end)}, {(end - start).total_seconds() / 86400})"
        for key, start, end in spans
    )
    people = entry.people_of if entry.people else "0"
    fits = _stands("p.end_at", "r.") if entry.standing else "r.moment >= p.start_at and r.moment < p.end_at"
    # What stands is judged at the end of each span: of the window's rows others may be left out.
    sized = "pieces" if entry.standing else "fitted"
    return f"""
        with fitted as (
            select p.idx, p.days, p.end_at, r.* from seen r
            join (values {listed}) p(idx, start_at, end_at, days) on {fits}
        ), pieces as ({entry.within or "select * from fitted"}),
        sizes as (select idx, count(value) as n from {sized} group by idx),
        made as (
            select idx, {entry.value} as value, {people} as people from pieces where value is not null group by idx
        )
        select idx as key, value, n, people from made join sizes using (idx)
    """  # noqa: S608 - made of the catalogue and of quoted literals


def rows_sql(
    entry: Entry, window: Window, segment: Mapping[str, str], *, shown: bool = True, which: Which = "all"
) -> str:
    """The rows of a figure as one statement that runs as it stands, in `fairlead sql` too."""
    chosen = rows_of(entry, segment, shown=shown)
    inside = [f"moment >= {moment(window.start)}", f"moment < {moment(window.end)}"]
    if entry.standing:
        inside = [_stands(moment(window.end))]
    limits = [*inside, *conditions(entry, segment), *_LIMITS[which]]
    return f"select * from ({at_end(chosen, window)}) figure_rows where " + " and ".join(limits)  # noqa: S608


def _stands(at: str, row: str = "") -> str:
    return f"{row}moment < {at} and ({row}until is null or {row}until >= {at})"


def _ever_standing(entry: Entry, reach: Window, segment: Mapping[str, str]) -> str:
    limits = [
        f"moment < {moment(reach.end)}",
        f"(until is null or until >= {moment(reach.start)})",
        *conditions(entry, segment),
    ]
    rows = at_end(rows_of(entry, segment, shown=False), reach)
    return f"select * from ({rows}) figure_rows where " + " and ".join(limits)  # noqa: S608


def at_end(rows: str, window: Window) -> str:
    """Rows that tell an age tell it at the end of the window, which they call `:end`."""
    return rows.strip().replace(":end", moment(window.end))


def moment(at: datetime) -> str:
    """A moment as an SQL literal of the warehouse."""
    return f"timestamp {quoted(at.astimezone(UTC).strftime('%Y-%m-%d %H:%M:%S.%f'))}"


def _value(value: Any, n: int, people: int) -> Value:
    # Threads add in the order in which they end: what is left after twelve digits would differ from answer to answer.
    return Value(None if value is None else float(f"{value:.12g}"), n, people)

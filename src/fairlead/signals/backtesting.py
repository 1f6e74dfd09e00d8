"""A rule over the past: how often it would have fired, where, for how long, and how often it was over by itself."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fairlead.model.errors import Abort
from fairlead.signals.judging import Asked, read_by, select
from fairlead.signals.language.limits import limits
from fairlead.signals.language.parse import WrongError, parse
from fairlead.signals.language.say import say
from fairlead.signals.language.substitute import replaceable, substituted
from fairlead.signals.language.tree import Column, Literally
from fairlead.signals.rules import Rule
from fairlead.signals.views import with_calendars

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

STEP = timedelta(hours=4)
"""Between two looks: what held for less may not be seen."""
_DAILY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A subject of which the rule held for a while."""

    subject: str
    title: str
    team: str
    severity: str
    since: datetime
    until: datetime | None
    """Nothing while it holds."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """What came of it."""

    days: int
    every_s: float
    """Seconds between two looks."""
    stretches: Sequence[Stretch]
    fired: Mapping[str, int]
    """Day -> how often it began to hold."""
    by_team: Mapping[str, Mapping[str, int]]
    """The same by team; of none the empty text."""
    teams: Mapping[str, int]
    open_s: float | None
    """Median of how long those that ended had held."""
    healed: int
    as_now: Sequence[str]
    """Columns that it read as they are now, where nobody knows how they were."""

    @property
    def a_day(self) -> float:
        """How often it fired a day."""
        return sum(self.fired.values()) / self.days


def backtest(warehouse: Warehouse, rule: Rule, now: datetime, days: int = 90) -> Backtest:
    """Looks at the past every few hours, or daily where each look is a question of its own."""
    start, subject = now - timedelta(days=days), rule.subject
    if not subject.past and not subject.windowed:
        raise Abort(
            f"nothing tells how each {subject.name} was at a moment of the past: {subject.no_past}",
            hint="`fairlead rules list RULE` says what it finds now; `mode: monitor` watches it from now on",
        )
    step = STEP if subject.past else _DAILY
    looks = _set_based(warehouse, rule, start, now) if subject.past else _daily(warehouse, rule, start, now)
    stretches = sorted(_stretches(looks, start, step, now), key=lambda one: (one.since, one.subject))
    # what held when the time began had fired before
    began = [one for one in stretches if one.since > start + step]
    fired = Counter(one.since.date().isoformat() for one in began)
    by_team: dict[str, Counter[str]] = {day: Counter() for day in sorted(fired)}
    for one in began:
        by_team[one.since.date().isoformat()][one.team] += 1
    ended = [(one.until - one.since).total_seconds() for one in stretches if one.until]
    read = {term.name for term in read_by(rule) if isinstance(term, Column)}
    return Backtest(
        days=days,
        every_s=step.total_seconds(),
        stretches=stretches,
        fired=dict(sorted(fired.items())),
        by_team=by_team,
        teams=dict(Counter(one.team for one in stretches).most_common()),
        open_s=statistics.median(ended) if ended else None,
        healed=len(ended),
        as_now=[name for name in subject.as_now if name in read],
    )


def with_value(rule: Rule, said: str) -> Rule:
    """The rule with another value for what a column is held against, said like `lines=800` or `turn_since=16bh`."""
    name, _, text = (part.strip() for part in said.partition("="))
    try:
        value = parse(text)
    except WrongError as fault:
        raise Abort(f"`{text}` is no value: {fault.message}") from fault
    known = sorted(set(replaceable(rule.condition)))
    if not isinstance(value, Literally) or name not in known:
        raise Abort(f"`{said}` changes nothing in {rule.id}", hint=f"say one of {', '.join(known)} with a value")
    condition = substituted(rule.condition, name, value)
    if say(condition) == say(rule.condition):
        raise Abort(f"`{text}` is not what `{name}` is held against in {rule.id}", hint=say(rule.condition))
    return replace(rule, condition=condition)


def _set_based(warehouse: Warehouse, rule: Rule, start: datetime, now: datetime) -> Iterator[Mapping[str, Any]]:
    """One question for all moments: the rows carry theirs, and each is judged at that."""
    subject = rule.subject
    moments = "(select unnest(generate_series($start, $end, to_seconds($step))) as moment)"
    rows = with_calendars(subject.past.replace("{moments}", moments))
    given = {"start": _naive(start), "end": _naive(now), "step": STEP.total_seconds()}
    names = {row["column_name"] for row in warehouse.rows(f"describe {rows}", given)}
    missing = [say(term) for term in read_by(rule) if isinstance(term, Column)
               and term.name in subject.held and subject.held[term.name] not in names]  # fmt: skip
    if missing:
        raise Abort(f"nobody knows how `{missing[0]}` was at a moment of the past, which {rule.id} reads")
    # percentiles are those of now: one for each moment would be a question for each moment
    histories = {one.name: one.rows.replace("$now", "$end") for one in subject.histories}
    asked = select([rule], now, limits(warehouse.setup), rows=rows, histories=histories, also=["moment"])
    sql = asked.sql.replace("$now::timestamp", "v.moment")
    params = {name: value for name, value in {**asked.params, **given}.items() if f"${name}" in sql}
    yield from warehouse.rows(sql, params)


def _daily(warehouse: Warehouse, rule: Rule, start: datetime, now: datetime) -> Iterator[Mapping[str, Any]]:
    """A question for each day, for views that are made of a time up to a moment."""
    moment, held = start, limits(warehouse.setup)
    while moment <= now:
        asked: Asked = select([rule], moment, held)
        for row in warehouse.rows(asked.sql, dict(asked.params)):
            yield {**row, "moment": _naive(moment)}
        moment += _DAILY


def _stretches(
    looks: Iterator[Mapping[str, Any]], start: datetime, step: timedelta, now: datetime
) -> Iterator[Stretch]:
    """Looks in a row at which the rule held are one stretch."""
    seen: dict[str, list[Mapping[str, Any]]] = {}
    for look in looks:
        if look["met_0"]:
            seen.setdefault(look["id"], []).append(look)
    last = _naive(start) + step * ((now - start) // step)
    for rows in seen.values():
        rows.sort(key=lambda row: row["moment"])
        first = rows[0]
        for row, following in zip(rows, [*rows[1:], None], strict=True):
            if following is None or following["moment"] - row["moment"] > step:
                until = None if row["moment"] >= last else (row["moment"] + step).replace(tzinfo=UTC)
                yield Stretch(
                    row["id"], row["title"] or "", row["team"] or "", row["severity_0"],
                    first["moment"].replace(tzinfo=UTC), until,
                )  # fmt: skip
                first = following or first


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)

"""When so many items are done, or how many by a date: answers of three levels, and how often such answers held."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from fairlead.model.errors import Abort
from fairlead.model.figures import Evidence
from fairlead.planning.history import WINDOW_DAYS, History, day_after, days_ahead, load_history
from fairlead.planning.montecarlo import LEVELS
from fairlead.planning.outlook import Outlook, days_outlook, items_outlook
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Block, Claim, Document, Empty, Section
from fairlead.reports.literals import time_literal
from fairlead.reports.scope import Scope
from fairlead.reports.sentences import Teller
from fairlead.reports.sprint_outlook import SURE, backtest, too_little
from fairlead.reports.wording import Share

if TYPE_CHECKING:
    pass

MOST_ITEMS = 100_000
"""More than any backlog holds: a slip of the finger is told as one."""


def forecast(asked: Asked, *, items: int | None = None, by: date | None = None) -> tuple[Document, Outlook]:
    """The answer for a team or everybody, and the same as numbers; asked for both, the chance of so many by then."""
    if items is None and by is None:
        raise Abort("nothing is asked", hint="say `--items 30` for a date, or `--by 2026-12-18` for a count")
    if items is not None and not 0 < items <= MOST_ITEMS:
        raise Abort(f"no number of items: {items}", hint="it can be from 1 to 100000")
    scope, teller = asked.scope, asked.teller()
    history = load_history(scope.warehouse, scope.calendar, scope.now, team=scope.team)
    outlook = _outlook(scope, history, items, by)
    evidence = _drawn(scope, history)
    title = _title(teller, outlook, evidence, items, by)
    return document(teller, "forecast", title, (_section(teller, outlook, evidence, by),)), outlook


def _outlook(scope: Scope, history: History, items: int | None, by: date | None) -> Outlook:
    least = scope.setup.thresholds.minimum_n
    if by is None:
        assert items is not None
        return items_outlook(history.done, items, least_done=least)
    # the whole of that day is still to come by it
    end = scope.calendar.day_bounds(by)[1]
    if end <= scope.now:
        raise Abort(f"{by.isoformat()} is over", hint="`--by` names a day to come")
    return days_outlook(history.done, days_ahead(scope.calendar, scope.now, end), least_done=least)


def _drawn(scope: Scope, history: History) -> Evidence:
    """Evidence of the items that the days held from which lots are drawn."""
    start, end = (_bounds(scope, history)) if history.days else (scope.now, scope.now)
    query = (
        "select work_item, done_at from work_item_cycle_times "  # noqa: S608 - literals escaped
        f"where done_at >= {time_literal(start)} and done_at < {time_literal(end)} and {scope.items('work_item')} "
        "order by done_at, work_item"
    )
    ids = [row["work_item"] for row in scope.warehouse.rows(query)]
    return proof.of_rows(ids, query) if ids else proof.of_absence("items done", query)


def _bounds(scope: Scope, history: History) -> tuple[datetime, datetime]:
    # today is not over, so what it has brought so far is not drawn
    first, today = history.days[-WINDOW_DAYS:][0], scope.calendar.local_day(scope.now)
    return scope.calendar.day_bounds(first)[0], scope.calendar.day_bounds(today)[0]


def _title(teller: Teller, outlook: Outlook, evidence: Evidence, items: int | None, by: date | None) -> Claim:
    words = teller.words
    if outlook.counts is not None and by:
        if items is not None:
            chance = Share(outlook.counts.chance(items))
            return teller.claim("forecast.title_both", evidence, n=items, end=words.date(by), chance=chance)
        sure, half = outlook.counts.at_least(SURE), outlook.counts.at_least(LEVELS[0])
        return teller.claim("forecast.title_by", evidence, n=sure, half=half, end=words.date(by))
    if outlook.spans is not None and items is not None:
        sure_day, half_day = (_day(teller, outlook, level) for level in (SURE, LEVELS[0]))
        if sure_day and half_day:
            return teller.claim("forecast.title_items", evidence, n=items, sure=sure_day, half=half_day)
        return teller.claim("forecast.title_never", evidence, n=items)
    return teller.claim("forecast.title_none", evidence)


def _section(teller: Teller, outlook: Outlook, evidence: Evidence, by: date | None) -> Section:
    words, blocks = teller.words, list[Block]()
    if not outlook.basis.enough:
        blocks.append(Empty(too_little(teller, outlook, evidence)))
    for level in LEVELS if outlook.basis.enough else ():
        if outlook.counts is not None and by:
            count = max(outlook.counts.at_least(level), 0)
            said = teller.claim("forecast.count", evidence, level=Share(level), n=count, end=words.date(by))
        else:
            day = _day(teller, outlook, level)
            said = teller.claim("forecast.day" if day else "forecast.never", evidence, level=Share(level), day=day)
        blocks.append(said)
    if outlook.basis.enough:
        basis = outlook.basis
        blocks.append(teller.claim("forecast.basis", evidence, n=basis.days, rate=basis.done / basis.days))
        blocks.append(backtest(teller, outlook.calibration, evidence))
    return Section("outlook", words("section.outlook"), tuple(blocks), aside=words("aside.outlook"))


def _day(teller: Teller, outlook: Outlook, level: float) -> str:
    """The date of a level's answer in words; empty where no plan reaches so far."""
    days = outlook.spans.within(level) if outlook.spans else None
    scope = teller.scope
    return "" if days is None else teller.words.date(day_after(scope.calendar, scope.now, days))

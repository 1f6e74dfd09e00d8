"""When items, an epic, a milestone or a sprint are done, or how many by a date, and how such answers held.

What is told is what was known at the moment asked about: items done by then, and the calendar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from fairlead.model.errors import Abort
from fairlead.model.figures import Evidence
from fairlead.planning.history import DRAWN_DAYS, ENDED, History, day_after, days_ahead, days_to_come, load_history
from fairlead.planning.montecarlo import LEVELS
from fairlead.planning.outlook import FAN_DAYS, SURE, Outlook, days_outlook, items_outlook
from fairlead.planning.presence import presence
from fairlead.planning.reach import Reach, reach, stands
from fairlead.planning.targets import Kind, Target, find
from fairlead.planning.throughput import Ahead, Load
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Block, Claim, Document, Empty, Notice, Section
from fairlead.reports.forecast_answer import Answer, Ground, warned
from fairlead.reports.forecast_chart import fan_chart
from fairlead.reports.literals import time_literal
from fairlead.reports.plain import plain
from fairlead.reports.scope import Scope
from fairlead.reports.sentences import Teller
from fairlead.reports.sprint_facts import SprintFacts, load_sprint, load_sprints, named
from fairlead.reports.sprint_outlook import backtest, outlook_of, promised, too_little
from fairlead.reports.sprint_standing import of_days, of_items
from fairlead.reports.wording import Share

MOST_ITEMS = 100_000
"""More than any backlog holds: a slip of the finger is told as one."""
_NEXT_DAYS = 14
"""How far it looks where nothing is asked, as in a report that is sent."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: items or days, or what they belong to; a day beside it asks for the chance."""

    items: int | None = None
    by: date | None = None
    epic: str = ""
    milestone: str = ""
    sprint: str = ""

    @property
    def target(self) -> tuple[Kind, str] | None:
        """What is named, if something is."""
        kinds: tuple[tuple[Kind, str], ...] = (
            ("epic", self.epic), ("milestone", self.milestone), ("sprint", self.sprint),
        )  # fmt: skip
        said = [(kind, name) for kind, name in kinds if name]
        if len(said) + (self.items is not None) > 1:
            raise Abort("one forecast is of one thing", hint="say items, a sprint, an epic or a milestone")
        return said[0] if said else None


def forecast(asked: Asked, question: Question) -> tuple[Document, Answer]:
    """The answer as a document, and the same as numbers; of nothing it is what the next two weeks bring."""
    if question == Question():
        question = Question(by=asked.scope.calendar.local_day(asked.now) + timedelta(days=_NEXT_DAYS))
    target, items = question.target, question.items
    if items is not None and not 0 < items <= MOST_ITEMS:
        raise Abort(f"no number of items: {items}", hint="it can be from 1 to 100000")
    if target and target[0] == "sprint":
        return _of_sprint(asked, target[1], question.by)
    if target:
        return _of_target(asked, *target, question.by)
    return _of_number(asked, question)


def forecast_report(
    asked: Asked, *, items: str = "", by: str = "", epic: str = "", milestone: str = "", sprint: str = "",
    as_of: str = "",
) -> Document:  # fmt: skip
    """The document alone, of words as an address says them."""
    asked = replace(asked, now=moment_of(asked, as_of))
    return forecast(asked, question_of(items, by, epic, milestone, sprint))[0]


def question_of(items: str, by: str, epic: str, milestone: str, sprint: str) -> Question:
    """What is asked, of words as people write them."""
    # longer numbers are none that a forecast takes, and Python reads them for minutes
    if items and not (items.isascii() and items.isdecimal() and len(items) < 10):
        raise Abort(f"not a number of items: {plain(items)}", hint="write it like 30")
    return Question(int(items) if items else None, _day(by) if by else None, epic, milestone, sprint)


def moment_of(asked: Asked, as_of: str) -> datetime:
    """The moment asked about: a day begins at its midnight, and everything on it is still to come."""
    if not as_of:
        return asked.now
    found = asked.scope.calendar.day_bounds(_day(as_of))[0]
    if found > asked.now:
        raise Abort(f"{plain(as_of)} is still to come", hint="`--as-of` names a day of the past")
    return found


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError as fault:
        raise Abort(f"not a day: {plain(said)}", hint="write it like 2026-12-18") from fault


def _of_number(asked: Asked, question: Question) -> tuple[Document, Answer]:
    ground = _ground(asked.scope, asked.scope.team)
    days = _days_until(asked.scope, question.by) if question.by else 0
    least = asked.setup.thresholds.minimum_n
    if question.by is None:
        outlook = items_outlook(
            ground.history.past, question.items or 1, least_done=least, ahead=ground.known, stopped=ground.stopped
        )
    else:
        outlook = days_outlook(
            ground.history.past, days, least_done=least, ahead=ground.known, stopped=ground.stopped
        )  # fmt: skip
    answer = _answered(ground, outlook, "items" if question.items else "days", question.items, question.by)
    if question.items and outlook.counts:
        answer = replace(answer, chance=outlook.counts.chance(question.items))
    teller = asked.teller()
    return _told(teller, answer, _title(teller, answer, ground)), answer


def _of_target(asked: Asked, kind: Kind, name: str, by: date | None) -> tuple[Document, Answer]:
    scope = asked.scope
    target = find(scope.warehouse, scope.calendars, scope.now, kind, name, scope.team)
    assert target is not None, "only a next sprint may be missing"
    items = stands(scope.warehouse, target, scope.now)
    scope = asked.scope_of(scope.team or _team_of(scope, [item.id for item in items]))
    ground = _ground(scope, scope.team)
    found = reach(scope.warehouse, target, items, ground.history, scope.calendar, scope.now, scope.team)
    ground = replace(ground, reach=found)
    by = by or (target.due if target.due and scope.calendar.day_bounds(target.due)[1] > scope.now else None)
    outlook = items_outlook(
        ground.history.past, found.load, least_done=asked.setup.thresholds.minimum_n, ahead=ground.known,
        stopped=ground.stopped,
    )  # fmt: skip
    answer = _answered(ground, outlook, kind, found.load.items, by)
    if by and outlook.spans:
        days = _days_until(scope, by)
        answer = replace(answer, chance=outlook.spans.chance(days), working_days=days)
    teller = asked.teller(scope)
    told = _told(teller, answer, _target_title(teller, answer, ground))
    return replace(told, scope=f"{told.scope} · {plain(target.name)}"), answer


def _of_sprint(asked: Asked, name: str, by: date | None) -> tuple[Document, Answer]:
    if by:
        raise Abort("a sprint has an end of its own", hint="leave `--by` out")
    scope = asked.scope
    known = load_sprints(scope)
    sprint = named(known, name)
    if sprint.closed_at:
        raise Abort(f"`{plain(sprint.name)}` is closed", hint="`fairlead sprint-health` tells of it")
    scope = asked.scope_of(sprint.team) if sprint.team else scope
    found = load_sprint(scope, sprint, known)
    outlook = outlook_of(scope, found)
    end = scope.calendar.local_day(sprint.end_at) if sprint.end_at else None
    left = len(found.items) - len(found.done)
    history = History((), (), (), scope.now)
    ground = Ground(scope, history, Ahead(), tuple(found.ahead), _sprint_evidence(found), sprint=found)
    answer = _answered(ground, outlook, "sprint", left, end)
    if outlook.counts and end:
        counts = {level: promised(found, outlook, level) for level in LEVELS}
        answer = replace(answer, counts=counts, chance=outlook.counts.chance(left))
    teller = asked.teller(scope)
    told = _told(teller, answer, _target_title(teller, answer, ground))
    return replace(told, scope=f"{told.scope} · {plain(sprint.name)}"), answer


def _sprint_evidence(found: SprintFacts) -> Evidence:
    return of_days(found, earlier=True) if found.days else of_items(found)


def _team_of(scope: Scope, items: list[str]) -> str | None:
    """The team to which nearly all of its items belong; `None` where several share it."""
    if not items:
        return None
    rows = scope.warehouse.rows(
        "select team, count(distinct work_item) as items from work_item_teams "
        "where work_item in (select unnest($items)) group by team order by items desc, team limit 1",
        {"items": items},
    )
    return rows[0]["team"] if rows and rows[0]["items"] >= 0.8 * len(items) else None


def _ground(scope: Scope, team: str | None) -> Ground:
    history = load_history(scope.warehouse, scope.calendar, scope.now, team=team)
    ahead = tuple(days_to_come(scope.calendar, scope.now, FAN_DAYS)) if history.days else ()
    look = partial(
        presence, scope.warehouse, scope.setup, scope.calendars, scope.calendar, scope.now, team
    )  # fmt: skip
    there = look((*history.days, *ahead))
    behind = len(history.days)
    history = replace(history, capacity=there[:behind])
    known = Ahead(tuple(day.weekday() for day in ahead), there[behind:])
    return Ground(scope, history, known, ahead, _drawn(scope, history))


def _days_until(scope: Scope, by: date) -> int:
    # the whole of that day is still to come by it
    end = scope.calendar.day_bounds(by)[1]
    if end <= scope.now:
        raise Abort(f"{by.isoformat()} is over", hint="`--by` names a day to come")
    return days_ahead(scope.calendar, scope.now, end)


def _drawn(scope: Scope, history: History) -> Evidence:
    """Evidence of the items that the days held from which lots are drawn."""
    start, end = _bounds(scope, history) if history.days else (scope.now, scope.now)
    ended = ENDED.format(now=time_literal(scope.now))
    query = (
        f"select work_item, done_at from ({ended}) "  # noqa: S608 - literals escaped
        f"where done_at >= {time_literal(start)} and done_at < {time_literal(end)} and {scope.items('work_item')} "
        "order by done_at, work_item"
    )
    ids = [row["work_item"] for row in scope.warehouse.rows(query)]
    return proof.of_rows(ids, query) if ids else proof.of_absence("items done", query)


def _bounds(scope: Scope, history: History) -> tuple[datetime, datetime]:
    # today is not over, so what it has brought so far is not drawn
    first, today = history.drawn[0], scope.calendar.local_day(scope.now)
    return scope.calendar.day_bounds(first)[0], scope.calendar.day_bounds(today)[0]


def _answered(ground: Ground, outlook: Outlook, kind: str, items: int | None, by: date | None) -> Answer:
    ends: dict[float, date | None] = {}
    if outlook.spans:
        calendar, now = ground.calendar, ground.scope.now
        spans = {level: outlook.spans.within(level) for level in LEVELS}
        ends = {level: None if days is None else day_after(calendar, now, days) for level, days in spans.items()}
    counts: dict[float, int | None] = {}
    if outlook.counts:
        counts = {level: max(outlook.counts.at_least(level), 0) for level in LEVELS}
    return Answer(kind, ground, outlook, items, by, ends, counts, working_days=outlook.days)


def _told(teller: Teller, answer: Answer, title: Claim) -> Document:
    chart = fan_chart(teller, answer)
    blocks = [*_notices(teller, answer), *_levels(teller, answer)]
    sections = [
        Section("outlook", teller.words("section.outlook"), tuple(blocks), aside=teller.words("aside.outlook"))
    ]
    if chart:
        sections.append(Section("fan", teller.words("section.fan"), (chart,)))
    if answer.outlook.basis.enough:
        sections.append(Section("basis", teller.words("section.basis"), tuple(_basis(teller, answer))))
    return document(teller, "forecast", title, sections)


def _title(teller: Teller, answer: Answer, ground: Ground) -> Claim:
    words, evidence, outlook = teller.words, ground.evidence, answer.outlook
    if not outlook.basis.enough:
        return _none(teller, answer, evidence)
    if answer.by and outlook.counts is not None:
        end = words.date(answer.by)
        if answer.chance is not None:
            return teller.claim("forecast.title_both", evidence, n=answer.items, end=end, chance=Share(answer.chance))
        return teller.claim(
            "forecast.title_by", evidence, n=answer.counts[SURE], half=answer.counts[LEVELS[0]], end=end
        )
    sure, half = answer.ends.get(SURE), answer.ends.get(LEVELS[0])
    if sure and half:
        return teller.claim(
            "forecast.title_items", evidence, n=answer.items, sure=words.date(sure), half=words.date(half)
        )
    return teller.claim("forecast.title_never", evidence, n=answer.items)


def _none(teller: Teller, answer: Answer, evidence: Evidence) -> Claim:
    """That nothing is forecast: there is too little past, or the past has ended."""
    gap = answer.ground.history.gap
    if answer.outlook.basis.stopped and gap:
        return teller.claim("forecast.title_stopped", evidence, n=gap.days)
    return teller.claim("forecast.title_none", evidence)


def _target_title(teller: Teller, answer: Answer, ground: Ground) -> Claim:
    words, evidence, name = teller.words, ground.about, plain(ground.name)
    if not answer.items:
        return teller.claim("forecast.title_done", evidence, name=name)
    if not answer.outlook.basis.enough:
        return _none(teller, answer, evidence)
    sure, half = answer.ends.get(SURE), answer.ends.get(LEVELS[0])
    if not sure or not half:
        return teller.claim("forecast.title_target_never", evidence, name=name, n=answer.items)
    # dates that hold only if nothing else is done are none to be told without that
    key = "forecast.title_alone" if "no_share" in answer.warnings else "forecast.title_target"
    return teller.claim(key, evidence, name=name, n=answer.items, sure=words.date(sure), half=words.date(half))


def _notices(teller: Teller, answer: Answer) -> Iterator[Block]:
    evidence, ground = answer.ground.evidence, answer.ground
    for claim in warned(teller, answer):
        yield Notice("warning", claim)
    if not answer.outlook.basis.enough and not answer.outlook.basis.stopped:
        yield Empty(too_little(teller, answer.outlook, evidence))
    gap = ground.history.gap
    if gap and not gap.lasts:
        yield Notice(
            "information", teller.claim("forecast.gap", evidence, n=gap.days, day=teller.words.date(gap.first))
        )


def _levels(teller: Teller, answer: Answer) -> Iterator[Block]:
    words, evidence = teller.words, answer.ground.evidence
    for level in LEVELS if answer.outlook.basis.enough and answer.items != 0 else ():
        if answer.kind == "days" or (answer.outlook.counts and answer.kind == "items"):
            count, end = answer.counts[level], words.date(answer.by) if answer.by else ""
            yield teller.claim("forecast.count", evidence, level=Share(level), n=count, end=end)
        else:
            day = answer.ends.get(level)
            shown = words.date(day) if day else ""
            yield teller.claim("forecast.day" if day else "forecast.never", evidence, level=Share(level), day=shown)
    if answer.ground.name and answer.chance is not None and answer.by:
        yield teller.claim(
            "forecast.by_then", answer.ground.about, end=words.date(answer.by), chance=Share(answer.chance)
        )


def _basis(teller: Teller, answer: Answer) -> Iterator[Block]:
    """What it was drawn from, and how often such answers held."""
    outlook, ground, words = answer.outlook, answer.ground, teller.words
    evidence, basis = ground.evidence, outlook.basis
    yield teller.claim("forecast.basis", evidence, n=basis.days, rate=basis.done / basis.days)
    regime, since = basis.regime, answer.since
    if regime and since:
        yield teller.claim(
            "forecast.regime", evidence, day=words.date(since), after=regime.after, before=regime.before,
            chance=Share(regime.chance),
        )  # fmt: skip
    there = ground.history.capacity
    if there and ground.known.capacity:
        days = max(answer.outlook.days, 10)
        ahead = ground.known.capacity[:days]
        usual = there[-DRAWN_DAYS:]
        yield teller.claim(
            "forecast.presence", evidence, n=len(ahead), ahead=Share(sum(ahead) / len(ahead)),
            usual=Share(sum(usual) / len(usual)),
        )  # fmt: skip
    if ground.reach:
        yield from _reached(teller, ground.reach, evidence)
    yield backtest(teller, outlook.calibration, evidence)
    held = outlook.calibration
    if held and held.forecasts:
        yield teller.claim(
            "forecast.average", evidence, n=held.forecasts, held=Share(held.average_held / held.forecasts),
            apart=held.apart,
        )  # fmt: skip


def _reached(teller: Teller, found: Reach, evidence: Evidence) -> Iterator[Claim]:
    load: Load = found.load
    if load.own and not found.others:
        yield teller.claim("forecast.share", evidence, n=load.own[1], own=load.own[0])
    begun = [item for item in found.items if item.started_at and item.category != "done"]
    if begun and load.least_days:
        rows = proof.of_records("work_items", [item.id for item in begun])
        yield teller.claim("forecast.ages", rows, n=len(begun))
    if found.alike:
        ordered = sorted(load.extra)
        table, key = ("milestones", "id") if found.target.kind == "milestone" else ("work_items", "id")
        yield teller.claim(
            "forecast.grown", proof.of_records(table, list(found.alike), key), n=len(found.alike),
            half=ordered[len(ordered) // 2], most=ordered[min(int(SURE * len(ordered)), len(ordered) - 1)],
        )  # fmt: skip


__all__ = [
    "MOST_ITEMS", "Answer", "Question", "Target", "forecast", "forecast_report", "moment_of", "question_of",
]  # fmt: skip

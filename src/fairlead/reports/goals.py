"""Objectives and key results: how far each is against what its days gone by let expect, and what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fairlead.goals import facts, periods
from fairlead.goals.standing import STATUSES, GoalStanding, Standing, Status, standings
from fairlead.goals.values import course
from fairlead.model.errors import Abort
from fairlead.model.figures import Window
from fairlead.model.times import iso
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Act, Block, Cell, Claim, Document, Empty, Section, Table
from fairlead.reports.goal_words import TONES, amount, goal_claim, of_goals, result_claim, until
from fairlead.reports.literals import text_literal
from fairlead.reports.plain import plain
from fairlead.reports.scope import Scope
from fairlead.reports.sentences import Teller
from fairlead.reports.trend_charts import trend_chart
from fairlead.reports.wording import Share

MOST_ENTRIES = 20
"""Entries shown of a key result, the latest first; the query gives all."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Which objectives are meant."""

    quarter: str = ""
    """Those that run in it; without one those that run now, and those that ended in this quarter."""
    objective: str = ""
    """One alone, by id, name or number."""


def goals(asked: Asked, *, quarter: str = "", objective: str = "") -> Document:
    """Objectives of a team or of everybody, in a quarter or now; or one of them in full."""
    return told(asked, load(asked, Asking(quarter, objective)), Asking(quarter, objective))


def load(asked: Asked, asking: Asking) -> list[GoalStanding]:
    """How they stand, the next to be due first."""
    scope, now = asked.scope, asked.now
    if asking.objective:
        record = asking.objective
        record = record if record.startswith("objective:") else f"objective:{record}"
        found = facts.load(scope.warehouse, ids=[record])
        if not found:
            raise Abort(f"no objective `{plain(asking.objective)}`", hint="`fairlead goals` shows them")
    else:
        period = _period(scope, asking)
        found = facts.load(scope.warehouse, team=scope.team, period=period)
        if not asking.quarter:
            found = [goal for goal in found if goal.state == "open" or _lately(goal, period)]
    return standings(scope.warehouse, scope.calendars, found, now, asked.language)


def told(asked: Asked, found: list[GoalStanding], asking: Asking) -> Document:
    """What was loaded, as a report."""
    teller = asked.teller()
    if not found:
        claim = _none(teller, asking)
        return document(teller, "goals", claim, [Section("goals", teller.words("section.goals"), (Empty(claim),))])
    sections = [_section(teller, one, in_full=bool(asking.objective)) for one in found]
    if asking.objective:
        sections += _courses(teller, found[0])
    return document(teller, "goals", _title(teller, found), sections)


def plain_standing(found: GoalStanding) -> dict[str, Any]:
    """An objective with its numbers; who answers for it is no part of how it stands."""
    goal = found.goal
    return {
        "id": goal.id, "title": goal.title, "team": goal.team, "state": goal.state, "status": found.status,
        "starts_at": goal.starts_at and iso(goal.starts_at), "due_at": goal.due_at and iso(goal.due_at),
        "ended_at": goal.ended_at and iso(goal.ended_at), "parent": goal.parent or None, "path": goal.path or None,
        "progress": found.progress, "expected": found.expected, "unjudged": found.unjudged,
        "key_results": [_plain_result(one) for one in found.results],
    }  # fmt: skip


def _plain_result(found: Standing) -> dict[str, Any]:
    result, reading = found.result, found.reading
    return {
        "id": result.id, "title": result.title, "value_from": result.value_from, "unit": result.unit,
        "metric": result.metric or None, "segment": dict(result.segment), "query": result.query or None,
        "value": reading.value, "value_at": reading.at and iso(reading.at), "baseline": found.baseline.value,
        "target": result.target, "progress": found.progress, "expected": found.expected, "status": found.status,
        "why": found.why or None, "detail": reading.detail or None, "age_days": found.age_days,
        "evidence": {"ids": list(reading.evidence.ids), "count": reading.evidence.count,
                     "query": reading.evidence.query},
    }  # fmt: skip


def _period(scope: Scope, asking: Asking) -> Window:
    calendar = scope.calendar
    return periods.quarter(asking.quarter or periods.quarter_of(scope.now, calendar), calendar)


def _lately(goal: facts.Goal, period: Window) -> bool:
    ended = goal.ended_at or goal.due_at
    return ended is not None and period.start < ended <= period.end


def _none(teller: Teller, asking: Asking) -> Claim:
    words = teller.words
    limit = "" if teller.scope.team is None else f" and (team = {text_literal(teller.scope.team)} or team is null)"
    evidence = proof.of_absence("goals", f"select * from objectives where deleted_at is null{limit}")  # noqa: S608
    act = Act(words("act.first_goal"), command="fairlead goals add 'What is to be reached'")
    if asking.quarter:
        return Claim(key="objective.none_then", text=words("objective.none_then", quarter=asking.quarter),
                     evidence=evidence, act=act)  # fmt: skip
    return Claim(key="objective.none", text=words("objective.none"), evidence=evidence, act=act)


def _title(teller: Teller, found: list[GoalStanding]) -> Claim:
    words = teller.words
    open_ = [one for one in found if one.goal.state == "open"]
    counts = Counter(one.status for one in open_)
    said = [words(f"objective.count.{status}", n=counts[status]) for status in STATUSES if counts[status]]
    ended = Counter(one.goal.state for one in found if one.goal.state != "open")
    said += [words(f"objective.count.ended_{state}", n=ended[state]) for state in ("reached", "missed", "dropped")
             if ended[state]]  # fmt: skip
    worst: Status = min((one.status for one in open_), key=STATUSES.index, default="on_track")
    text = words("objective.title", n=len(found), told=", ".join(said))
    return Claim(key="objective.title", text=text, evidence=of_goals(found), tone=TONES[worst])


def _section(teller: Teller, found: GoalStanding, *, in_full: bool) -> Section:
    goal, words = found.goal, teller.words
    over = goal.state != "open"
    said = [teller.names.team(goal.team) if goal.team else words("objective.everybody")]
    if day := until(goal.due_at, teller):
        said.append(words("objective.until", day=day))
    blocks: list[Block] = [goal_claim(teller, found)]
    if in_full:
        blocks += _about(teller, goal)
    blocks += [result_claim(teller, one, over=over) for one in found.results]
    return Section(f"goal_{goal.id.partition(':')[2]}", plain(goal.title), tuple(blocks), aside=", ".join(said))


def _about(teller: Teller, goal: facts.Goal) -> list[Claim]:
    evidence = proof.of_records("objectives", [goal.id])
    told = []
    if goal.body:
        told.append(Claim(key="objective.body", text=plain(goal.body, 2000), evidence=evidence))
    if goal.owner:
        told.append(teller.claim("objective.owner", evidence, person=teller.names.person(goal.owner)))
    if goal.path:
        told.append(teller.claim("objective.path", evidence, path=goal.path))
    return told


def _courses(teller: Teller, found: GoalStanding) -> list[Section]:
    """How values came to be what they are: of metrics week by week, of entries each one."""
    blocks: list[Block] = []
    for one in found.results:
        figure = course(teller.scope.warehouse, one.result, one.reading, teller.words.language)
        if figure is not None:
            blocks += trend_chart(teller, figure, one.result.id.replace("/", "-").partition(":")[2], figure.title)
        elif one.result.entries:
            blocks.append(_entries(teller, one))
    return [Section("courses", teller.words("section.goal_courses"), tuple(blocks))] if blocks else []


def _entries(teller: Teller, found: Standing) -> Table:
    """Who entered each is not told: a value is that of the work."""
    words, result = teller.words, found.result
    shown: Sequence[facts.Entry] = [one for one in result.entries if one.at <= teller.scope.now][-MOST_ENTRIES:]
    rows = tuple(
        (
            Cell(words.day(one.at)), Cell(amount(one.value, result.unit, words), number=True),
            Cell(words.value(Share(one.confidence)) if one.confidence is not None else "", number=True),
            Cell(plain(one.note)),
        )
        for one in reversed(shown)
    )  # fmt: skip
    columns = (words("column.day"), words("column.value"), words("column.confidence"), words("column.note"))
    caption = teller.claim("result.entries", found.reading.evidence, title=result.title)
    return Table(columns, rows, caption)

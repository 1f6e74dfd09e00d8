"""What a sprint starts from, beside its schedule: what is committed, hours by role, known risks, quality gates.

Hours are told of groups that are large enough by `[privacy]`: those of few people are the planner's to see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from fairlead.planning.answer import EVERYBODY, Answer
from fairlead.planning.crew import REVIEW, Member
from fairlead.planning.stored import Stored
from fairlead.reports import proof
from fairlead.reports.document import Block, Ref, Section
from fairlead.reports.literals import text_literal
from fairlead.reports.plain import plain
from fairlead.reports.plan_words import PlanWords
from fairlead.reports.sentences import Teller
from fairlead.reports.wording import Share

_POINTS = "select id, points from work_items where id in (select unnest($items))"
_RISKS = """
select id, title, score, url from risks
where deleted_at is null and state in ('open', 'accepted') and (team is null or team = $team)
order by score desc nulls last, id
"""
_MOST_RISKS = 8


@dataclass(frozen=True, slots=True)
class Start:
    """A plan that was found, with its words."""

    stored: Stored
    answer: Answer
    words: PlanWords


def start_sections(teller: Teller, found: Start, load: frozenset[str] = frozenset()) -> list[Section]:
    """The sections of a sprint's plan for whom `load` names; an epic and a milestone commit nobody to anything."""
    if found.stored.target.kind != "sprint":
        return []
    blocks = {
        "plan_commitment": _commitment(teller, found),
        "plan_capacity": _capacity(
            teller, found, 1 if EVERYBODY in load else teller.scope.setup.privacy.minimum_group
        ),
        "plan_known_risks": _risks(teller, found),
        "plan_gates": _gates(teller, found),
    }
    sections = [Section(key, teller.words(f"section.{key}"), tuple(said)) for key, said in blocks.items()]
    return [section for section in sections if section.blocks]


def _commitment(teller: Teller, found: Start) -> Iterator[Block]:
    stored, words = found.stored, found.words
    left = {one.task for one in found.answer.built.unplaced}
    rows = teller.scope.warehouse.rows(_POINTS, {"items": list(stored.ids.values())})
    points = {row["id"]: row["points"] or 0 for row in rows}
    sides = ([task for task in stored.plan.tasks if (task.id in left) is out] for out in (False, True))
    for key, tasks in zip(("plan.commits", "plan.commits_left"), sides, strict=True):
        if tasks:
            sums: dict[str, Any] = {"points": sum(points.get(stored.ids.get(task.id, ""), 0) for task in tasks)}
            if key == "plan.commits":
                sums["hours"] = round(sum(float(str(task.estimate or 0)) for task in tasks))
            yield words.claim(key, [task.id for task in tasks], n=len(tasks), **sums)
            for note in stored.notes if key == "plan.commits" else ():
                blank = [task.id for task in tasks if stored.ids.get(task.id) in note.items]
                if note.kind == "unestimated" and blank:
                    yield words.claim("plan.commits_blank", blank, n=len(blank), points=note.facts["points"])


def _capacity(teller: Teller, found: Start, least: int) -> Iterator[Block]:
    stored, words = found.stored, found.words
    end = found.answer.end
    last = date.fromisoformat(stored.plan.end) if stored.plan.end else None
    if last is None and isinstance(end, datetime):
        last = stored.calendar.local_day(end)
    people = [one for one in stored.people if not one.agent]
    if last is None or not people:
        return
    begin = stored.calendar.day_bounds(date.fromisoformat(stored.plan.start))[0]
    until = stored.calendar.day_bounds(last + timedelta(days=1))[0]
    hours = {one.person: one.hours(begin, until, stored.plan.focus) for one in people}
    shown = teller.words.date(last)
    if not sum(hours.values()):
        yield words.claim("plan.no_hours", tone="act", end=shown)
        return
    if len(people) >= least:
        yield words.claim("plan.has_hours", n=len(people), hours=round(sum(hours.values())), end=shown)
    if agents := len(stored.people) - len(people):
        yield words.claim("plan.has_agents", n=agents)
    yield from _roles(found, people, hours, least)


def _roles(found: Start, people: Sequence[Member], hours: dict[str, float], least: int) -> Iterator[Block]:
    few = 0
    roles = sorted({skill for one in people for skill in one.said.skills if skill != REVIEW})
    for role in roles:
        bear = [one for one in people if role in one.said.skills]
        # what all but a few bear would tell the hours of those few
        if len(bear) < least or 0 < len(people) - len(bear) < least:
            few += 1
            continue
        total = round(sum(hours[one.person] for one in bear))
        yield found.words.claim("plan.role_hours", role=plain(role), n=len(bear), hours=total)
    if few:
        yield found.words.claim("plan.role_few", n=few)


def _risks(teller: Teller, found: Start) -> Iterator[Block]:
    rows = teller.scope.warehouse.rows(_RISKS, {"team": found.stored.target.team})
    for row in rows[:_MOST_RISKS]:
        query = f"select id, title, score, state from risks where id = {text_literal(row['id'])}"  # noqa: S608
        title = plain(row["title"] or row["id"])
        claim = teller.claim(
            "plan.known_risk", proof.of_rows([row["id"]], query), title=title, score=row["score"] or 0
        )
        yield replace(claim, refs=(Ref(row["id"], row["id"], row["url"]),))


def _gates(teller: Teller, found: Start) -> Iterator[Block]:
    setup = teller.scope.setup
    evidence = proof.of_absence("gates", "select id from changes where deleted_at is null order by id")
    gates = setup.gates
    yield teller.claim("plan.gate_change", evidence, drop=Share(gates.coverage_drop), slower=Share(gates.slower))
    if gates.documented:
        yield teller.claim("plan.gate_documents", evidence, globs=", ".join(map(plain, gates.documented)))
    if review := found.stored.plan.review:
        yield found.words.claim("plan.gate_review", share=Share(review.share))

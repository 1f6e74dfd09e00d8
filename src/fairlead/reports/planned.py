"""The plan of a sprint, an epic or a milestone from the store: schedule, how sure it is, what it was made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from fairlead.model.errors import Abort
from fairlead.model.figures import Evidence
from fairlead.planning.answer import Answer
from fairlead.planning.answering import answer
from fairlead.planning.pace import Pace
from fairlead.planning.planfile import Plan
from fairlead.planning.stored import Note, Stored, gather
from fairlead.planning.targets import NEXT, Kind, Target, find
from fairlead.planning.whatif import Difference, changed
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Block, Claim, Document, Empty, Notice, Section
from fairlead.reports.literals import text_literal, time_literal
from fairlead.reports.plain import plain
from fairlead.reports.plan import difference, plan_sections, plan_title
from fairlead.reports.plan_beside import Beside, beside, beside_blocks
from fairlead.reports.plan_words import Item, PlanWords
from fairlead.reports.sentences import Teller
from fairlead.reports.sprint_start import Start, start_sections
from fairlead.reports.whose import shown_of
from fairlead.reports.wording import Share

Solve = Callable[[Plan], Answer]
_WARNINGS = frozenset({"outside", "loops", "no_past", "seen"})


@dataclass(frozen=True)
class Planned:
    """A plan that was found, with what it was made from."""

    stored: Stored
    answer: Answer
    words: PlanWords
    difference: Difference | None = None
    beside: Beside | None = None
    """The forecast of the same."""

    @property
    def plans(self) -> tuple[Plan, ...]:
        """What was solved: the plan as it is, and as it would be."""
        return (self.stored.plan, self.answer.built.plan) if self.difference else (self.stored.plan,)

    def shown(self, load: str) -> frozenset[str]:
        """Whose load is told to whom `load` describes."""
        return shown_of(self.stored, load)

    def to_json(self, load: str = "") -> dict[str, Any]:
        """The answer with the records that it is about; nobody's load and scores but those which are asked for."""
        told = self.answer.to_json(self.words.say, self.shown(load))
        target, items = self.stored.target, self.stored.ids
        told["target"] = {"kind": target.kind, "name": target.name, "ids": list(target.ids), "team": target.team}
        told["items"] = dict(items)
        told["notes"] = [{"kind": note.kind, **note.facts, "items": list(note.items)} for note in self.stored.notes]
        told["pace"] = {
            team: {"hours_per_point": round(pace.hours_per_point, 3), "items": len(pace.items),
                   "working_days": pace.days, "spread": round(pace.spread, 3)}
            for team, pace in self.stored.paces.items()
        }  # fmt: skip
        told["forecast"] = self.beside.to_json() if self.beside else None
        if self.difference:
            told["what_if"] = self.difference.to_json()
        return told


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be planned, and how; without a target it is the next sprint."""

    sprint: str = ""
    epic: str = ""
    milestone: str = ""
    what_if: tuple[str, ...] = ()
    load: str = ""
    """Whose load is shown: words that are ids of people, teams whose planner reads, or `*`."""
    within_s: float = 0.0
    """Time for the solver; the first plan takes none."""
    seed: int = 1

    @property
    def target(self) -> tuple[Kind, str]:
        """What is named."""
        said: Mapping[Kind, str] = {"sprint": self.sprint, "epic": self.epic, "milestone": self.milestone}
        named = [(kind, name) for kind, name in said.items() if name]
        if len(named) > 1:
            raise Abort("one plan is of one thing", hint="say a sprint, an epic or a milestone")
        return named[0] if named else ("sprint", NEXT)


def planned(asked: Asked, wish: Wish, solve: Solve | None = None) -> tuple[Document, Planned | None]:
    """The report and the plan; `None` where there is nothing to plan, which the report says.

    `solve` is who has found better plans already; else they are looked for here.
    """
    scope = asked.scope
    target = find(scope.warehouse, scope.calendars, scope.now, *wish.target, scope.team)
    if target is None:
        return _nothing(asked.teller(), "plan.no_sprint", "sprints"), None
    stored = gather(scope.warehouse, scope.setup, scope.calendars, scope.now, target)
    teller = asked.teller(zone=stored.calendar.zone)
    if not stored.plan.tasks:
        return _nothing(teller, "plan.no_items", "items", target, stored.notes), None
    found = _solved(asked, stored, wish, solve or partial(answer, within_s=wish.within_s, seed=wish.seed))
    # of what would be otherwise there is no forecast
    if not wish.what_if:
        found = replace(found, beside=beside(asked, stored, found.answer))
    return _told(teller, found, wish), found


def plan_report(asked: Asked, *, sprint: str = "", epic: str = "", milestone: str = "") -> Document:
    """The document alone: the first plan, which takes no solver."""
    return planned(asked, Wish(sprint=sprint, epic=epic, milestone=milestone))[0]


def _solved(asked: Asked, stored: Stored, wish: Wish, solve: Solve) -> Planned:
    changes = wish.what_if
    # of files there are none on a server: what a what-if adds is named by it
    if any(one.startswith("scope:+") for one in changes):
        raise Abort("`scope:+` reads a file, which only a plan of a file does", hint="take scope:-TASK")
    items = {task: Item(item, stored.links.get(task)) for task, item in stored.ids.items()}
    # judged before anything is solved
    other = changed(stored.plan, changes) if changes else None
    found = solve(stored.plan)
    shown, differs = found, None
    if other:
        shown = solve(other)
        differs = Difference(found, shown)
    words = PlanWords(shown, stored.target.name, asked.language, asked.now, items)
    return Planned(stored, shown, words, differs)


def _told(teller: Teller, found: Planned, wish: Wish) -> Document:
    words, shown = found.words, found.shown(wish.load)
    sections: list[Section] = []
    title = _title(found)
    if found.difference:
        title, section = difference(found.difference, words, wish.what_if)
        sections.append(section)
    first, *rest = plan_sections(found.answer, words, shown)
    notices = (*_notices(found), words.claim("plan.alone"), *_beside(found))
    committed, *beside = start_sections(teller, Start(found.stored, found.answer, words), shown) or (None,)
    opening = [replace(first, blocks=(*notices, *first.blocks)), *([committed] if committed else ())]
    sections += [*opening, *rest, *beside, _basis(found)]
    told = document(teller, "plan", title, [section for section in sections if section.blocks])
    return replace(told, scope=f"{told.scope} · {_name(found)}")


def _title(found: Planned) -> Claim:
    """When it ends as planned, and by when nearly surely: a plan's own end is kept in half of all cases at best."""
    risk, sure = found.answer.risk, found.answer.risky_end(0.85)
    words = found.words
    if risk is None or sure is None or found.answer.end is None:
        return plan_title(found.answer, words)
    placed = len(found.stored.plan.tasks) - len(found.answer.built.unplaced)
    left = len(found.answer.built.unplaced)
    end, by = words.moment(found.answer.end), words.moment(sure)
    key = "plan.title_left" if left else "plan.title_sure"
    name = _name(found)
    return words.claim(key, n=placed, end=end, sure=by, left=left, name=name[:1].upper() + name[1:])


def _name(found: Planned) -> str:
    target, words = found.stored.target, found.words.words
    if target.name:
        return plain(target.name)
    return words("plan.after", name=plain(target.before.name)) if target.before else words("plan.coming")


def _notices(found: Planned) -> Iterator[Block]:
    for note in found.stored.notes:
        claim = _note(found, note)
        yield Notice("warning" if note.kind in _WARNINGS else "information", claim)
    if others := found.stored.target.others:
        names = ", ".join(other.removeprefix("team:") for other in others if other)
        if names:
            own = found.stored.target.team.removeprefix("team:")
            yield Notice("information", found.words.claim("plan.note_others", team=own, others=names))


def _beside(found: Planned) -> Iterator[Block]:
    if found.beside:
        yield from beside_blocks(found.beside, found.words)


def _note(found: Planned, note: Note) -> Claim:
    words = found.words
    facts: dict[str, Any] = {
        key: plain(value) if isinstance(value, str) else value for key, value in note.facts.items()
    }
    tasks = [task for task, item in found.stored.ids.items() if item in note.items]
    if note.kind == "other_teams":
        evidence = proof.of_records("work_items", list(note.items))
        return Claim(
            key="plan.note_other_teams", text=words.words("plan.note_other_teams", **facts), evidence=evidence
        )
    if note.kind == "backlog" and facts.get("more"):
        return words.claim("plan.note_backlog_more", tasks, **facts)
    return words.claim(f"plan.note_{note.kind}", tasks, **facts)


def _basis(found: Planned) -> Section:
    """What the plan was made from: hours, people, how much work a point was."""
    words, stored, plan = found.words, found.stored, found.stored.plan
    blocks: list[Block] = [
        words.claim("plan.basis_people", n=len(plan.people) + len(plan.agents), focus=Share(plan.focus),
                    hours=plan.hours)
    ]  # fmt: skip
    for team, pace in stored.paces.items():
        if pace.since:
            blocks.append(
                Claim(
                    key="plan.basis_pace",
                    text=words.words(
                        "plan.basis_pace", n=len(pace.items), days=pace.days, hours=pace.hours_per_point,
                        team=plain(team.removeprefix("team:")),
                    ),
                    evidence=_past(found, team, pace),
                )
            )  # fmt: skip
    if plan.review:
        blocks.append(words.claim("plan.basis_review", share=Share(plan.review.share)))
    away = sum(len(one.away) + len(one.on_call) for one in plan.people)
    if away:
        blocks.append(words.claim("plan.basis_away", n=sum(bool(one.away or one.on_call) for one in plan.people)))
    return Section("plan_basis", words.words("section.plan_basis"), tuple(blocks))


def _past(found: Planned, team: str, pace: Pace) -> Evidence:
    """Evidence of the items that a point's work was reckoned from."""
    assert pace.since is not None
    until = found.words.words.now or pace.since
    query = (
        "select work_item, points, done_at from work_item_cycle_times "  # noqa: S608 - literals escaped
        f"where done_at >= {time_literal(pace.since)} and done_at < {time_literal(until)} and work_type <> 'epic' "
        f"and work_item in (select work_item from work_item_teams where team = {text_literal(team)}) "
        "order by done_at, work_item"
    )
    return proof.of_rows(pace.items, query)


def _nothing(
    teller: Teller, key: str, what: str, target: Target | None = None, notes: Sequence[Note] = ()
) -> Document:
    """That there is nothing to plan, and how it comes; of a team what is there is that of others."""
    table = "sprints" if what == "sprints" else "work_items"
    evidence = proof.of_absence(what, f"select id from {table} where deleted_at is null order by id")  # noqa: S608
    name = plain(target.name) if target and target.name else ""
    title = teller.claim(f"{key}_title", evidence, name=name)
    said = teller.claim(key, evidence, name=name, command=teller.scope.bring)
    for note in notes:
        if note.kind == "other_teams":
            facts: dict[str, Any] = {**note.facts, "team": plain(note.facts["team"])}
            said = teller.claim("plan.note_other_teams", proof.of_records("work_items", list(note.items)), **facts)
    section = Section("plan_answer", teller.words("section.plan_answer"), (Empty(said),))
    return document(teller, "plan", title, (section,))

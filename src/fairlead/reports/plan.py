"""A plan as a document: what is done by when and by whom, how sure that is, what has no place and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from fairlead.planning.answer import EVERYBODY, Answer, Moment
from fairlead.planning.risk import LEVELS
from fairlead.planning.whatif import Difference
from fairlead.reports.document import Block, Cell, Chart, Claim, Document, Notice, Section, Table, Tone
from fairlead.reports.gantt import Bar, gantt
from fairlead.reports.plain import plain
from fairlead.reports.plan_words import PlanWords
from fairlead.reports.wording import Share

DRAWN = 150
"""Most tasks of a picture: of more nobody could read a name."""
_NAMED = 12
_ROOM = 26
"""Letters of a task's name that a row of the picture has room for."""
_OFTEN = 0.5
"""Share of the draws from which a task that is not on the chain is named as one that often decides."""


def plan_document(answer: Answer, *, name: str, now: datetime, language: str = "en", load: bool = False) -> Document:
    """The document; `load` shows how busy each person is, which is theirs and the planner's to see."""
    said = PlanWords(answer, name, language, now)
    sections = plan_sections(answer, said, frozenset({EVERYBODY} if load else ()))
    return _document(answer, said, plan_title(answer, said), sections, now)


def plan_sections(answer: Answer, said: PlanWords, load: frozenset[str] = frozenset()) -> list[Section]:
    """All that a plan says; `load` is whose load is shown."""
    found = [
        Section("plan_answer", said.words("section.plan_answer"), tuple(_sure(answer, said))),
        *_left(answer, said),
        *_schedule(answer, said),
        *_why(answer, said),
        *_batches(answer, said),
        *_takes(answer, said),
        *_loads(answer, said, load),
    ]
    return [section for section in found if section.blocks]


def difference_document(
    found: Difference, *, what: Sequence[str], name: str, now: datetime, language: str = "en", load: bool = False
) -> Document:
    """What would change, beside each other, and the plan after it."""
    said = PlanWords(found.after, name, language, now)
    title, section = difference(found, said, what)
    rest = plan_sections(found.after, said, frozenset({EVERYBODY} if load else ()))
    return _document(found.after, said, title, [section, *rest], now)


def difference(found: Difference, said: PlanWords, what: Sequence[str]) -> tuple[Claim, Section]:
    """The finding, and what would change."""
    moved, told = found.moved(), said.changes(what)
    before, after = (said.moment(one.end) for one in (found.before, found.after))
    key = "plan.what_if_left" if found.left() else "plan.what_if_same" if before == after else "plan.what_if"
    left = len(found.left())
    title = said.claim(
        key, tuple(moved), n=left or len(moved), moved=len(moved), what=told, before=before, after=after
    )
    blocks: list[Block] = []
    chances = [found.to_json()["chance_of_end"][key] for key in ("before", "after")]
    if None not in chances:
        one, other = (Share(chance) for chance in chances)
        blocks.append(said.claim("plan.if_chance", before=one, after=other))
    for task, reason in found.left().items():
        blocks.append(said.claim("plan.if_left", (task,), tone="act", task=task, why=said.say(reason)))
    for task, end in found.gained().items():
        blocks.append(said.claim("plan.if_placed", (task,), tone="ok", task=task, after=said.moment(end)))
    if moved:
        columns = tuple(said.words(f"plan.col_{column}") for column in ("task", "before", "after"))
        rows = tuple(
            (Cell(task), Cell(said.moment(one)), Cell(said.moment(other))) for task, (one, other) in moved.items()
        )
        blocks.append(Table(columns, rows, title))
    return title, Section("plan_difference", said.words("section.plan_difference"), tuple(blocks))


def _document(answer: Answer, said: PlanWords, title: Claim, sections: Sequence[Section], now: datetime) -> Document:
    return Document(
        kind="plan",
        title=title,
        scope=answer.built.plan.title or said.name,
        as_of=now,
        shown_as_of=said.words.moment(now, year=True),
        freshness=said.words("plan.from", name=said.name),
        sections=tuple(section for section in sections if section.blocks),
        language=said.words.language,
    )


def plan_title(answer: Answer, said: PlanWords) -> Claim:
    placed = [task for task, review in zip(answer.built.tasks, answer.built.review, strict=True) if not review]
    if answer.end is None:
        return said.claim("plan.title_none", tone="act")
    left = [one.task for one in answer.built.unplaced]
    key = "plan.title" if isinstance(answer.end, datetime) else "plan.title_units"
    if left:
        key += "_part"
    return said.claim(key, [*placed, *left], n=len(placed), all=len(placed) + len(left), end=said.moment(answer.end))


def _sure(answer: Answer, said: PlanWords) -> Iterator[Block]:
    outcome, plan = answer.outcome, answer.built.plan
    if plan.goal:
        yield said.claim("plan.goal", goal=plan.goal)
    if outcome.note:
        yield said.claim("plan.quick", note=said.words(f"plan.note_{outcome.note}"))
    if not outcome.schedule:
        return
    if outcome.status == "optimal":
        yield said.claim("plan.optimal_windows" if answer.built.windowed else "plan.optimal")
    elif outcome.bound < outcome.makespan:
        yield said.claim("plan.feasible", gap=Share(outcome.gap), bound=said.moment(answer.ends(outcome.bound)))
    else:
        yield said.claim("plan.feasible_alone")
    yield from _late(answer, said)
    yield from _risk(answer, said)
    if names := list(dict.fromkeys(answer.built.tasks[at] for at in answer.chain)):
        shown = " → ".join(names[-_NAMED:])
        yield said.claim("plan.chain", names, tasks=f"… → {shown}" if len(names) > _NAMED else shown)


def _late(answer: Answer, said: PlanWords) -> Iterator[Block]:
    for at in answer.late:
        task = answer.built.tasks[at]
        end = said.moment(answer.moments(answer.outcome.schedule[at])[1])
        told = said.claim("plan.late", (task,), tone="act", task=task, end=end, due=said.due(task))
        yield Notice("warning", told)


def _risk(answer: Answer, said: PlanWords) -> Iterator[Block]:
    risk = answer.risk
    if risk is None:
        return
    for level in LEVELS:
        end = answer.risky_end(level)
        if end is None:
            yield said.claim("plan.sure_beyond", level=Share(level))
        else:
            yield said.claim("plan.sure", level=Share(level), end=said.moment(end))
    until = answer.built.until if answer.built.plan.end else None
    if until:
        chance = risk.chance(until)
        tone: Tone = "ok" if chance >= LEVELS[1] else "watch" if chance >= LEVELS[0] else "act"
        key = "plan.chance_end_part" if answer.built.unplaced else "plan.chance_end"
        yield said.claim(key, tone=tone, end=said.day(answer.built.plan.end), chance=Share(chance))
    for at, late in enumerate(risk.late):
        if late is not None:
            task = answer.built.tasks[at]
            yield said.claim("plan.chance_due", (task,), task=task, due=said.due(task), chance=Share(1 - late))
    chain = set(answer.chain)
    for at, share in enumerate(risk.critical):
        if share >= _OFTEN and at not in chain and not answer.built.review[at]:
            task = answer.built.tasks[at]
            yield said.claim("plan.critical_most", (task,), task=task, share=Share(share))
    yield said.claim("plan.spread", n=len(risk.ends), spread=Share(answer.built.plan.spread))


def _left(answer: Answer, said: PlanWords) -> Iterator[Section]:
    if gone := answer.built.unplaced:
        claims = tuple(
            said.claim("plan.left", (one.task,), tone="act", task=one.task, why=said.say(one.reason)) for one in gone
        )
        yield Section("plan_left", said.words("section.plan_left"), claims)


def _schedule(answer: Answer, said: PlanWords) -> Iterator[Section]:
    built, schedule = answer.built, answer.outcome.schedule
    order = sorted(range(len(schedule)), key=lambda at: (schedule[at].start, schedule[at].end, at))
    if not order:
        return
    tasks = [built.tasks[at] for at in order if not built.review[at]]
    columns = tuple(said.words(f"plan.col_{name}") for name in ("task", "who", "start", "end", "slack"))
    rows = tuple(_row(answer, said, at) for at in order)
    table = Table(columns, rows, said.claim("plan.schedule", tasks, n=len(tasks)))
    blocks: list[Block] = [table]
    if len(order) <= DRAWN:
        caption = said.claim("plan.gantt", tasks, n=len(tasks))
        # the table stands once: forms without pictures show that of the chart
        blocks = [Chart("gantt", drawn(answer, said), Table(columns, rows, caption))]
    yield Section("plan_schedule", said.words("section.plan_schedule"), tuple(blocks))


def _why(answer: Answer, said: PlanWords) -> Iterator[Section]:
    """Sentences about what decides the end; of all else a table, since of eighty tasks nobody reads so many."""
    order = sorted(range(len(answer.built.tasks)), key=lambda at: answer.outcome.schedule[at].start)
    held = [at for at in order[:DRAWN] if answer.why[at]]
    own = [at for at in held if at in answer.deciding][-_NAMED:]
    blocks: list[Block] = [
        said.claim(
            "plan.begins", (answer.built.tasks[at],), task=_named(answer, said, at),
            start=said.moment(answer.begins(answer.outcome.schedule[at].start)), why=said.all(answer.why[at]),
        )
        for at in own
    ]  # fmt: skip
    if others := [at for at in held if at not in own]:
        tasks = [answer.built.tasks[at] for at in others]
        columns = tuple(said.words(f"plan.col_{name}") for name in ("task", "start", "why"))
        rows = tuple(
            (
                Cell(_named(answer, said, at), said.url(answer.built.tasks[at])),
                Cell(said.moment(answer.begins(answer.outcome.schedule[at].start))),
                Cell(said.all(answer.why[at]), sentence=True),
            )
            for at in others
        )
        blocks.append(Table(columns, rows, said.claim("plan.why_others", tasks, n=len(others))))
    if blocks:
        yield Section("plan_why", said.words("section.plan_why"), tuple(blocks))


def _row(answer: Answer, said: PlanWords, at: int) -> tuple[Cell, ...]:
    begins, ends = answer.moments(answer.outcome.schedule[at])
    slack = said.words("plan.decides") if at in answer.deciding else said.slack(int(answer.network.slack[at]))
    return (
        Cell(_titled(answer, said, at), said.url(answer.built.tasks[at])),
        Cell(", ".join(map(said.person, answer.people(at)))), Cell(said.moment(begins)),
        Cell(said.moment(ends)), Cell(slack)
    )  # fmt: skip


def _named(answer: Answer, said: PlanWords, at: int) -> str:
    task = answer.built.tasks[at]
    return said.words("plan.review", task=plain(task)) if answer.built.review[at] else plain(task)


def _titled(answer: Answer, said: PlanWords, at: int) -> str:
    task = answer.built.tasks[at]
    return said.words("plan.review", task=plain(task)) if answer.built.review[at] else said.title(task)


def drawn(answer: Answer, said: PlanWords) -> dict[str, object]:
    """The Gantt chart as a Vega-Lite specification: a row for each task, its review behind it."""
    schedule, built = answer.outcome.schedule, answer.built
    rows = sorted(built.groups, key=lambda group: (schedule[group[0]].start, schedule[group[0]].end, group[0]))[
        :DRAWN
    ]
    bars = []
    for row, group in enumerate(rows):
        doers = ", ".join(dict.fromkeys(said.person(who) for at in group for who in answer.people(at)))
        for at in group:
            begins, ends = answer.moments(schedule[at])
            who = ", ".join(map(said.person, answer.people(at)))
            hover = f"{_named(answer, said, at)}, {who}: {said.moment(begins)} - {said.moment(ends)}"
            bars.append(
                Bar(
                    row, _id(built.tasks[at]), doers if at == group[-1] else "", _local(said, begins),
                    _local(said, ends), at in answer.deciding, built.review[at], hover,
                )
            )  # fmt: skip
    return gantt(bars)


def _id(task: str) -> str:
    """What a row has room for: of a long name the end, which tells it from others."""
    shown = plain(task)
    return shown if len(shown) <= _ROOM else f"…{shown[1 - _ROOM :]}"


def _local(said: PlanWords, moment: Moment) -> str | int:
    """The clock on the wall as a text without a zone: a chart knows none but the one of who draws it."""
    return f"{moment.astimezone(said.words.zone):%Y-%m-%dT%H:%M:%S}Z" if isinstance(moment, datetime) else moment


def _batches(answer: Answer, said: PlanWords) -> Iterator[Section]:
    batches = answer.batches()
    if 1 < len(batches) <= _NAMED:
        claims = tuple(
            said.claim("plan.batch", batch, tasks=", ".join(batch[:_NAMED]) + (" …" if len(batch) > _NAMED else ""))
            for batch in batches
        )
        yield Section("plan_batches", said.words("section.plan_batches"), claims)


def _takes(answer: Answer, said: PlanWords) -> Iterator[Section]:
    """What agents cost, and how much work of which kind has a place."""
    blocks: list[Block] = []
    cost, kinds = answer.cost(), answer.by_kind()
    for one in cost["agents"]:
        if one["cost"]:
            key = "plan.cost" if one["budget"] is None else "plan.cost_of"
            facts = {name: one[name] for name in ("hours", "cost", "budget")}
            blocks.append(said.claim(key, who=said.person(one["who"]), **facts))
    if len(blocks) > 1:
        blocks.append(said.claim("plan.cost_all", cost=cost["total"]))
    placed = set(answer.built.tasks)
    for kind, sums in kinds.items() if kinds.keys() - {"unstated"} else ():
        tasks = [
            task.id for task in answer.built.plan.tasks if task.id in placed and (task.kind or "unstated") == kind
        ]
        shown = said.words(f"plan.kind_{kind}")
        blocks.append(said.claim("plan.kind", tasks, kind=shown, hours=sums["hours"], n=len(tasks)))
    if blocks:
        yield Section("plan_takes", said.words("section.plan_takes"), tuple(blocks))


def _loads(answer: Answer, said: PlanWords, load: frozenset[str]) -> Iterator[Section]:
    shown = [one for one in answer.load() if not load.isdisjoint((EVERYBODY, one["who"]))]
    rows = [
        (
            Cell(said.person(one["who"])),
            Cell("" if one["share"] is None else said.words.share(one["share"]), number=True),
        )
        for one in shown
    ]
    if rows:
        columns = tuple(said.words(f"plan.col_{name}") for name in ("who", "share"))
        table = Table(columns, tuple(rows), said.claim("plan.loads", [one["who"] for one in shown]))
        yield Section("plan_load", said.words("section.plan_load"), (table,))

"""An epic cut into slices of a sprint each, from the items that it has; with a graph for documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from fairlead.model.errors import Abort
from fairlead.model.times import aware
from fairlead.planning.planfile import After, Task
from fairlead.planning.slicing import USUAL_DAYS, Slice, Sliced, TooBig, of_stored
from fairlead.planning.stored import Stored, gather
from fairlead.planning.targets import Kind, find
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Block, Claim, Document, Ref, Section
from fairlead.reports.plain import plain
from fairlead.reports.plan_forms import text as harmless
from fairlead.reports.scope import Scope
from fairlead.reports.sentences import Teller

_LATEST = 5
"""Sprints from which the length of the next ones is taken."""
_SPRINTS = """
select s.start_at, s.end_at from sprints s left join sprint_teams t on t.sprint = s.id
where s.deleted_at is null and s.start_at is not null and s.end_at > s.start_at
    and t.team in (select unnest($teams))
order by s.start_at desc, s.id limit $most
"""


@dataclass(frozen=True)
class Cut:
    """The slices, with what they were cut from."""

    stored: Stored
    sliced: Sliced
    days: int
    """Working days of a slice."""
    usual: bool
    """Whether no sprint tells how long they are."""

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        target, ids = self.stored.target, self.stored.ids
        return {
            "target": {"kind": target.kind, "name": target.name, "ids": list(target.ids)},
            "working_days": self.days,
            "slices": [
                {"number": one.number, "start": one.start.isoformat(), "end": one.end.isoformat(),
                 "hours": round(one.hours, 1), "planned_hours": round(one.used, 1), "tasks": one.tasks,
                 "under_way": one.under_way}
                for one in self.sliced.slices
            ],
            "too_big": [
                {"task": one.task, "hours": round(one.hours, 1), "parts": one.parts,
                 "one_person_has": round(self.sliced.one_has, 1)}
                for one in self.sliced.too_big
            ],
            "left": list(self.sliced.left),
            "items": dict(ids),
        }  # fmt: skip

    def mermaid(self) -> str:
        """A graph: a box for each slice, an arrow from each item to what waits for it."""
        tasks = {task.id: task for task in self.stored.plan.tasks}
        number = {task: at for at, task in enumerate(tasks)}
        lines = ["flowchart LR"]
        for one in self.sliced.slices:
            lines.append(f'  subgraph s{one.number}["{one.number}: {one.start} - {one.end}"]')
            lines += [f'    t{number[task]}["{harmless(_titled(tasks[task]))}"]' for task in one.tasks]
            lines.append("  end")
        lines += [f'  t{number[task]}["{harmless(_titled(tasks[task]))}"]' for task in self.sliced.left]
        lines += [
            f"  t{number[before]} --> t{number[task]}"
            for task in tasks
            for before in _before(tasks[task])
            if before in number
        ]
        return "\n".join(lines) + "\n"


def slices(asked: Asked, kind: Kind, name: str) -> tuple[Document, Cut]:
    """The report and the slices of an epic or a milestone."""
    if kind == "sprint":
        raise Abort("a sprint is a slice already", hint="name an epic: --epic KEY --slices")
    scope = asked.scope
    target = find(scope.warehouse, scope.calendars, scope.now, kind, name, scope.team)
    assert target is not None, "only a next sprint can be unknown without being refused"
    stored = gather(scope.warehouse, scope.setup, scope.calendars, scope.now, target)
    if not stored.plan.tasks:
        raise Abort(f"nothing is open below `{plain(target.name)}`", hint="give it items, or name another")
    days = _days(scope, stored)
    said = scope.setup.planning
    cut = Cut(
        stored, of_stored(stored, said.focus, said.review_share, days or USUAL_DAYS), days or USUAL_DAYS, not days
    )
    return _told(asked.teller(zone=stored.calendar.zone), cut), cut


def _days(scope: Scope, stored: Stored) -> int:
    """Working days of the team's usual sprint; 0 where no sprint tells."""
    teams = sorted({team for one in stored.people for team in one.teams} or set(stored.paces))
    rows = scope.warehouse.rows(_SPRINTS, {"teams": teams, "most": _LATEST})
    day = stored.calendar.usual_day_seconds
    lengths = [
        stored.calendar.working_seconds(aware(row["start_at"]), aware(row["end_at"])) / day for row in rows if day
    ]
    return max(round(median(lengths)), 1) if lengths else 0


def _before(task: Task) -> list[str]:
    return [one.task if isinstance(one, After) else one for one in task.after]


def _titled(task: Task) -> str:
    return plain(f"{task.id} {task.title}").strip()


def _told(teller: Teller, cut: Cut) -> Document:
    found, words = cut.sliced, teller.words
    name = plain(cut.stored.target.name)
    everything = proof.of_records("work_items", list(cut.stored.ids.values()))
    if found.left:
        title = teller.claim("slices.title_left", everything, "act", name=name, left=len(found.left))
    else:
        end = words.date(found.slices[-1].end)
        title = teller.claim("slices.title", everything, n=len(found.slices), name=name, end=end)
    tasks = {task.id: task for task in cut.stored.plan.tasks}
    blocks: dict[str, Sequence[Block]] = {
        "slices_slices": [_slice(teller, cut, one, tasks) for one in found.slices],
        "slices_big": [_big(teller, cut, one) for one in found.too_big],
        "slices_left": [_of(teller, cut, "slices.left", task) for task in found.left],
        "slices_basis": list(_basis(teller, cut)),
    }
    sections = [Section(key, words(f"section.{key}"), tuple(said)) for key, said in blocks.items() if said]
    return document(teller, "slices", title, sections)


def _slice(teller: Teller, cut: Cut, one: Slice, tasks: Mapping[str, Task]) -> Claim:
    ids = [cut.stored.ids[task] for task in (*one.tasks, *one.under_way)]
    evidence = proof.of_records("work_items", ids or list(cut.stored.ids.values()))
    inside = {task for other in cut.sliced.slices for task in other.tasks}
    reasons = []
    for task in one.tasks:
        before = ", ".join(other for other in _before(tasks[task]) if other in inside)
        key = "slices.item_after" if before else "slices.item"
        said: dict[str, Any] = {"hours": round(float(str(tasks[task].estimate or 0)))}
        reasons.append(_of(teller, cut, key, task, **said, **({"before": before} if before else {})))
    reasons += [_of(teller, cut, "slices.under_way", task) for task in one.under_way]
    words = teller.words
    text = words(
        "slices.slice", number=one.number, start=words.date(one.start), end=words.date(one.end), n=len(one.tasks),
        used=round(one.used), hours=round(one.hours),
    )  # fmt: skip
    return Claim(key="slices.slice", text=text, evidence=evidence, reasons=tuple(reasons))


def _big(teller: Teller, cut: Cut, one: TooBig) -> Claim:
    most = round(cut.sliced.one_has)
    return _of(teller, cut, "slices.big", one.task, hours=round(one.hours), most=most, parts=one.parts)


def _of(teller: Teller, cut: Cut, key: str, task: str, **said: Any) -> Claim:
    item, link = cut.stored.ids[task], cut.stored.links.get(task)
    shown = next(_titled(one) for one in cut.stored.plan.tasks if one.id == task)
    told = teller.claim(key, proof.of_records("work_items", [item]), task=shown, **said)
    return Claim(key=key, text=told.text, evidence=told.evidence, refs=(Ref(item, task, link),))


def _basis(teller: Teller, cut: Cut) -> Iterator[Block]:
    everything = proof.of_records("work_items", list(cut.stored.ids.values()))
    key = "slices.basis_usual" if cut.usual else "slices.basis"
    people = sum(not one.agent for one in cut.stored.people)
    yield teller.claim(key, everything, days=cut.days, n=people)
    yield teller.claim("slices.order", everything)
    for note in cut.stored.notes:
        if note.kind == "other_teams":
            facts: dict[str, Any] = {**note.facts, "team": plain(note.facts["team"])}
            yield teller.claim("plan.note_other_teams", proof.of_records("work_items", list(note.items)), **facts)

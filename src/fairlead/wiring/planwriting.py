"""A plan written back: each difference between a plan and its tools as an act that somebody may propose.

Nothing is written by planning. What is so already, what is proposed already, and what was done since the tool was
last read gives no act, so that a second look at the same plan finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from fairlead.governance.lifecycle import OPEN
from fairlead.model.acts import Act, Assign, EditIssue, MoveInto, digest
from fairlead.model.errors import Fault
from fairlead.store import actions
from fairlead.store.actions import Row
from fairlead.wiring import governing, hands
from fairlead.wiring.services import Services

if TYPE_CHECKING:
    from fairlead.reports.planned import Planned

_DATED = frozenset({"jira", "gitlab"})
"""Tools whose items have a due day of their own."""
_SPRINTS = frozenset({"jira"})
_MILESTONES = frozenset({"github"})

_ITEMS = """
select w.id, w.source, w.key, w.assignee, w.assignees, w.due_at, w.sprint, w.milestone, w.repository, w.updated_at,
    d.person
from work_items w left join dim_accounts d on d.account = w.assignee
where w.id in (select unnest($items)) order by w.id
"""
_ACCOUNTS = """
select d.account, d.person from dim_accounts d
where d.person in (select unnest($people)) and d.account not like 'email:%' order by d.account
"""
_MILESTONE = """
select id, repository from milestones
where deleted_at is null and state = 'open' and lower(title) = $name order by id
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """An act that a plan asks for."""

    act: Act
    tool: str
    why: str

    def to_json(self) -> dict[str, Any]:
        """As plain values, as `POST /api/v1/actions` takes them."""
        return {"act": msgspec.to_builtins(self.act), "tool": self.tool, "why": self.why}


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that a plan asks for, and why the rest is not asked for."""

    acts: tuple[Wish, ...]
    refused: Mapping[str, int]
    """Reason -> how many acts it kept from being proposed."""

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {"proposals": [one.to_json() for one in self.acts], "refused": dict(self.refused)}


@dataclass(frozen=True, slots=True)
class Step:
    """What a plan says of an item: who does it by which day; nothing where it does not say."""

    item: str
    doer: str = ""
    """Person by record id."""
    ends: date | None = None
    why: str = ""


def of_plan(services: Services, found: Planned) -> Wishes:
    """What the tools would have to be told so that they show a plan: who, by when, in which sprint."""
    target = found.stored.target
    name = target.name or f"the next {target.kind}"
    steps = [Step(item, doer, ends, f"as the plan of {name} has it") for item, doer, ends in _placed(found)]
    into = tuple(target.ids) if target.kind == "sprint" else ()
    return _wished(services, steps, into, target.name if target.kind == "sprint" else "")


def of_moves(services: Services, steps: Sequence[Step]) -> Wishes:
    """What the tools would have to be told so that items are with others."""
    return _wished(services, steps, (), "")


def propose(services: Services, wishes: Iterable[Wish], *, by: str) -> list[Row]:
    """Proposes them in somebody's name; policy judges each at once."""
    return [governing.propose(services, one.act, one.tool, by=by, why=one.why) for one in wishes]


def read(said: Mapping[str, Any]) -> list[Wish]:
    """The wishes of an answer in JSON."""
    from fairlead.model.acts import read_act

    return [Wish(read_act(one["act"]), one["tool"], one["why"]) for one in said["proposals"]]


def _placed(found: Planned) -> Iterator[tuple[str, str, date | None]]:
    """Of each item that has a place who does it, and the day on which it is over, its review included."""
    answer, stored = found.answer, found.stored
    persons = {one.id: one.person for one in stored.people}
    ends: dict[str, datetime] = {}
    doers: dict[str, Sequence[str]] = {}
    for at, task in enumerate(answer.built.tasks):
        end = answer.moments(answer.placed(at)[0])[1]
        if isinstance(end, datetime):
            ends[task] = max(end, ends.get(task, end))
        if not answer.built.review[at]:
            doers[task] = answer.people(at)
    for task, who in doers.items():
        if item := stored.ids.get(task):
            day = stored.calendar.local_day(ends[task]) if task in ends else None
            # several at once are no assignee
            yield item, persons.get(who[0], "") if len(who) == 1 else "", day


def _wished(services: Services, steps: Sequence[Step], into: tuple[str, ...], title: str) -> Wishes:
    rows = {row["id"]: row for row in services.warehouse.rows(_ITEMS, {"items": [one.item for one in steps]})}
    accounts: dict[tuple[str, str], str] = {}
    people = sorted({one.doer for one in steps if one.doer})
    for row in services.warehouse.rows(_ACCOUNTS, {"people": people}):
        accounts.setdefault((row["account"].partition(":")[0], row["person"]), row["account"])
    milestones: dict[str, str] = {}
    if title:
        for row in services.warehouse.rows(_MILESTONE, {"name": title.casefold()}):
            milestones.setdefault(row["repository"] or "", row["id"])
    asked: list[Wish] = []
    refused: dict[str, int] = {}
    known = _known(services, rows)
    for step in steps:
        if (found := rows.get(step.item)) is None:
            continue
        acts: tuple[Act | None, ...] = (
            _assigned(found, step, accounts, refused),
            _dated(services, found, step),
            _moved(services, found, into, milestones),
        )
        tool = found["source"]
        for act in acts:
            if act is None or digest(act, tool) in known:
                continue
            if reason := _refused(services, act, tool):
                refused[reason] = refused.get(reason, 0) + 1
            else:
                asked.append(Wish(act, tool, step.why))
    return Wishes(tuple(asked), refused)


def _assigned(
    row: Mapping[str, Any], step: Step, accounts: Mapping[tuple[str, str], str], refused: dict[str, int]
) -> Act | None:
    if not step.doer or row["person"] == step.doer:
        return None
    account = accounts.get((row["source"], step.doer))
    if account is None:
        # who it is would tell in a count of one whose work is planned: the plan itself names them
        reason = f"no account in {row['source']} is known for whom the plan names"
        refused[reason] = refused.get(reason, 0) + 1
        return None
    before = [one for one in (row["assignee"],) if one and one != account]
    return Assign(subject=row["id"], add=(account,), remove=tuple(before))


def _dated(services: Services, row: Mapping[str, Any], step: Step) -> Act | None:
    """The day of the plan where an item has none: one that somebody has set is a promise, and stays."""
    if step.ends is None or row["due_at"] is not None or _tool(services, row["source"]) not in _DATED:
        return None
    return EditIssue(subject=row["id"], due=step.ends.isoformat())


def _moved(
    services: Services, row: Mapping[str, Any], into: Sequence[str], milestones: Mapping[str, str]
) -> Act | None:
    """Into the sprint of the same tool; where a tool has none, under the open milestone of the sprint's name."""
    tool = _tool(services, row["source"])
    own = [one for one in into if one.startswith(f"{row['source']}:")]
    if tool in _SPRINTS and own and row["sprint"] not in own:
        return MoveInto(subject=row["id"], into=own[0])
    place = milestones.get(row["repository"] or "")
    if tool in _MILESTONES and place and row["milestone"] != place:
        return MoveInto(subject=row["id"], into=place)
    return None


def _tool(services: Services, source: str) -> str:
    try:
        return services.tool(source)
    except Fault:
        return ""


def _refused(services: Services, act: Act, tool: str) -> str:
    """Why a home does no such thing; empty where it does."""
    return hands.ToolHands(services).refused(act, tool)


def _known(services: Services, rows: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """Acts that somebody has proposed already, or that were done after the tool was last read."""
    with services.database.read() as tx:
        held = actions.in_states(tx, [*OPEN, "done"])
    found = set()
    for one in held:
        row = rows.get(one["subject"] or "")
        if one["state"] in OPEN or (row and _later(one["finished_at"], row["updated_at"])):
            found |= {one["digest"], one["asked"]}
    return frozenset(found)


def _later(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is not None
    aware = other if other.tzinfo else other.replace(tzinfo=UTC)
    return one > aware


def told(row: Row) -> dict[str, Any]:
    """A proposal in a line."""
    return {"id": row["id"], "state": row["state"], "title": row["title"], "reasons": list(row["reasons"] or ())}

"""A running sprint in balance again: who has too much to do, who has room, and the few items that would even it out.

How busy each is stands in all of it: it is for whoever plans, and of a person's own load for that person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from fairlead.model.errors import Abort
from fairlead.planning.answer import EVERYBODY
from fairlead.planning.rebalancing import Balance, Move, of_plan, share
from fairlead.planning.stored import Stored, gather
from fairlead.planning.targets import NEXT, find
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Block, Cell, Claim, Document, Section, Table
from fairlead.reports.plain import plain
from fairlead.reports.sentences import Teller
from fairlead.reports.whose import shown_of
from fairlead.reports.wording import Share

_BEGUN = """
select id from work_items where id in (select unnest($items)) and status_category = 'in_progress' order by id
"""


@dataclass(frozen=True)
class Rebalanced:
    """What was found, with what it is about."""

    stored: Stored
    balance: Balance

    shown: frozenset[str] = frozenset({EVERYBODY})
    """Whose load is told."""

    def to_json(self) -> dict[str, Any]:
        """As plain values: all of it where everybody's load is told, else that load alone."""
        found, target = self.balance, self.stored.target
        names = {one.id: one.person for one in self.stored.people}
        told: dict[str, Any] = {
            "target": {"kind": target.kind, "name": target.name, "ids": list(target.ids), "team": target.team},
            "until": self.stored.plan.end,
            "load": [
                {"who": who, "before": share(found.before[who], hours), "after": share(found.after[who], hours)}
                for who, hours in found.hours.items()
                if self.tells(who)
            ],
        }
        if EVERYBODY not in self.shown:
            return told
        moves = [
            {"task": move.task, "item": self.stored.ids[move.task], "from": names[move.giver],
             "to": names[move.taker], "score": round(move.score, 3)}
            for move in found.moves
        ]  # fmt: skip
        return {**told, "moves": moves, "fewest": found.fewest, "over": found.over, "room": found.free,
                "still_over": found.still}  # fmt: skip

    def tells(self, who: str) -> bool:
        """Whether somebody's load is told."""
        return not self.shown.isdisjoint((EVERYBODY, who))


def rebalance(asked: Asked, sprint: str, load: str = "") -> tuple[Document, Rebalanced]:
    """The report of a sprint that runs; `load` says whose load it tells: ids, teams, `*` for whoever plans."""
    if sprint.strip().upper() in ("", NEXT):
        raise Abort("a sprint that runs is rebalanced, not one to come", hint="name it: --sprint 42")
    scope = asked.scope
    target = find(scope.warehouse, scope.calendars, scope.now, "sprint", sprint, scope.team)
    if target is None or target.end is None:
        raise Abort(f"`{plain(sprint)}` has no end to count hours until", hint="give it an end in its tool")
    stored = gather(scope.warehouse, scope.setup, scope.calendars, scope.now, target)
    if not stored.plan.tasks:
        raise Abort(f"nothing is open in `{plain(target.name)}`", hint="there is nothing to move")
    begun = {row["id"] for row in scope.warehouse.rows(_BEGUN, {"items": list(stored.ids.values())})}
    balance = of_plan(stored.plan, {task for task, item in stored.ids.items() if item in begun})
    found = Rebalanced(stored, balance, shown_of(stored, load))
    return _told(asked.teller(zone=stored.calendar.zone), found), found


def _told(teller: Teller, found: Rebalanced) -> Document:
    sections = []
    if EVERYBODY in found.shown and found.balance.moves:
        blocks = tuple(_moves(teller, found))
        sections.append(Section("rebalance_moves", teller.words("section.rebalance_moves"), blocks))
    if section := _loads(teller, found):
        sections.append(section)
    return document(teller, "rebalance", _title(teller, found), sections)


def _title(teller: Teller, found: Rebalanced) -> Claim:
    balance, name = found.balance, plain(found.stored.target.name)
    evidence = proof.of_records("work_items", list(found.stored.ids.values()))
    if EVERYBODY not in found.shown:
        return teller.claim("section.rebalance_load", evidence)
    still, n = len(balance.still), len(balance.moves)
    if not balance.over:
        return teller.claim("rebalance.title_even", evidence, "ok", name=name)
    if not n:
        return teller.claim("rebalance.title_none", evidence, "act", name=name, still=still)
    if still:
        return teller.claim("rebalance.title_some", evidence, "act", n=n, name=name, still=still)
    return teller.claim("rebalance.title", evidence, "watch", n=n, name=name)


def _moves(teller: Teller, found: Rebalanced) -> Iterator[Block]:
    titles = {task.id: task.title for task in found.stored.plan.tasks}
    for move in found.balance.moves:
        yield _move(teller, found, move, plain(f"{move.task} {titles.get(move.task, '')}").strip())
    evidence = proof.of_records("work_items", list(found.stored.ids.values()))
    yield teller.claim("rebalance.fewest" if found.balance.fewest else "rebalance.not_fewest", evidence)
    end = teller.words.date(date.fromisoformat(found.stored.plan.end))
    yield teller.claim("rebalance.basis", evidence, end=end)


def _move(teller: Teller, found: Rebalanced, move: Move, task: str) -> Claim:
    evidence = proof.of_records("work_items", [found.stored.ids[move.task]])
    giver, taker = (_name(found, who) for who in (move.giver, move.taker))

    def shares(who: str) -> dict[str, Any]:
        hours, balance = found.balance.hours[who], found.balance
        return {
            "before": _share(teller, balance.before[who], hours), "after": _share(teller, balance.after[who], hours)
        }  # fmt: skip

    why = (
        teller.claim("rebalance.why_giver", evidence, giver=giver, **shares(move.giver)),
        teller.claim(
            "rebalance.why_taker", evidence, taker=taker, score=round(move.score * 100), **shares(move.taker)
        ),
    )
    told = teller.claim("rebalance.move", evidence, task=task, giver=giver, taker=taker)
    return Claim(key=told.key, text=told.text, evidence=evidence, reasons=why)


def _share(teller: Teller, work: int, hours: int) -> Any:
    found = share(work, hours)
    return teller.words("rebalance.absent") if found is None else Share(found)


def _row(teller: Teller, found: Rebalanced, who: str) -> tuple[Cell, ...]:
    hours, sides = found.balance.hours[who], (found.balance.before, found.balance.after)
    shares = (Cell(_text(teller, side[who], hours), number=True) for side in sides)
    return (Cell(_name(found, who)), *shares)


def _loads(teller: Teller, found: Rebalanced) -> Section | None:
    rows = [_row(teller, found, who) for who in found.balance.hours if found.tells(who)]
    if not rows:
        return None
    columns = tuple(teller.words(key) for key in ("plan.col_who", "rebalance.col_now", "rebalance.col_then"))
    evidence = proof.of_records("work_items", list(found.stored.ids.values()))
    table = Table(columns, tuple(rows), teller.claim("rebalance.loads", evidence))
    return Section("rebalance_load", teller.words("section.rebalance_load"), (table,))


def _text(teller: Teller, work: int, hours: int) -> str:
    found = share(work, hours)
    return "" if found is None and not work else teller.words.value(_share(teller, work, hours))


def _name(found: Rebalanced, who: str) -> str:
    return next((plain(one.name) for one in found.stored.people if one.id == who), who)


def persons(found: Rebalanced, whom: Collection[Move]) -> list[tuple[str, str]]:
    """Item and the person to whom each of some moves gives it."""
    names = {one.id: one.person for one in found.stored.people}
    return [(found.stored.ids[move.task], names[move.taker]) for move in whom]

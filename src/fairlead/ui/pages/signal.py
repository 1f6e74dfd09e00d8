"""One signal: what is the matter, why the rule says so, all that happened to it, and who is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import msgspec
from starlette.responses import Response

from fairlead.model.times import parse_time
from fairlead.reports.plain import plain
from fairlead.signals.entering import demanded
from fairlead.signals.escalation import Frozen, unpack
from fairlead.signals.explaining import Step, explain
from fairlead.signals.judging import kinds_of
from fairlead.signals.language.tree import Kind
from fairlead.signals.rules import Rule, read
from fairlead.signals.seeing import Reader, readers
from fairlead.signals.templates import worded
from fairlead.store import signals
from fairlead.ui.kept import kept
from fairlead.ui.page import Page
from fairlead.ui.pages.signals import WORDS as STATES
from fairlead.ui.rights import allowed
from fairlead.ui.views.acting import names_of, team_name
from fairlead.ui.views.reasoning import Node
from fairlead.ui.views.waking import MAY, item, names
from fairlead.ui.visit import Visit

WORDS = {
    "opened": "opened",
    "reopened": "opened again",
    "changed": "another severity",
    "acknowledged": "taken on",
    "unacknowledged": "no longer taken on",
    "reminded": "reminded",
    "snoozed": "put off",
    "woken": "woken",
    "escalated": "escalated",
    "resolved": "healed",
    "returned": "holds again",
    "unknown": "nobody knows",
    "known": "known again",
    "notify": "told by the rule",
    "step": "called by the escalation",
    "team": "listed for",
}
"""Kinds of events and ways to hear of a signal, in words."""


@dataclass(frozen=True)
class Happened:
    """A line of the timeline."""

    at: datetime
    text: str
    link: str = ""


@dataclass(frozen=True)
class Day:
    """Events of one day."""

    title: str
    events: tuple[Happened, ...]


def show(visit: Visit) -> Response:
    """All of one signal; one that is not there is told as such."""
    services, now = visit.services, visit.services.clock.now()
    row = demanded(services.database, visit.path["id"], live=False)
    rule, chain = read(services.loaded.own_folders("rules"))[0].get(row["rule"]), unpack(row["chain"])
    with services.database.read() as tx:
        history, mutes = signals.history(tx, row["id"]), signals.mutes(tx, now)
        told = readers(row, rule, mutes)
        whom = [*(reader.who for reader in told), *(stage.who for stage in (chain.stages if chain else ()))]
        called = names_of(tx, (one for who in whom for one in who))
    found = (
        kept(
            visit,
            ("why", repr(rule.written), row["subject"]),
            lambda: explain(services.warehouse, rule, row["subject"], now),
        )
        if rule
        else None
    )
    known = names(visit, [row, *({"acknowledged_by": one["by"]} for one in history)])
    one = item(visit, row, known, {(mute.rule, mute.whom) for mute in mutes})
    return visit.page(
        "pages/signal.html",
        one.title,
        one=one,
        tree=_tree(visit, found.steps) if found else None,
        values=_values(visit, row, rule),
        days=list(_days(visit, history, known)),
        chain=chain,
        stages=_stages(visit, chain, row["level"] or 0, called),
        heard=[_heard(visit, reader, called) for reader in told],
        url=row["url"] or "",
        rule_link=visit.scope.link(f"/rules/{row['rule']}"),
        words={**STATES, **WORDS},
        manages=allowed(visit, MAY["team"]),
    )


def _tree(visit: Visit, steps: Sequence[Step]) -> Node:
    """The lines of an explanation as a tree, by their depths."""
    root = Node("", None)
    stack: list[Node] = []
    for step in steps:
        unknown = "" if step.holds is not None else visit.words("unknown")
        node = Node(step.said, step.holds, otherwise=unknown)
        del stack[step.depth :]
        (stack[-1] if stack else root).below.append(node)
        stack.append(node)
    return root.below[0]


def _values(visit: Visit, row: Mapping[str, Any], rule: Rule | None) -> list[tuple[str, str, str]]:
    """Name, what it means and what was read."""
    docs = {column.name: column.doc for column in rule.subject.columns} if rule else {}
    kinds = kinds_of(rule) if rule else {}
    held = msgspec.json.decode(row["values"] or "{}")
    return [(name, docs.get(name, ""), plain(_said(visit, value, kinds.get(name)))) for name, value in held.items()]


def _said(visit: Visit, value: Any, kind: Kind | None) -> str:
    if value is None:
        return ""
    if kind == "time":
        return visit.shown.moment(parse_time(value))
    return worded(value, kind)


def _days(visit: Visit, history: Sequence[Mapping[str, Any]], known: Mapping[str, str]) -> Iterator[Day]:
    lines = [Happened(one["at"], _line(visit, one, known)) for one in reversed(history)]
    for title, events in groupby(lines, key=lambda line: visit.shown.day(line.at)):
        yield Day(title, tuple(events))


def _line(visit: Visit, one: Mapping[str, Any], known: Mapping[str, str]) -> str:
    words, detail = visit.words, one["detail"]
    said = words(WORDS.get(one["kind"], one["kind"]))
    if one["by"]:
        said += f" · {known.get(one['by'], one['by'])}"
    more = [str(detail[name]) for name in ("how", "reason", "to") if detail.get(name)]
    if detail.get("until"):
        more.insert(0, words("until {at}", at=visit.shown.moment(parse_time(detail["until"]))))
    if detail.get("from"):
        more = [f"{words(detail['from'])} → {words(detail['to'])}"]
    return plain(" · ".join([said, *more]))


def _stages(visit: Visit, chain: Frozen | None, level: int, called: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Step, its moment, and whether it was reached."""
    return [
        (
            _whom(visit, stage.to, stage.who, called),
            visit.shown.moment(stage.at),
            "ok" if place <= level else "neutral",
        )
        for place, stage in enumerate(chain.stages if chain else ())
    ]


def _heard(visit: Visit, reader: Reader, called: Mapping[str, str]) -> str:
    said = f"{visit.words(WORDS[reader.why])}: {_whom(visit, reader.to, reader.who, called)}"
    return f"{said} ({visit.words('muted')})" if reader.muted else said


def _whom(visit: Visit, to: str, who: Sequence[str], called: Mapping[str, str]) -> str:
    names = [called.get(one) or team_name(visit, one) or one for one in who]
    return ", ".join(names) or visit.words(to.removeprefix("role:"))


PAGE = Page("/signals/{id:path}", "Signal", 61, show, shown="nowhere", cut=())

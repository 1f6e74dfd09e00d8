"""The verb `plan`: the plan of a sprint, an epic or a milestone in the form that is asked for."""

from __future__ import annotations

from fairlead.model.errors import Abort
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.document import Document
from fairlead.reports.plain import plain
from fairlead.reports.planned import Planned, Wish, planned
from fairlead.wiring.answers import language
from fairlead.wiring.replies import Reply, Words, reply_json
from fairlead.wiring.services import Services
from fairlead.wiring.showing import shown

MOST_S = 60.0
"""A server gives its cores to one plan no longer."""


def answer_plan(services: Services, words: Words) -> Reply:
    """A plan from the store; as JSON with all its numbers, as Mermaid, as a calendar."""
    form, now = words.get("form") or "terminal", services.clock.now()
    document, found = asked_plan(services, words)
    if form == "json":
        load = words.get("load", "")
        return reply_json({**render.to_plain(document), "plan": found.to_json(load) if found else None})
    if form in ("mermaid", "ics"):
        if found is None:
            raise Abort("there is nothing to plan", hint="name a sprint, an epic or a milestone with open items")
        from fairlead.reports import plan_forms

        if form == "mermaid":
            return Reply(plan_forms.mermaid(found.answer))
        return Reply(plan_forms.ics(found.answer, now), "text/calendar; charset=utf-8")
    return shown(services, document, words)


def asked_plan(services: Services, words: Words) -> tuple[Document, Planned | None]:
    """The plan that words ask for, as a report and as it was found."""
    now, told = services.clock.now(), language(services, words)
    asked = Asked(services.warehouse, services.setup, now, words.get("team") or None, told, services.intake())
    said = {name: words.get(name, "") for name in ("sprint", "epic", "milestone", "load")}
    changes = tuple(filter(str.strip, words.get("what_if", "").split("\n")))
    return planned(asked, Wish(**said, what_if=changes, within_s=_seconds(words), seed=_seed(words)))


def _seconds(words: Words) -> float:
    said = words.get("time_limit") or "0"
    try:
        found = float(said)
    except ValueError as fault:
        raise Abort(f"no number of seconds: {plain(said)}", hint="write it like 5") from fault
    # also what is no number at all: nan lies in no range
    if not 0 <= found <= MOST_S:
        raise Abort(f"no time for the solver: {plain(said)}", hint=f"it can be from 0 to {MOST_S:.0f} seconds")
    return found


def _seed(words: Words) -> int:
    said = words.get("seed") or "1"
    if not (said.isdecimal() and len(said) < 10):
        raise Abort(f"no seed: {plain(said)}", hint="write a whole number")
    return int(said)

"""Rules: what each watches, with how many subjects it names now; the broken ones are told and not hidden."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.signals.around import known_of
from fairlead.signals.rules import inspect
from fairlead.store import signals
from fairlead.store.signals import Wanted
from fairlead.ui.page import Page
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """All rules by what they are about."""
    services = visit.services
    now = services.clock.now()
    rules, told = inspect(services.loaded.own_folders("rules"), known_of(services.loaded, now.date()))
    # As they were judged last: to judge all rules takes a second, and the inbox would say otherwise.
    with services.database.read() as tx:
        open_, unknown = (
            signals.counted(tx, Wanted(states=(state,), monitored=True), now, "rule") for state in ("open", "unknown")
        )
    kinds: dict[str, list[tuple[str, str, str, int, int]]] = {}
    for rule in rules.values():
        counts = open_.get(rule.id, 0), unknown.get(rule.id, 0)
        kinds.setdefault(rule.subject.name, []).append((rule.id, rule.title, rule.written.mode, *counts))
    return visit.page(
        "pages/rules.html",
        visit.words.plural("{n} rule", "{n} rules", len(rules), n=visit.shown.number(len(rules))),
        kinds=[(name, rules[members[0][0]].subject.doc, members) for name, members in kinds.items()],
        faults=[str(one.fault) for one in told if one.weight == "off"],
        others=[str(one.fault) for one in told if one.weight != "off"],
    )


PAGE = Page("/rules", "Rules", 77, show, shown="more", scoped=False)

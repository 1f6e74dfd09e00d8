"""Rules: what each watches, with how many subjects it names now; the broken ones are told and not hidden."""

from __future__ import annotations

from collections import Counter

from starlette.responses import Response

from fairlead.signals.judging import judge_all
from fairlead.signals.rules import read
from fairlead.ui.page import Page
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """All rules by what they are about."""
    rules, faults = read(visit.services.loaded.own_folders("rules"))
    on = [rule for rule in rules.values() if rule.written.mode != "off"]
    found = judge_all(visit.services.warehouse, on, visit.services.clock.now())
    counted = Counter((one.rule, one.state) for one in found)
    kinds: dict[str, list[tuple[str, str, str, int, int]]] = {}
    for rule in rules.values():
        counts = counted[rule.id, "open"], counted[rule.id, "unknown"]
        kinds.setdefault(rule.subject.name, []).append((rule.id, rule.written.title, rule.written.mode, *counts))
    return visit.page(
        "pages/rules.html",
        visit.words.plural("{n} rule", "{n} rules", len(rules), n=visit.shown.number(len(rules))),
        kinds=[(name, rules[members[0][0]].subject.doc, members) for name, members in kinds.items()],
        faults=[str(fault) for fault in faults],
    )


PAGE = Page("/rules", "Rules", 77, show, shown="more", scoped=False)

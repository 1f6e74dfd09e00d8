"""One rule: its condition, its examples with what came of them, and what it names now; its past comes by itself."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.model.errors import Abort
from fairlead.signals.explaining import Explained, explain
from fairlead.signals.judging import judge, kinds_of
from fairlead.signals.language.say import say
from fairlead.signals.rules import Rule, read
from fairlead.signals.templates import worded
from fairlead.signals.trying import tried
from fairlead.ui.kept import kept
from fairlead.ui.misnamed import Misnamed, choice
from fairlead.ui.page import Page
from fairlead.ui.views.pasts import DAYS
from fairlead.ui.visit import Visit

_MOST = 200
"""Subjects listed; the command line and the API list all."""


def show(visit: Visit) -> Response:
    """The rule, the subject that is asked about, and the days of the past."""
    rule = asked(visit)
    warehouse, now = visit.services.warehouse, visit.services.clock.now()
    subject, days = visit.said("subject").strip(), choice(visit, "days", DAYS)
    # over the same facts the same rule says the same: both scans take most of a second
    same = repr(rule.written)
    why = kept(visit, ("why", same, subject), lambda: explain(warehouse, rule, subject, now)) if subject else None
    if subject and why is None:
        raise Misnamed("subject", subject, ())
    found = [] if rule.written.mode == "off" else kept(visit, ("judged", same), lambda: judge(warehouse, rule, now))
    return visit.page(
        "pages/rule.html",
        rule.title,
        rule=rule,
        condition=say(rule.condition),
        graver=[(name, say(node)) for name, node in rule.severities],
        examples=kept(visit, ("examples", same), lambda: list(tried(warehouse, [rule]))),
        found=found[:_MOST],
        more=max(0, len(found) - _MOST),
        subject=subject,
        why=why,
        read=_read(rule, why),
        days=days or DAYS[1],
        choices=DAYS,
    )


def asked(visit: Visit) -> Rule:
    """The rule that the address names."""
    rules, _ = read(visit.services.loaded.own_folders("rules"))
    rule = rules.get(visit.path["rule"])
    if rule is None:
        raise Abort(f"no rule `{visit.path['rule']}`", hint="`fairlead rules check` names broken ones")
    return rule


def _read(rule: Rule, why: Explained | None) -> list[tuple[str, str]]:
    kinds = kinds_of(rule)
    return (
        [(name, "" if value is None else worded(value, kinds[name])) for name, value in why.values.items()]
        if why
        else []
    )


PAGE = Page("/rules/{rule}", "Rule", 78, show, shown="nowhere", scoped=False, reads=("subject", "days"))

"""One rule: its condition, its examples with what came of them, what it names now, and its past on demand."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.model.errors import Abort
from fairlead.signals.backtesting import Backtest, backtest
from fairlead.signals.explaining import Explained, explain
from fairlead.signals.judging import judge, kinds_of
from fairlead.signals.language.say import say
from fairlead.signals.rules import Rule, read
from fairlead.signals.templates import worded
from fairlead.signals.trying import tried
from fairlead.ui.kept import kept
from fairlead.ui.misnamed import Misnamed, choice
from fairlead.ui.page import Page
from fairlead.ui.visit import Visit

DAYS = ("30", "90", "365")
_MOST = 200
"""Subjects listed; the command line and the API list all."""


def show(visit: Visit) -> Response:
    """The rule, the subject that is asked about, and the days of the past."""
    rules, _ = read(visit.services.loaded.own_folders("rules"))
    rule = rules.get(visit.path["rule"])
    if rule is None:
        raise Abort(f"no rule `{visit.path['rule']}`", hint="`fairlead rules check` names broken ones")
    warehouse, now = visit.services.warehouse, visit.services.clock.now()
    subject, days = visit.said("subject").strip(), choice(visit, "days", DAYS)
    # over the same facts the same rule says the same: both scans take most of a second
    same = repr(rule.written)
    why = kept(visit, ("why", same, subject), lambda: explain(warehouse, rule, subject, now)) if subject else None
    if subject and why is None:
        raise Misnamed("subject", subject, ())
    past, unknown = _past(visit, rule, days)
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
        days=days,
        choices=DAYS,
        past=past,
        busiest=_busiest(past) if past else (),
        median=worded(past.open_s, "length") if past and past.open_s else "",
        unknown=unknown,
    )


def _past(visit: Visit, rule: Rule, days: str) -> tuple[Backtest | None, str]:
    if not days:
        return None, ""
    try:
        return backtest(visit.services.warehouse, rule, visit.services.clock.now(), int(days)), ""
    except Abort as fault:
        return None, fault.message


def _read(rule: Rule, why: Explained | None) -> list[tuple[str, str]]:
    kinds = kinds_of(rule)
    return (
        [(name, "" if value is None else worded(value, kinds[name])) for name, value in why.values.items()]
        if why
        else []
    )


def _busiest(past: Backtest) -> list[tuple[str, int]]:
    """The days on which it fired most."""
    return sorted(past.fired.items(), key=lambda one: (-one[1], one[0]))[:10]


PAGE = Page("/rules/{rule}", "Rule", 78, show, shown="nowhere", scoped=False, reads=("subject", "days"))

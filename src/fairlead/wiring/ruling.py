"""The verb `rules`: what they are, what they say now, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from fairlead.config.check import did_you_mean
from fairlead.model.errors import Abort, ConfigFault
from fairlead.model.times import iso
from fairlead.reports import render
from fairlead.reports.plain import plain
from fairlead.signals.explaining import explain
from fairlead.signals.judging import Candidate, judge
from fairlead.signals.rules import Rule, read
from fairlead.wiring.replies import Reply, Words, reply_json
from fairlead.wiring.services import Services

_LISTED = ("rule", "subject", "severity", "open", "unknown", "title")
_FOUND = ("subject", "state", "severity", "team", "title")


def answer_rules(services: Services, words: Words) -> Reply:
    """All rules with how many subjects they name now; of one rule the subjects; of one subject the reasons."""
    rules, faults = read(services.loaded.own_folders("rules"))
    if not (name := words.get("rule", "")):
        return _listed(services, rules, faults, words)
    rule = named(rules, name)
    return (
        _reasons(services, rule, subject, words)
        if (subject := words.get("subject", ""))
        else _found(services, rule, words)
    )


def named(rules: Mapping[str, Rule], name: str) -> Rule:
    """The rule of that id; an unknown one names what was probably meant."""
    if name not in rules:
        raise Abort(
            f"no rule `{plain(name)}`{did_you_mean(name, list(rules))}",
            hint="`fairlead rules check` names broken ones",
        )
    return rules[name]


def _listed(services: Services, rules: Mapping[str, Rule], faults: Sequence[ConfigFault], words: Words) -> Reply:
    now, rows = services.clock.now(), []
    for rule in rules.values():
        found = judge(services.warehouse, rule, now) if rule.written.mode != "off" else []
        counts = {state: sum(one.state == state for one in found) for state in ("open", "unknown")}
        rows.append({
            "rule": rule.id, "subject": rule.subject.name, "severity": rule.written.severity.default, **counts,
            "title": plain(rule.written.title), "mode": rule.written.mode, "owner": rule.written.owner,
            "expires": rule.written.expires, "version": rule.version,
        })  # fmt: skip
    broken = [str(fault) for fault in faults]
    if words.get("form") == "json":
        return reply_json({"rules": rows, "broken": broken})
    table = _table(_LISTED, rows, words)
    # a rule that is off because it is broken must not look like one that has found nothing
    return Reply("\n".join([table, *broken]) if broken else table)


def _found(services: Services, rule: Rule, words: Words) -> Reply:
    rows = [_row(one) for one in judge(services.warehouse, rule, services.clock.now())]
    if words.get("form") == "json":
        return reply_json({"rule": rule.id, "version": rule.version, "found": rows})
    return Reply(_table(_FOUND, rows, words))


def _row(one: Candidate) -> dict[str, Any]:
    return {
        "subject": one.subject, "state": one.state, "severity": one.severity, "team": one.team.removeprefix("team:"),
        "title": plain(one.title), "values": _values(one.values), "url": one.url,
    }  # fmt: skip


def _values(held: Mapping[str, Any]) -> dict[str, Any]:
    """Values as people and programs read them: the warehouse keeps UTC without saying so."""
    return {
        name: iso(value.replace(tzinfo=UTC)) if isinstance(value, datetime) else value for name, value in held.items()
    }


def _reasons(services: Services, rule: Rule, subject: str, words: Words) -> Reply:
    found = explain(services.warehouse, rule, subject, services.clock.now())
    if found is None:
        raise Abort(f"no {rule.subject.name} `{plain(subject)}`", hint=f"`{rule.id}` is about: {rule.subject.doc}")
    held = {True: "yes", False: "no", None: "unknown"}
    steps = [{"depth": step.depth, "said": step.said, "holds": held[step.holds]} for step in found.steps]
    if words.get("form") == "json":
        return reply_json({"rule": rule.id, "subject": subject, "steps": steps, "values": _values(found.values)})
    lines = [f"{step['holds']:8}{'  ' * int(str(step['depth']))}{step['said']}" for step in steps]
    values = _values(found.values).items()
    lines += ["", *(f"{name} = {'unknown' if value is None else plain(str(value))}" for name, value in values)]
    return Reply("\n".join(lines))


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], words: Words) -> str:
    shown = [{name: row[name] for name in columns} for row in rows]
    return render.rows(
        columns, shown, cut=False, width=int(words.get("width") or 0), colour=bool(words.get("colour"))
    )


VERBS = {"rules": answer_rules}
"""Name -> verb."""

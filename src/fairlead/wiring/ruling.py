"""The verb `rules`: what they are, what they say now, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from fairlead.config.check import did_you_mean
from fairlead.model.errors import Abort, ConfigFault
from fairlead.reports import render
from fairlead.reports.plain import plain
from fairlead.signals.explaining import explain
from fairlead.signals.judging import Candidate, judge, judge_all, kinds_of
from fairlead.signals.language.tree import Kind
from fairlead.signals.rules import Rule
from fairlead.signals.rules import read as read_rules
from fairlead.signals.templates import worded
from fairlead.wiring.backtests import in_lines, past_of
from fairlead.wiring.replies import Reply, Words, reply_json
from fairlead.wiring.services import Services

_LISTED = ("rule", "subject", "severity", "open", "unknown", "title")
_FOUND = ("subject", "state", "severity", "team", "title", "said")


def answer_rules(services: Services, words: Words) -> Reply:
    """All rules with how many subjects they name now; of one its subjects or its past; of one subject the reasons."""
    rules, faults = read_rules(services.loaded.own_folders("rules"))
    if not (name := words.get("rule", "")):
        return _listed(services, rules, faults, words)
    rule = named(rules, name)
    if days := words.get("days", ""):
        told = past_of(services, rule, days, words.get("with", ""))
        if words.get("form") == "json":
            return reply_json(told)
        return Reply(in_lines(told, int(words.get("width") or 0), colour=bool(words.get("colour"))))
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
    found = judge_all(services.warehouse, [rule for rule in rules.values() if rule.written.mode != "off"], now)
    counted = Counter((one.rule, one.state) for one in found)
    for rule in rules.values():
        counts = {state: counted[rule.id, state] for state in ("open", "unknown")}
        rows.append({
            "rule": rule.id, "subject": rule.subject.name, "severity": rule.written.severity.default, **counts,
            "title": plain(rule.title), "template": plain(rule.written.title), "mode": rule.written.mode,
            "owner": rule.written.owner,
            "expires": rule.written.expires, "version": rule.version,
        })  # fmt: skip
    broken = [str(fault) for fault in faults]
    if words.get("form") == "json":
        return reply_json({"rules": rows, "broken": broken})
    table = _table(_LISTED, rows, words)
    # a rule that is off because it is broken must not look like one that has found nothing
    return Reply("\n".join([table, *broken]) if broken else table)


def _found(services: Services, rule: Rule, words: Words) -> Reply:
    kinds = kinds_of(rule)
    rows = [_row(one, kinds) for one in judge(services.warehouse, rule, services.clock.now())]
    if words.get("form") == "json":
        return reply_json({"rule": rule.id, "version": rule.version, "found": rows})
    return Reply(_table(_FOUND, rows, words))


def _row(one: Candidate, kinds: Mapping[str, Kind | None]) -> dict[str, Any]:
    return {
        "subject": one.subject, "state": one.state, "severity": one.severity, "team": one.team.removeprefix("team:"),
        "title": plain(one.title), "said": plain(one.said), "values": _values(one.values, kinds), "url": one.url,
    }  # fmt: skip


def _values(held: Mapping[str, Any], kinds: Mapping[str, Kind | None]) -> dict[str, Any]:
    """Values as people and programs read them: moments in UTC, lengths with their unit."""
    return {
        name: worded(value, kind)
        if value is not None and (kind := kinds.get(name)) in ("time", "length", "worked")
        else value
        for name, value in held.items()
    }


def _reasons(services: Services, rule: Rule, subject: str, words: Words) -> Reply:
    found = explain(services.warehouse, rule, subject, services.clock.now())
    if found is None:
        raise Abort(f"no {rule.subject.name} `{plain(subject)}`", hint=f"`{rule.id}` is about: {rule.subject.doc}")
    held = {True: "yes", False: "no", None: "unknown"}
    steps = [{"depth": step.depth, "said": step.said, "holds": held[step.holds]} for step in found.steps]
    read = _values(found.values, kinds_of(rule))
    if words.get("form") == "json":
        return reply_json({"rule": rule.id, "subject": subject, "steps": steps, "values": read})
    lines = [f"{step['holds']:8}{'  ' * int(str(step['depth']))}{step['said']}" for step in steps]
    lines += ["", *(f"{name} = {'unknown' if value is None else plain(str(value))}" for name, value in read.items())]
    return Reply("\n".join(lines))


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], words: Words) -> str:
    shown = [{name: row[name] for name in columns} for row in rows]
    return render.rows(
        columns, shown, cut=False, width=int(words.get("width") or 0), colour=bool(words.get("colour"))
    )


VERBS = {"rules": answer_rules}
"""Name -> verb."""

"""The verb `policy`: what policies there are, why they say what they say, what they would have said of the past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from fairlead.governance.desk import words_of
from fairlead.governance.policy import checking, document, explaining, policies, telling
from fairlead.governance.policy.embedded import Embedded
from fairlead.governance.policy.engine import VERDICT, EngineFault
from fairlead.governance.policy.judge import Judge
from fairlead.governance.verdict import Verdict
from fairlead.model.acts import read_act
from fairlead.model.errors import Abort
from fairlead.model.times import entered_at, iso
from fairlead.reports import render
from fairlead.reports.plain import plain
from fairlead.store import actions
from fairlead.store.actions import Row
from fairlead.wiring import policing
from fairlead.wiring.policies import values
from fairlead.wiring.replies import Reply, Words, reply_json
from fairlead.wiring.services import Services

DAYS = 90
_MOST = 10_000


def answer_policy(services: Services, words: Words) -> Reply:
    """All policies; with `action` or `input` why they say what they say; with `days` what they would have said."""
    if words.get("action") or words.get("input"):
        return _explained(services, words)
    if words.get("days"):
        return _simulated(services, words)
    return _listed(services, words)


def _listed(services: Services, words: Words) -> Reply:
    judge = services.policy
    rows = [
        {"policy": one.name, "says": ", ".join(one.says), "tests": one.tests, "own": one.own, "title": one.title}
        for one in telling.listed(judge.policies)
    ]
    faults = [str(fault) for fault in judge.policies.faults]
    if words.get("form") == "json":
        said = {"version": judge.version, "engine": judge.engine.name, "faults": faults, "policies": rows}
        return reply_json(said)
    table = _table(("policy", "says", "tests", "title"), rows, words)
    # with a fault everything is denied: that must not stand below a table that looks well
    return Reply("\n".join([*(f"{fault}\n" for fault in faults), table]), exit_code=1 if faults else 0)


def _explained(services: Services, words: Words) -> Reply:
    said = _input(services, words)
    verdict = services.policy.decide(said)
    try:
        steps = explaining.explain(services.policy.policies, said) if not services.policy.policies.faults else []
    except EngineFault:
        # the verdict tells the same
        steps = []
    if words.get("form") == "json":
        return reply_json(
            {**verdict_values(verdict), "steps": [msgspec.to_builtins(step) for step in steps], "input": said}
        )
    return Reply("\n".join([*_verdict_lines(verdict), "", *(line for step in steps for line in _step_lines(step))]))


def _input(services: Services, words: Words) -> dict[str, Any]:
    if text := words.get("input"):
        try:
            said = msgspec.json.decode(text)
            document.read(said)
        except (msgspec.DecodeError, msgspec.ValidationError) as fault:
            raise Abort(f"this is no input document: {fault}", hint="docs/policy.md has one") from fault
        return dict(said)
    with services.database.read() as tx:
        row = actions.one(tx, words["action"])
        if row is None:
            raise Abort(f"no action `{plain(words['action'])}`", hint="`fairlead actions list` shows them")
        given = words_of(tx, row["id"])
    return policing.document(services, replace(_asked(row), words=given), entered_at(services.clock))


def _asked(row: Row) -> policing.Asked:
    return policing.Asked(
        read_act(msgspec.json.decode(row["arguments"])),
        row["tool"],
        row["digest"],
        row["proposed_by"] or "",
        row["team"] or "",
        row["signal"] or "",
    )


def _verdict_lines(verdict: Verdict) -> Iterator[str]:
    yield f"{verdict.effect}   (policies {verdict.version}, input {verdict.inputs[:12]}, {verdict.engine})"
    for reason in verdict.reasons:
        yield f"  {reason.rule}: {plain(reason.words)}"
    for need in verdict.needs:
        yield f"  needs {need.count} {need.role} ({need.rule})"
    for obligation in verdict.obligations:
        yield f"  obliges: {plain(msgspec.json.encode(obligation).decode())}"


def _step_lines(step: explaining.Step) -> Iterator[str]:
    yield f"{'spoke ' if step.spoke else 'silent'} {step.policy}.{step.says} (line {step.line})"
    for text, holds in step.conditions:
        yield f"         {'holds   ' if holds else 'does not'} {text}"
    for one in step.said:
        yield f"         said     {plain(str(one.get('words') or msgspec.json.encode(one).decode()))}"


def verdict_values(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain values."""
    said: dict[str, Any] = msgspec.to_builtins(verdict)
    return said


def _simulated(services: Services, words: Words) -> Reply:
    try:
        days = int(words["days"])
    except ValueError:
        days = 0
    if days < 1:
        raise Abort(f"`{plain(words['days'])}` are no days", hint="`--days 90`")
    now = entered_at(services.clock)
    candidate = _candidate(services, Path(words["with"])) if words.get("with") else None
    try:
        rows = list(_past(services, now - timedelta(days=days), candidate))
    finally:
        if candidate:
            candidate.close()
    said = {
        "days": days,
        "proposals": len(rows),
        "effects": dict(Counter(row["effect"] for row in rows)),
        "rules": dict(Counter(rule for row in rows for rule in row["rules"]).most_common()),
    }
    if candidate:
        changed = [row for row in rows if row["effect"] != row["with"]]
        said |= {"version": services.policy.version, "with_version": candidate.version, "changed": len(changed)}
        rows = changed if words.get("form") != "json" else rows
    if words.get("form") == "json":
        return reply_json({**said, "actions": rows})
    return Reply("\n".join(_simulation_lines(said, rows, words)))


def _candidate(services: Services, folder: Path) -> Judge:
    """A judge of the same home with one more folder, whose policies stand in the place of those of their package."""
    if not folder.is_dir():
        raise Abort(f"no folder {folder}", hint="`--with` names a folder of policies")
    loaded, settings = services.loaded, services.settings
    made = policies.load(
        [*loaded.own_folders("policies"), folder],
        values(settings.policy),
        loaded.own_folders(""),
        settings.organisation.time_zone,
    )
    if faults := checking.faults(made, own_only=True):
        raise Abort("\n".join(map(str, faults)), hint="a policy with a fault would deny everything")
    return Judge(made, Embedded(made.texts, made.data, [VERDICT], timeout_s=settings.policy.timeout_ms / 1000))


def _past(services: Services, since: datetime, candidate: Judge | None) -> Iterator[dict[str, Any]]:
    """Each proposal with what would be said of it at the moment when it was made."""
    with services.database.read() as tx:
        found = [row for row in actions.newest(tx, _MOST) if row["proposed_at"] and row["proposed_at"] >= since]
    for row in found:
        at = row["proposed_at"]
        said = policing.document(services, _asked(row), at)
        verdict = services.policy.decide(said)
        yield {
            "action": row["id"],
            "kind": row["kind"],
            "proposed_at": iso(at),
            "state": row["state"],
            "effect": verdict.effect,
            "rules": [reason.rule for reason in verdict.reasons],
            **({"with": candidate.decide(said).effect} if candidate else {}),
        }


def _simulation_lines(said: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], words: Words) -> Iterator[str]:
    effects = ", ".join(f"{count} {effect}" for effect, count in said["effects"].items()) or "nothing to judge"
    yield f"{said['proposals']} proposals in {said['days']} days: {effects}"
    if "changed" in said:
        yield f"{said['changed']} would be judged otherwise"
    for rule, count in said["rules"].items():
        yield f"  {count:6} {rule}"
    if rows:
        columns = ("action", "kind", "proposed_at", "state", "effect", *(("with",) if "with" in rows[0] else ()))
        yield ""
        yield _table(columns, rows, words)


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], words: Words) -> str:
    shown = [{name: row[name] for name in columns} for row in rows]
    return render.rows(
        columns, shown, cut=False, width=int(words.get("width") or 0), colour=bool(words.get("colour"))
    )


VERBS = {"policy": answer_policy}
"""Name -> verb."""

"""The verb `signals`: what is open, one of them with its life, and whether every chain advanced."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from fairlead.config.check import did_you_mean
from fairlead.model.errors import Abort, Skip
from fairlead.model.times import iso
from fairlead.reports import render
from fairlead.reports.plain import plain
from fairlead.reports.scope import Scope
from fairlead.signals.entering import demanded
from fairlead.signals.escalation import unpack
from fairlead.signals.explaining import explain
from fairlead.signals.seeing import readers
from fairlead.signals.sweeping import JUDGED
from fairlead.store import signals, state
from fairlead.store.signals import LIVE, Wanted
from fairlead.wiring import signalling
from fairlead.wiring.replies import Reply, Words, reply_json
from fairlead.wiring.services import Services
from fairlead.wiring.wishing import judge

MOST = 1_000
"""Signals of one answer; `skip` gives the next."""
_LISTED = ("response", "severity", "since", "team", "title", "id")
_LEFT_OUT = frozenset(("raw_seq", "rev", "source", "created_at", "deleted_at", "chain", "values"))
STATES = (*LIVE, "resolved", "snoozed")


def answer_signals(services: Services, words: Words) -> Reply:
    """What is open; with `signal` one of them, why it is there and what happened to it; with `audit` the proof."""
    if services.then is not None:
        raise Abort("signals are told as they are now", hint="`fairlead rules list` judges the past anew")
    if words.get("judge"):
        # The command line without a server: nobody else has looked since the last command.
        judge(services)
        signalling.escalate_due(services)
    if words.get("audit"):
        return _audited(services, words)
    return _one(services, words) if words.get("signal") else _list(services, words)


def wanted(services: Services, words: Words) -> Wanted:
    """What the words ask for."""
    said = words.get("state", "")
    if said and said not in STATES:
        raise Skip(
            f"no state `{plain(said)}`{did_you_mean(said, list(STATES))}", hint=f"there are: {', '.join(STATES)}"
        )
    team = Scope.of(services.warehouse, services.setup, services.clock.now(), words.get("team", "")).team
    return Wanted(
        states=("open",) if said in ("", "snoozed") else (said,),
        rule=words.get("rule", ""),
        teams=None if team is None else (team,),
        subject=words.get("subject", ""),
        response=words.get("response", ""),
        snoozed={"": "without", "snoozed": "only"}.get(said, "with"),  # type: ignore[arg-type]
        monitored=bool(words.get("monitored")),
    )


def _list(services: Services, words: Words) -> Reply:
    now, asked = services.clock.now(), wanted(services, words)
    limit = min(MOST, int(words.get("limit") or 100))
    skip = int(words.get("skip") or 0)
    with services.database.read() as tx:
        rows = signals.listed(tx, asked, now, limit=limit, skip=skip)
        by_response = signals.counted(tx, asked, now, "response")
        judged = state.get(tx, JUDGED) or {}
    total = sum(by_response.values())
    if words.get("form") == "json":
        return reply_json({
            "signals": [shown(row) for row in rows], "total": total, "by_response": by_response,
            "judged_at": judged.get("at"), "not_judged": not_judged(judged),
        })  # fmt: skip
    lines = [_table(rows, now, words)] if rows else ["nothing is open" if not words.get("state") else "none"]
    if total > len(rows) + skip:
        lines.append(f"{total - len(rows) - skip} more: --skip {skip + len(rows)}")
    lines += [f"{name}: {plain(why)}" for name, why in not_judged(judged).items()]
    return Reply("\n".join(lines))


def not_judged(judged: Mapping[str, Any]) -> dict[str, str]:
    """Rule -> why it says nothing: that must not look like a rule that has found nothing."""
    rules = judged.get("rules", {})
    return {name: one["silent"] or one["failed"] for name, one in rules.items() if one["silent"] or one["failed"]}


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A signal as plain values."""
    said = {name: iso(value) if isinstance(value, datetime) else value for name, value in row.items()}
    chain = unpack(row["chain"])
    return {
        **{name: value for name, value in said.items() if name not in _LEFT_OUT},
        "title": plain(row["title"] or ""),
        "values": msgspec.json.decode(row["values"] or "{}"),
        "chain": msgspec.to_builtins(chain) if chain else None,
    }


def told(services: Services, signal: str) -> dict[str, Any]:
    """One signal with all that explains it."""
    row = demanded(services.database, signal, live=False)
    rule, now = signalling.definitions(services)[0].rules.get(row["rule"]), services.clock.now()
    with services.database.read() as tx:
        history, mutes = signals.history(tx, row["id"]), signals.mutes(tx, now)
    reasons = explain(services.warehouse, rule, row["subject"], now) if rule else None
    held = {True: "yes", False: "no", None: "unknown"}
    steps = reasons.steps if reasons else ()
    named = {"title": plain(rule.title), "owner": rule.written.owner} if rule else {}
    return {
        "signal": shown(row),
        "rule": {"id": row["rule"], **named},
        "steps": [{"depth": step.depth, "said": step.said, "holds": held[step.holds]} for step in steps],
        "history": [
            {"at": iso(one["at"]), "kind": one["kind"], "by": one["by"], "detail": one["detail"]} for one in history
        ],
        "readers": [msgspec.to_builtins(one) for one in readers(row, rule, mutes)],
        "mutes": [msgspec.to_builtins(one) for one in mutes if one.rule == row["rule"]],
    }


def _one(services: Services, words: Words) -> Reply:
    found = told(services, words["signal"])
    if words.get("form") == "json":
        return reply_json(found)
    row = found["signal"]
    lines = [row["title"], f"{row['id']}: {row['state']}{f' ({plain(why)})' if (why := row['reason']) else ''}"]
    lines.append(f"severity {row['severity']}, urgency {row['urgency']}, impact {row['impact']}: {row['response']}")
    lines += [line for line in (_taken(row), _asleep(row), _climbs(row)) if line]
    lines += ["", *(f"{step['holds']:8}{'  ' * step['depth']}{step['said']}" for step in found["steps"])]
    lines += [
        "",
        *(f"{name} = {'unknown' if value is None else plain(str(value))}" for name, value in row["values"].items()),
    ]
    lines += ["", *(_event(one) for one in found["history"])]
    lines += ["", *(_reader(one) for one in found["readers"])]
    return Reply("\n".join(lines))


def _taken(row: Mapping[str, Any]) -> str:
    if not row["acknowledged_at"]:
        return ""
    # that taking it on stops the chain is said where it is seen: who does not know waits for help that never comes
    stops = "; its escalation has stopped" if row["chain"] else ""
    return f"taken on by {row['acknowledged_by'] or 'the operator'} at {row['acknowledged_at']}{stops}"


def _asleep(row: Mapping[str, Any]) -> str:
    return (
        f"snoozed until {row['snoozed_until']}: {plain(row['snooze_reason'] or '')}" if row["snoozed_until"] else ""
    )


def _climbs(row: Mapping[str, Any]) -> str:
    chain = row["chain"]
    if not chain:
        return ""
    steps = (f"{one['to']}{'*' if place == row['level'] else ''}" for place, one in enumerate(chain["stages"]))
    due = f", {'reminder' if row['acknowledged_at'] else 'next'} at {at}" if (at := row["next_level_at"]) else ""
    return f"escalation {chain['id']}: {' > '.join(steps)}{due}"


def _event(one: Mapping[str, Any]) -> str:
    detail = ", ".join(f"{name} {plain(str(value))}" for name, value in one["detail"].items() if name != "frozen")
    return f"{one['at']}  {one['kind']}{f' by {by}' if (by := one['by']) else ''}{f'  {detail}' if detail else ''}"


def _reader(one: Mapping[str, Any]) -> str:
    how = {"notify": "the rule tells", "step": "the escalation has called", "team": "listed for"}[one["why"]]
    who = f" ({', '.join(one['who'])})" if one["who"] else ""
    return f"{how} {one['to']}{who}{' - muted' if one['muted'] else ''}"


def _audited(services: Services, words: Words) -> Reply:
    found = signalling.audited(services)
    if words.get("form") == "json":
        broken = [{"signal": one.signal, "what": one.what} for one in found.broken]
        return reply_json({"chains": found.chains, "broken": broken})
    lines = [f"{one.signal}: {one.what}" for one in found.broken]
    lines.append(f"{found.chains} open chains, " + (f"{len(lines)} did not advance" if lines else "all advanced"))
    return Reply("\n".join(lines), exit_code=1 if found.broken else 0)


def _table(rows: list[signals.Row], now: datetime, words: Words) -> str:
    listed = [
        {
            "response": row["response"],
            "severity": row["severity"],
            "since": _age(row["opened_at"] or row["pending_at"], now),
            "team": (row["team"] or "").removeprefix("team:"),
            "title": _said(row),
            "id": row["id"].removeprefix("signal:"),
        }
        for row in rows
    ]
    width = int(words.get("width") or 0)
    return render.rows(_LISTED, listed, cut=False, width=width, colour=bool(words.get("colour")))


def _said(row: Mapping[str, Any]) -> str:
    marks = [
        "taken on" if row["acknowledged_at"] else "",
        "snoozed" if row["snoozed_until"] else "",
        f"unknown: {row['reason']}" if row["reason"] and row["state"] != "resolved" else "",
    ]
    said = ", ".join(filter(None, marks))
    return plain(f"{row['title']}{f' ({said})' if said else ''}")


def _age(since: datetime | None, now: datetime) -> str:
    if since is None:
        return ""
    hours = max(0, int((now - since).total_seconds() // 3600))
    return f"{hours // 24}d" if hours >= 48 else f"{hours}h"


VERBS = {"signals": answer_signals}
"""Name -> verb."""

"""An action before policy: what is said of it, what has to be taken out of it first, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from fairlead.connectors.kit.acting import Call
from fairlead.governance.desk import Case, Desk, act_of, move, there, words_of
from fairlead.governance.keeping import calmed, cleaned, keep_to, redacted
from fairlead.governance.lifecycle import State
from fairlead.governance.verdict import Need, Reason, Verdict
from fairlead.governance.voting import Word, counted
from fairlead.model.acts import Act, canonical, digest, subject_of
from fairlead.model.errors import Fault, Skip
from fairlead.store import requests
from fairlead.store.actions import Row
from fairlead.store.database import Transaction

KIND = "act"
"""Kind of the requests that do actions."""
_ROUNDS = 3
"""What was taken out may be judged otherwise, once or twice; never for ever."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An act as it may leave, with what was said of it."""

    act: Act
    verdict: Verdict
    calls: tuple[Call, ...] = ()
    not_before: datetime | None = None

    @property
    def state(self) -> State:
        """What it comes to."""
        return {"allow": "approved", "ask": "waiting", "deny": "denied"}[self.verdict.effect]  # type: ignore[return-value]


def judged(desk: Desk, action: Row, words: Sequence[Word], emergency: Mapping[str, str] | None = None) -> Judged:
    """Asks policy with what is known now. Nothing is written; a server of policies may take its time here."""
    tool = action["tool"]
    # of an action that was kept by an earlier version too: what is approved is what people can see
    act = _kept(desk, act_of(action), action)
    for _ in range(_ROUNDS):
        if refused := desk.hands.refused(act, tool):
            return Judged(act, Verdict("deny", (Reason("actions/not-set-up", refused),)))
        shown = digest(act, tool)
        given = tuple(counted(words, shown))
        said = {**action, "arguments": arguments(act), "digest": shown}
        verdict = desk.judge(Case(said, act, given, emergency or {}))
        # before anybody approves: what is approved is what will be sent
        try:
            lighter = redacted(act, verdict.obligations)
        except Skip as fault:
            return Judged(act, Verdict("deny", (Reason("actions/nothing-left", fault.message),)))
        if lighter == act:
            return _planned(desk, said, act, verdict)
        act = lighter
    why = "what policies take out of it brings up more to take out, again and again"
    return Judged(act, Verdict("deny", (Reason("actions/never-clean", why),), version=verdict.version))


def _planned(desk: Desk, action: Row, act: Act, verdict: Verdict) -> Judged:
    not_before = keep_to(verdict.obligations).not_before
    if verdict.effect == "deny":
        return Judged(act, verdict, not_before=not_before)
    if verdict.effect == "ask" and not verdict.needs:
        verdict = replace(verdict, needs=(Need("manager", 1),))
    try:
        return Judged(act, verdict, tuple(desk.hands.plan(action)), not_before)
    except Fault as fault:
        # nobody can approve what cannot be shown
        reasons = (Reason("actions/cannot-be-planned", fault.message), *verdict.reasons)
        return Judged(act, replace(verdict, effect="deny", reasons=reasons))


def arguments(act: Act) -> str:
    """An act as the text that is kept of it."""
    return msgspec.json.encode(msgspec.to_builtins(act), order="sorted").decode()


def lightened(desk: Desk, act: Act, said: Row) -> Act:
    """A wish as it may be kept: without what is kept of none, and without what policies take out of it."""
    act = _kept(desk, act, said)
    for _ in range(_ROUNDS):
        shown = digest(act, said["tool"])
        case = Case({**said, "arguments": arguments(act), "digest": shown}, act)
        lighter = redacted(act, desk.judge(case).obligations)
        if lighter == act:
            break
        act = lighter
    return act


def _kept(desk: Desk, act: Act, said: Row) -> Act:
    """An act without what is kept of none, and calling nobody but the single people whom a person wrote there."""
    typed = (said["proposed_by"] or "").startswith(("person:", "operator"))
    return calmed(cleaned(act, desk.clean), lambda name: typed and desk.known(said["tool"], name))


def said_of(desk: Desk, judged_: Judged, tool: str) -> dict[str, Any]:
    """Fields of an action that a judgement sets."""
    verdict = judged_.verdict
    return {
        "title": desk.hands.title(judged_.act, tool),
        "arguments": arguments(judged_.act),
        "digest": digest(judged_.act, tool),
        "subject": subject_of(judged_.act),
        "needs": msgspec.json.encode(verdict.needs).decode(),
        "reasons": tuple(f"{one.rule}: {one.words}" for one in verdict.reasons),
        "policy_version": verdict.version,
        "not_before": judged_.not_before,
        "calls": msgspec.json.encode(judged_.calls).decode(),
    }


def entry_of(judged_: Judged, tool: str, **more: Any) -> dict[str, Any]:
    """What the ledger keeps of a judgement for good."""
    verdict = judged_.verdict
    return {
        "effect": verdict.effect,
        "digest": digest(judged_.act, tool),
        "policy": verdict.version,
        "inputs": verdict.inputs,
        "engine": verdict.engine,
        "rules": [one.rule for one in verdict.reasons],
        "needs": [msgspec.to_builtins(need) for need in verdict.needs],
        "obligations": [dict(one) for one in verdict.obligations],
        **more,
    }


def words_for_ledger(judged_: Judged, tool: str) -> dict[str, Any]:
    """What has to be erasable: texts that people wrote, and sentences that quote them."""
    return {
        "act": canonical(judged_.act, tool).decode(),
        "reasons": [one.words for one in judged_.verdict.reasons],
    }


def judge(desk: Desk, action: str) -> Row:
    """Judges a proposal and sets what follows; one that was judged meanwhile stays as it is."""
    with desk.database.read() as tx:
        row = there(tx, action)
        words = words_of(tx, action)
    if row["state"] != "proposed":
        return row
    found = judged(desk, row, words)
    with desk.database.begin() as tx:
        desk.database.take_turn(tx)
        now = desk.now()
        # what was edited meanwhile was not what was judged
        if there(tx, action)["digest"] != row["digest"]:
            return there(tx, action)
        said = said_of(desk, found, row["tool"])
        after = move(tx, action, found.state, now, {"proposed"}, **said)
        if after is None:
            return there(tx, action)
        desk.book(
            tx,
            "action.judged",
            action,
            "fairlead",
            entry_of(found, row["tool"], state=found.state),
            words_for_ledger(found, row["tool"]),
        )
        if found.state == "approved":
            ask_workers(tx, after, now)
    requests.ring()
    return after


def ask_workers(tx: Transaction, action: Row, now: datetime, at: datetime | None = None) -> None:
    """Puts the request in that does an approved action, in the transaction that approves it."""
    due = max(filter(None, (now, action["not_before"], at)))
    requests.put(tx, KIND, action["id"], now, next_at=due)

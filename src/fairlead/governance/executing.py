"""Doing an approved action: judged again, marked, done, recorded. Whoever runs it, a worker or a command, runs this.

A process may die between any two lines. Before anything leaves, `executing` with the number of the try is committed;
a later try sees it and lets the connector look first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from fairlead.connectors.kit.acting import Outcome
from fairlead.governance.desk import Desk, move, words_of
from fairlead.governance.judging import Judged, ask_workers, entry_of, judged, said_of, words_for_ledger
from fairlead.governance.keeping import Rate, keep_to
from fairlead.governance.proposing import mark_undone
from fairlead.governance.retries import backoff_s
from fairlead.governance.voting import Word, role_in
from fairlead.model.acts import digest
from fairlead.model.errors import Fault, Retry
from fairlead.store import access, actions, requests
from fairlead.store.access import EVERYWHERE
from fairlead.store.actions import Row
from fairlead.store.database import Transaction
from fairlead.store.holders import Holder

_log = logging.getLogger(__name__)

Step = Callable[[str, Callable[[], Any]], Any]
"""Runs a step under its name; a durable engine answers with what the step gave before, if it had ended."""
Went = Literal["go", "stop"]


@dataclass(frozen=True, slots=True)
class Try:
    """One try to do an action, as its request asks for it."""

    desk: Desk
    request: str
    holder: Holder

    def perform(self, step: Step = lambda _, work: work()) -> str:
        """All steps in order; gives how it ended. Each gives plain values, so that engines can keep them."""
        if step("judge", self.judge) != "go":
            return "not done"
        outcome = step("act", self.act)
        return str(step("record", lambda: self.record(outcome)))

    def judge(self) -> Went:
        """With the facts of now: what policy denies by now is not done, and what must wait waits."""
        desk = self.desk
        with desk.database.begin() as tx:
            action = self._mine(tx)
            if action is None:
                return "stop"
            words = still_entitled(tx, action, words_of(tx, action["id"]))
        found = judged(desk, action, words, emergency_of(words, action))
        with desk.database.begin() as tx:
            if self._mine(tx) is None:
                return "stop"
            now = desk.now()
            later = _later(tx, action, found, now)
            if found.verdict.effect == "allow" and _as_shown(action, found) and later is None:
                said = {"policy": found.verdict.version, "inputs": found.verdict.inputs, "state": "approved"}
                desk.book(
                    tx, "action.judged", action["id"], "fairlead", {**entry_of(found, action["tool"]), **said}, {}
                )
                return "go"
            self._not_now(tx, action, found, later, now)
            return "stop"

    def act(self) -> dict[str, Any]:
        """Marks the try, then does it; what came of it as plain values."""
        desk = self.desk
        with desk.database.begin() as tx:
            action = self._mine(tx)
            now = desk.now()
            if action is None:
                return {"went": "lost"}
            attempts = (action["attempts"] or 0) + 1
            before = move(tx, action["id"], "executing", now, attempts=attempts, started_at=now, error=None)
            if before is None:
                return {"went": "lost"}
            said = {"try": attempts, "digest": action["digest"], "request": self.request}
            desk.book(tx, "action.executing", action["id"], "fairlead", said, {"calls": action["calls"]})
        # From here on it may happen, whatever becomes of this process.
        try:
            outcome = desk.hands.act(before, attempts > 1)
        except Retry as fault:
            return {"went": "later", "why": fault.message, "after_s": fault.after_s}
        except Fault as fault:
            return {"went": "failed", "why": f"{fault.message}. {fault.hint}".rstrip(". ")}
        except Exception as fault:
            # a fault of ours says nothing of what the tool has done
            _log.exception("action %s", action["id"])
            return {"went": "unknown", "why": f"{type(fault).__name__}: {fault}"}
        return _plain(outcome)

    def record(self, outcome: Mapping[str, Any]) -> str:
        """Writes down what came of it, in the ledger and the action at once; gives the state."""
        with self.desk.database.begin() as tx:
            action = self._mine(tx)
            if action is None or outcome["went"] == "lost":
                return "not done"
            return self._recorded(tx, action, outcome)

    def _recorded(self, tx: Transaction, action: Row, outcome: Mapping[str, Any]) -> str:
        desk, now, went = self.desk, self.desk.now(), str(outcome["went"])
        why = str(outcome.get("why", ""))
        said = {"digest": action["digest"], "try": action["attempts"], "request": self.request}
        if went == "later":
            again_at = now + timedelta(seconds=backoff_s(action["attempts"] or 1, outcome.get("after_s")))
            after = move(tx, action["id"], "approved", now, {"executing"}, error=why)
            if after is not None:
                desk.book(
                    tx, "action.postponed", action["id"], "fairlead", {**said, "again_at": again_at}, {"why": why}
                )
                ask_workers(tx, after, now, again_at)
            requests.finish(tx, self.request, now, f"later: {why}")
            return "approved"
        result = msgspec.json.encode(outcome.get("result") or {}).decode()
        fields = {"finished_at": now, "result": result, "url": outcome.get("url") or None, "error": why or None}
        fields["undo"] = msgspec.json.encode(outcome["undo"]).decode() if outcome.get("undo") else None
        state: Any = went
        after = move(tx, action["id"], state, now, {"executing"}, **fields)
        if after is not None:
            desk.book(
                tx,
                f"action.{went}",
                action["id"],
                "fairlead",
                {**said, "found": bool(outcome.get("found")), "url": outcome.get("url") or ""},
                {"told": outcome.get("told") or why, "result": result},
            )
            if went == "done":
                mark_undone(tx, desk, after)
        requests.finish(tx, self.request, now, went)
        return went

    def _mine(self, tx: Transaction) -> Row | None:
        """The action, if this try still has it: its request is ours, or its holder is gone and it becomes ours."""
        now = self.desk.now()
        held = requests.claim(tx, self.request, self.holder, now)
        if held is None:
            return None
        action = actions.one(tx, held.subject)
        if action is None or action["state"] not in ("approved", "executing"):
            state = action["state"] if action else "gone"
            requests.finish(tx, self.request, now, f"{held.subject} is {state}", dropped=True)
            return None
        return action

    def _not_now(self, tx: Transaction, action: Row, found: Judged, later: datetime | None, now: datetime) -> None:
        """What policy does not let happen now: denied, back to those who approve, or at another time."""
        desk, effect = self.desk, found.verdict.effect
        state: Any = found.state
        if effect == "allow":
            state = "approved" if _as_shown(action, found) else "proposed"
        error = found.verdict.reasons[0].words if effect == "deny" and found.verdict.reasons else action["error"]
        if action["state"] == "executing" and state != "approved":
            # a try was cut off: whether it reached the tool cannot be found out without doing it where it did not
            state, error = "unknown", "a try was cut off, and policy does not let it be looked for by trying again"
        said = said_of(desk, found, action["tool"]) if state in ("waiting", "proposed", "denied") else {}
        ended = {"finished_at": now} if state in ("denied", "unknown") else {}
        among = {"executing", "approved"}
        if state == "approved" and action["state"] == "executing":
            after: Row | None = action
        else:
            after = actions.change(tx, action["id"], among, now, state=state, error=error, **said, **ended)
        entry = {**entry_of(found, action["tool"], state=state), **({"not_before": later} if later else {})}
        desk.book(tx, "action.judged", action["id"], "fairlead", entry, words_for_ledger(found, action["tool"]))
        requests.finish(tx, self.request, now, f"{state} when it was judged again")
        if state == "approved" and after is not None:
            ask_workers(tx, after, now, later)


def still_entitled(tx: Transaction, action: Row, words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Words of people who have the right to them now: a role that was taken away meanwhile counts no more."""
    found = []
    for word in words:
        holder = access.user(tx, word.voice)
        if holder is None:
            # nobody who may sign in: their word came by a way that keeps no users here
            found.append(word)
        elif holder.disabled_at is None:
            found.append(replace(word, role=role_in(holder.roles, action["team"] or EVERYWHERE)))
    return tuple(found)


def emergency_of(words: tuple[Word, ...], action: Row) -> dict[str, str]:
    """The emergency that somebody declared for exactly this, if anybody did."""
    for word in words:
        if word.broke_glass and word.verdict == "approved" and word.digest == action["digest"]:
            return {"by": word.person, "role": word.role, "reason": word.reason}
    return {}


def _as_shown(action: Row, found: Judged) -> bool:
    return bool(digest(found.act, action["tool"]) == action["digest"])


def _later(tx: Transaction, action: Row, found: Judged, now: datetime) -> datetime | None:
    """When it may be done, if not now."""
    kept = keep_to(found.verdict.obligations)
    moments = [at for at in (kept.not_before, *(_rate_ends(tx, action, rate, now) for rate in kept.rates)) if at]
    latest = max(moments, default=now)
    return latest if latest > now else None


def _rate_ends(tx: Transaction, action: Row, rate: Rate, now: datetime) -> datetime | None:
    began = actions.begun_since(tx, now - rate.within, {name: action[name] for name in rate.same if name in action})
    others = sorted(row["started_at"] for row in began if row["id"] != action["id"])
    # the oldest of those that fill it makes room when it leaves the window
    return others[-rate.count] + rate.within if len(others) >= rate.count else None


def _plain(outcome: Outcome) -> dict[str, Any]:
    went = {True: "done", False: "failed", None: "unknown"}[outcome.done]
    return {
        "went": went,
        "told": outcome.told,
        "why": "" if outcome.done else outcome.told,
        "url": outcome.url,
        "result": msgspec.to_builtins(outcome.result),
        "found": outcome.found,
        "undo": msgspec.to_builtins(outcome.undo) if outcome.undo else None,
    }

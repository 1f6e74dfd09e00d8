"""From a wish to a judged proposal, the same wish once; and its other ends: edited, withdrawn, lapsed, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import msgspec

from fairlead.governance.desk import Desk, move, there
from fairlead.governance.judging import arguments, judge, lightened
from fairlead.governance.lifecycle import LAPSING, OPEN, State, before
from fairlead.governance.voting import TAKES_BACK, WITHDRAWS, demand
from fairlead.model.acts import Act, canonical, digest, kind_of, read_act, subject_of
from fairlead.model.errors import Skip
from fairlead.store import actions, requests
from fairlead.store.actions import Row
from fairlead.store.database import Transaction


def propose(
    desk: Desk,
    act: Act,
    tool: str,
    *,
    by: str,
    why: str = "",
    signal: str = "",
    opening: int = 0,
    expires_in: timedelta | None = None,
    undoes: str = "",
) -> Row:
    """A proposal, judged at once; the one that is open already where the same is asked for again."""
    now, why = desk.now(), desk.clean(why)
    # before anything is written: what policies take out of it is kept by nobody
    act, team = wished(desk, act, tool, by=by, signal=signal)
    shown = digest(act, tool)
    with desk.database.begin() as tx:
        # from here on nobody else looks for the same one
        desk.database.take_turn(tx)
        found = _same(actions.in_states(tx, OPEN), shown, by, signal)
        if found is None:
            found = actions.add(
                tx,
                now,
                kind=kind_of(act),
                tool=tool,
                subject=subject_of(act),
                team=team,
                title=desk.hands.title(act, tool),
                arguments=arguments(act),
                digest=shown,
                asked=shown,
                why=why,
                signal=signal or None,
                opening=opening or None,
                proposed_by=by,
                proposed_at=now,
                state="proposed",
                attempts=0,
                expires_at=now + (expires_in or desk.keep),
                undoes=undoes or None,
            )
            desk.book(
                tx,
                "action.proposed",
                found["id"],
                by,
                {
                    "act": kind_of(act),
                    "tool": tool,
                    "subject": subject_of(act),
                    "digest": shown,
                    "signal": signal,
                    "undoes": undoes,
                    "expires_at": found["expires_at"],
                },
                {"act": canonical(act, tool).decode(), "why": why},
            )
    # A process that died before this leaves it `proposed`: whoever follows requests judges it.
    return judge(desk, found["id"])


def wished(desk: Desk, act: Act, tool: str, *, by: str, signal: str = "") -> tuple[Act, str | None]:
    """An act as it would be kept and sent, and its team: without what policies take out, calling no crowd."""
    team = desk.team_of(act) or None
    said = {"kind": kind_of(act), "tool": tool, "team": team, "proposed_by": by, "signal": signal}
    return lightened(desk, act, said), team


def _same(rows: Iterable[Row], shown: str, by: str, signal: str) -> Row | None:
    wished = (shown, by, signal)
    # by what was asked for: policy may have taken something out of it since
    return next((row for row in rows if (row["asked"], row["proposed_by"], row["signal"] or "") == wished), None)


def edit(desk: Desk, action: str, act: Act, *, by: str, roles: Mapping[str, str]) -> Row:
    """Another act in the place of one that waits: every word that was given on the old one counts no more.

    Whoever edits it proposes it from then on: nobody approves words of their own.
    """
    with desk.database.read() as tx:
        act = lightened(desk, act, {**there(tx, action), "proposed_by": by})
    with desk.database.begin() as tx:
        desk.database.take_turn(tx)
        row, now = there(tx, action), desk.now()
        demand(row, by, roles, WITHDRAWS)
        if kind_of(act) != row["kind"]:
            raise Skip(f"{action} is a {row['kind']}", hint="withdraw it and propose another")
        shown = digest(act, row["tool"])
        if shown == row["digest"]:
            return row
        said: dict[str, Any] = {
            "arguments": arguments(act),
            "digest": shown,
            "asked": shown,
            "subject": subject_of(act),
            "team": desk.team_of(act) or None,
            "proposed_by": by,
            "title": desk.hands.title(act, row["tool"]),
        }
        if move(tx, action, "proposed", now, **said) is None:
            raise _too_late(row)
        requests.drop(tx, action, now, "it was edited")
        personal = {"act": canonical(act, row["tool"]).decode()}
        desk.book(tx, "action.edited", action, by, {"before": row["digest"], "digest": shown}, personal)
    return judge(desk, action)


def withdraw(desk: Desk, action: str, *, by: str, roles: Mapping[str, str], why: str) -> Row:
    """Takes a proposal back before it is done: one's own, or as a manager of its team."""
    why = desk.clean(why)
    with desk.database.begin() as tx:
        demand(there(tx, action), by, roles, WITHDRAWS)
        found = _end(tx, desk, action, "withdrawn", by, why)
        if found is None:
            raise _too_late(there(tx, action))
        return found


def lapse(desk: Desk) -> int:
    """Ends what nobody has decided, or no tool has done, in its time; gives how many."""
    now = desk.now()
    with desk.database.read() as tx:
        late = [row["id"] for row in actions.in_states(tx, LAPSING) if row["expires_at"] and row["expires_at"] <= now]
    ended = 0
    for action in late:
        with desk.database.begin() as tx:
            row = there(tx, action)
            why = (
                "nobody decided in time" if row["state"] != "approved" else row["error"] or "it was not done in time"
            )
            ended += _end(tx, desk, action, "expired", "fairlead", why) is not None
    return ended


def judge_left(desk: Desk) -> int:
    """Judges what was proposed by a process that died before it could; gives how many."""
    with desk.database.read() as tx:
        left = [row["id"] for row in actions.in_states(tx, {"proposed"})]
    for action in left:
        judge(desk, action)
    return len(left)


def _end(tx: Transaction, desk: Desk, action: str, state: State, by: str, why: str) -> Row | None:
    now = desk.now()
    # what was denied has ended already; only that it cannot be overridden any more would be news
    row = move(tx, action, state, now, before(state) & LAPSING, finished_at=now, error=why or None)
    if row is not None:
        requests.drop(tx, action, now, f"{state}: {why}")
        desk.book(tx, f"action.{state}", action, by, {"digest": row["digest"]}, {"why": why})
    return row


def undo(desk: Desk, action: str, *, by: str, roles: Mapping[str, str], why: str = "") -> Row:
    """Proposes what takes an action back, as a member of its team; that is judged and approved like any other."""
    with desk.database.read() as tx:
        row = there(tx, action)
    demand(row, by, roles, TAKES_BACK)
    if row["state"] != "done":
        raise Skip(f"{action} is {row['state']}", hint="only what was done can be taken back")
    if not row["undo"]:
        raise Skip(f"{row['tool']} cannot take a {row['kind']} back", hint="somebody has to mend it there by hand")
    back = read_act(msgspec.json.decode(row["undo"]))
    return propose(desk, back, row["tool"], by=by, why=why or f"takes {action} back", undoes=action)


def settle(desk: Desk, action: str, *, done: bool, by: str, roles: Mapping[str, str], why: str = "") -> Row:
    """What a member of its team found who looked, where the tool could not be asked whether it was done."""
    why = desk.clean(why)
    with desk.database.begin() as tx:
        demand(there(tx, action), by, roles, TAKES_BACK)
        now = desk.now()
        state: State = "done" if done else "failed"
        found = move(tx, action, state, now, {"unknown"}, finished_at=now, error=why or None)
        if found is None:
            raise Skip(f"{action} is {there(tx, action)['state']}", hint="only what is unknown can be settled")
        desk.book(tx, "action.settled", action, by, {"state": state, "digest": found["digest"]}, {"why": why})
        if done:
            mark_undone(tx, desk, found)
        return found


def mark_undone(tx: Transaction, desk: Desk, action: Row) -> None:
    """What an action has taken back is undone from now on."""
    if action["undoes"] and move(tx, action["undoes"], "undone", desk.now()):
        desk.book(tx, "action.undone", action["undoes"], "fairlead", {"by_action": action["id"]}, {})


def _too_late(row: Row) -> Skip:
    return Skip(f"{row['id']} is {row['state']} by now", hint="`fairlead actions show` tells what became of it")

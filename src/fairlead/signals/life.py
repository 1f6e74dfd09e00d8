"""The life of one signal: from what a rule found and the row as it stands to the row as it shall be and its history.

Pure. `pending` until the condition has held for the rule's `for`; `open`, also while it clears (`clear_for`) and
while nobody can know whether it still holds, since silence heals nothing; `unknown` where it was never known to hold;
`resolved`, from where it can be opened again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from fairlead.signals.escalation import Frozen, digest_of, graver, pack, unpack
from fairlead.store.signals import Decided, Happened

What = Literal["found", "unsure", "gone"]
Row = Mapping[str, Any]
LATE = timedelta(minutes=5)
"""A step that is taken later than this after its moment was held up: what follows moves along."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule says of one subject now."""

    what: What
    said: Mapping[str, Any]
    """Fields of the signal that the rule decides; of one that is gone nothing."""
    reason: str = ""
    """Of what is unsure: what is not known. Of what is gone: how it ended."""
    backfill: bool = False
    """Whether it was so long before we could know it: it is told to nobody as news."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule sets for the lives of its signals."""

    hold_s: float = 0.0
    clear_s: float = 0.0
    freeze: Callable[[Mapping[str, Any], datetime], Frozen | None] = lambda _said, _at: None
    """Chain of a signal that opens."""


def decide(found: Found, terms: Terms, row: Row | None, moment: datetime) -> Decided | None:
    """What becomes of a signal, given what was found and its row."""
    if found.what == "gone":
        return _gone(found, terms, row, moment)
    return _unsure(found, row) if found.what == "unsure" else _holds(found, terms, row, moment)


def _holds(found: Found, terms: Terms, row: Row | None, moment: datetime) -> Decided:
    said = {**found.said, "reason": ""}
    state = row["state"] if row else None
    if row is not None and state == "open":
        return _still(said, terms, row, moment)
    # it is known again what was not
    known = [Happened("known")] if state == "unknown" else []
    since = row["pending_at"] if row and state == "pending" else moment
    if moment - since < timedelta(seconds=terms.hold_s):
        return Decided({**said, "state": "pending", "pending_at": since}, known)
    opened = _opened(said, terms, row, moment)
    again = bool(row and row["times_opened"])
    detail: dict[str, Any] = {"severity": said["severity"], "response": said["response"], **_named(opened["chain"])}
    if found.backfill:
        detail["backfill"] = True
    happened = Happened("reopened" if again else "opened", detail)
    return Decided({**opened, "pending_at": since}, [*known, happened])


def _opened(said: Mapping[str, Any], terms: Terms, row: Row | None, moment: datetime) -> dict[str, Any]:
    frozen = None if said["monitored"] else terms.freeze(said, moment)
    values: dict[str, Any] = {
        **said, "state": "open", "opened_at": moment, "clearing_at": None, "resolved_at": None,
        "times_opened": ((row["times_opened"] if row else None) or 0) + 1, "level": 0,
        "chain": pack(frozen) if frozen else None, "next_level_at": _next(frozen, 0),
    }  # fmt: skip
    if row and row["times_opened"]:
        # Who took the last one on has not taken on this one; a snooze goes on, for its end was said by a person.
        values |= {"acknowledged_at": None, "acknowledged_by": None}
    return values


def _still(said: dict[str, Any], terms: Terms, row: Row, moment: datetime) -> Decided:
    values = {**said, "clearing_at": None}
    events = [Happened("known")] if row["reason"] else []
    if row["clearing_at"]:
        events.append(Happened("returned", {"after": row["clearing_at"]}))
    before, now = row["severity"], said["severity"]
    if before != now:
        detail: dict[str, Any] = {"from": before, "to": now}
        if graver(now, before):
            values |= (sped := _sped_up(said, terms, row, moment))
            if sped:
                detail |= _named(sped["chain"])
            if row["snoozed_until"]:
                # what somebody did not want to hear of was not this grave
                values |= {"snoozed_until": None, "snoozed_by": None, "snooze_reason": None}
                events.append(Happened("woken", {"why": "graver"}))
        events.append(Happened("changed", detail))
    return Decided(values, events)


def _sped_up(said: Mapping[str, Any], terms: Terms, row: Row, moment: datetime) -> dict[str, Any]:
    """The chain of the graver severity from here on, where it climbs faster than the frozen one."""
    if said["monitored"]:
        return {}
    held, fresh, level = unpack(row["chain"]), terms.freeze(said, moment), row["level"] or 0
    if fresh is None:
        return {}
    if held is None:
        return {"chain": pack(fresh), "level": 0, "next_level_at": _next(fresh, 0)}
    if held.id != fresh.id or len(held.stages) != len(fresh.stages):
        return {}
    stages = tuple(
        old if place <= level or old.at <= new.at else new
        for place, (old, new) in enumerate(zip(held.stages, fresh.stages, strict=True))
    )
    frozen = msgspec.structs.replace(held, stages=stages, remind=fresh.remind)
    return {"chain": pack(frozen), "next_level_at": _next(frozen, level)}


def _unsure(found: Found, row: Row | None) -> Decided:
    state = row["state"] if row else None
    detail = {"reason": found.reason}
    if row is not None and state == "open":
        # Silence heals nothing: it stays open, keeps what it last read, and says that nobody knows.
        events = [] if row["reason"] else [Happened("unknown", detail)]
        return Decided({"reason": found.reason, "clearing_at": None}, events)
    events = [] if state == "unknown" else [Happened("unknown", detail)]
    return Decided({**found.said, "state": "unknown", "reason": found.reason, "pending_at": None}, events)


def _gone(found: Found, terms: Terms, row: Row | None, moment: datetime) -> Decided | None:
    if row is None:
        return None
    over = {"state": "resolved", "reason": found.reason, "resolved_at": moment, "clearing_at": None}
    over |= {"next_level_at": None}
    if row["state"] != "open":
        # It was never told: only that something was unknown stands in its history.
        return Decided(over, [Happened("known", {"how": found.reason})] if row["state"] == "unknown" else [])
    since = row["clearing_at"] or moment
    if moment - since < timedelta(seconds=terms.clear_s):
        return None if row["clearing_at"] else Decided({"clearing_at": since, "reason": ""})
    return Decided(over, [Happened("resolved", {"how": found.reason})])


def climb(row: Row, moment: datetime, later: Callable[[datetime, str, Frozen, int], datetime]) -> Decided | None:
    """What is due by time alone: a snooze that ends, a reminder of one that was taken on, the next step of the chain.

    `later` gives the moment a length after another, in the working time of whoever has the step.
    """
    if (until := row["snoozed_until"]) is not None:
        if until > moment:
            return Decided({"next_level_at": until}) if row["next_level_at"] else None
        over = {"snoozed_until": None, "snoozed_by": None, "snooze_reason": None}
        return Decided(over, [Happened("woken", {"why": "time"})])
    frozen, level = unpack(row["chain"]), row["level"] or 0
    # Nobody knows whether it still holds, or it is about to be over: neither is a reason to call the next one.
    if frozen is None or row["reason"] or row["clearing_at"]:
        return None
    due = row["next_level_at"]
    if row["acknowledged_at"] is not None:
        return _reminded(row, frozen, level, moment, later)
    if due is None or due > moment or level + 1 >= len(frozen.stages):
        return None
    stage, following = frozen.stages[level + 1], _next(frozen, level + 1)
    if following is not None and moment - stage.at > LATE:
        # After hours in which nothing ran the next ones are not all called at once: each has its time.
        following = max(following, moment + (following - stage.at))
    detail = {"level": level + 1, "to": stage.to, "who": list(stage.who), "due": stage.at}
    return Decided({"level": level + 1, "next_level_at": following}, [Happened("escalated", detail)])


def _reminded(
    row: Row, frozen: Frozen, level: int, moment: datetime, later: Callable[[datetime, str, Frozen, int], datetime]
) -> Decided | None:
    taken, due = row["acknowledged_at"], row["next_level_at"]
    first = later(taken, frozen.remind, frozen, level)
    if due is None or due < first:
        # Taking it on stopped the chain; what is due from then on is the reminder.
        if first > moment:
            return Decided({"next_level_at": first})
    elif due > moment:
        return None
    detail = {"who": row["acknowledged_by"], "since": taken}
    if not frozen.unacknowledge:
        return Decided({"next_level_at": later(moment, frozen.remind, frozen, level)}, [Happened("reminded", detail)])
    return Decided(
        {"acknowledged_at": None, "acknowledged_by": None, "next_level_at": _resumed(frozen, level, moment)},
        [Happened("reminded", detail), Happened("unacknowledged", detail)],
    )


def _resumed(frozen: Frozen, level: int, moment: datetime) -> datetime | None:
    if (at := _next(frozen, level)) is None:
        return None
    return max(at, moment + (at - frozen.stages[level].at))


def _next(frozen: Frozen | None, level: int) -> datetime | None:
    return frozen.stages[level + 1].at if frozen and level + 1 < len(frozen.stages) else None


def _named(chain: str | None) -> dict[str, str]:
    """What a history says of a chain: its name, and the digest that shows later that nobody has changed it."""
    frozen = unpack(chain)
    return {"chain": frozen.id, "frozen": digest_of(chain or "")} if frozen else {}

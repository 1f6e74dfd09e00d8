"""From what happens to signals and actions to what people are to be told: followed by revision, told once.

Each batch becomes notices in one transaction with how far it was followed: killed at any moment nothing is lost and
nothing comes twice. Nothing is sent here; `notifying.py` decides when.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from fairlead.governance.desk import needs_of, word_of
from fairlead.governance.entitled import voters, yes
from fairlead.governance.notices import ACTION, APPROVAL
from fairlead.governance.voting import Right, reaches
from fairlead.store import access, actions, notices, records, state
from fairlead.store.actions import Row as Action
from fairlead.store.notices import Notice, Urgency
from fairlead.wiring.directory import Directory
from fairlead.wiring.whom import Whom

if TYPE_CHECKING:
    from fairlead.signals.rules import Rule
    from fairlead.store.database import Transaction
    from fairlead.wiring.services import Services

Row = Mapping[str, Any]

FOLLOWED = "notices/followed"
"""Revision up to which all was told. No offset: those count raw events, and the log is kept from the lowest on."""
_AT_ONCE = 500
_OF_RESPONSE: Mapping[str, Urgency] = {
    "escalate": "now", "quick_fix": "now", "plan": "today", "backlog": "digest"
}  # fmt: skip
_GRAVITY = ("low", "medium", "high", "critical")


@dataclass(slots=True)
class _Made:
    notices: list[Notice] = field(default_factory=list)
    done_by: list[tuple[str, str, datetime]] = field(default_factory=list)
    """Person, signal and when they did something about it."""
    stale: set[str] = field(default_factory=set)
    """Subjects of which a posted message says what is over."""


def follow(services: Services) -> int:
    """Makes notices of all that happened since the last time; gives how many are new."""
    from fairlead.signals.rules import read

    told, rules = 0, None
    while True:
        with services.database.read() as tx:
            after = state.get(tx, FOLLOWED, 0)
            events, actions, upto = notices.news(tx, after, _AT_ONCE)
            if upto == after:
                return told
            if rules is None:
                # once a call: a file that changes meanwhile holds from the next one on
                rules = read(services.loaded.own_folders("rules"))[0]
            made = _made(services, tx, rules, events, actions)
        with services.database.begin() as tx:
            services.database.take_turn(tx)
            # another process may have followed the same meanwhile: then it has told it
            if state.get(tx, FOLLOWED, 0) != after:
                continue
            told += sum(notices.put(tx, notice) for notice in made.notices)
            for person, signal, at in made.done_by:
                notices.see_about(tx, person, signal, at)
            notices.mark_stale(tx, made.stale)
            state.put(tx, FOLLOWED, upto)


def _made(
    services: Services,
    tx: Transaction,
    rules: Mapping[str, Rule],
    events: Iterable[Row],
    actions: Iterable[Action],
) -> _Made:
    directory, made = Directory.load(services, tx), _Made()
    events = [event for event in events if event["signal"]]
    ids = {event["signal"] for event in events}
    signals = {row["id"]: row for row in records.rows(tx, "signals", ids)} if ids else {}
    whom = Whom(directory, signals.values())
    for event in events:
        signal = signals.get(event["signal"])
        # what is only watched is told to nobody, and neither is what stood there before we came
        if signal is not None and not signal["monitored"]:
            _of_signal(tx, event, signal, rules.get(signal["rule"]), whom, directory, made)
    for action in actions:
        made.notices += _of_action(tx, action, directory)
        # an action is its own subject: whoever was asked for a word sees what became of it
        made.stale.add(action["id"])
    return made


def _of_signal(
    tx: Transaction, event: Row, signal: Row, rule: Rule | None, whom: Whom, directory: Directory, made: _Made
) -> None:
    detail = msgspec.json.decode(event["detail"] or "{}")
    if event["by"]:
        made.done_by.append((event["by"], signal["id"], event["at"]))
    if event["kind"] in ("acknowledged", "resolved", "snoozed", "changed"):
        made.stale.add(signal["subject"] or signal["id"])
    for recipient, word, urgency in _recipients(tx, event["kind"], detail, signal, rule, whom):
        made.notices.append(_notice(directory.now, event, signal, detail, recipient, word, urgency))


def _recipients(
    tx: Transaction, kind: str, detail: Row, signal: Row, rule: Rule | None, whom: Whom
) -> Iterator[tuple[str, str, Urgency]]:
    """Who is told of an event, by which word of the rule or its chain, and how soon."""
    if detail.get("backfill"):
        return
    usual: Urgency = _OF_RESPONSE.get(signal["response"] or "", "digest")
    notify = rule.then.notify if rule else None
    if kind in ("opened", "reopened"):
        if notify is not None:
            yield from ((one, notify.to, notify.urgency) for one in whom.meant(notify.to, signal))
        elif first := _first_stage(signal):
            named = whom.known(first["who"]) or whom.meant(first["to"], signal)
            yield from ((one, first["to"], usual) for one in named)
    elif kind in ("escalated", "reminded"):
        who = detail.get("who") or ()
        named = whom.known([who] if isinstance(who, str) else who)
        word = detail.get("to", "")
        soon: Urgency = "now" if signal["severity"] in ("critical", "high") else "today"
        yield from ((one, word or "acknowledged", soon) for one in named or whom.meant(word, signal))
    elif kind == "changed" and _is_graver(detail):
        earlier = {one.recipient: one for one in notices.about(tx, signal["id"])}
        yield from ((one, earlier[one].said.get("to", ""), usual) for one in sorted(earlier))
    elif kind == "woken":
        # whoever put it off wants to hear of it again; the others were not meant
        for one in sorted({one.recipient for one in notices.about(tx, signal["id"])}):
            yield one, "snoozed", "today"


def _first_stage(signal: Row) -> Row | None:
    """The first step of the frozen chain: it has the signal from the start."""
    stages = msgspec.json.decode(signal["chain"] or "{}").get("stages") or ()
    return next(iter(stages), None)


def _is_graver(detail: Row) -> bool:
    before, after = (detail.get(end, "") for end in ("from", "to"))
    return before in _GRAVITY and after in _GRAVITY and _GRAVITY.index(after) > _GRAVITY.index(before)


def _notice(
    now: datetime, event: Row, signal: Row, detail: Row, recipient: str, word: str, urgency: Urgency
) -> Notice:
    said = {
        "title": signal["title"] or "", "severity": signal["severity"] or "", "team": signal["team"] or "",
        "rule": signal["rule"] or "", "to": word, "event": event["id"], "url": signal["url"] or "",
    }  # fmt: skip
    if "level" in detail:
        said["level"] = detail["level"]
    return Notice(
        id=notice_id(event["id"], recipient),
        recipient=recipient,
        subject=signal["subject"] or signal["id"],
        about=signal["id"],
        topic=signal["rule"] or "signal",
        kind=event["kind"],
        urgency=urgency,
        exempt=signal["severity"] == "critical",
        said=said,
        # when it happened: what came while nothing ran is no fresher for having been found late
        made_at=min(event["at"] or now, now),
        not_before=now,
    )


def _of_action(tx: Transaction, action: Action, directory: Directory) -> Iterator[Notice]:
    waits = action["state"] == "waiting"
    told = _voters(tx, action, directory) if waits else _concerned(action, directory)
    said = {
        "title": action["title"] or "", "why": action["why"] or "", "digest": action["digest"] or "",
        "by": action["proposed_by"] or "", "error": action["error"] or "", "team": action["team"] or "",
    }  # fmt: skip
    for recipient, word, urgency in told:
        yield Notice(
            # of the state and the bytes: an action is written to at each try, and told of once in each state
            id=notice_id(f"{action['id']}/{action['state']}/{action['digest']}", recipient),
            recipient=recipient,
            # apart from what else is told of the record: an approval is asked for in a message of its own
            subject=action["id"],
            about=action["id"],
            topic=APPROVAL if waits else ACTION,
            kind=action["state"],
            urgency=urgency,
            said={**said, "to": word},
            made_at=directory.now,
            not_before=directory.now,
            expires_at=action["expires_at"] if waits else None,
        )


def _voters(tx: Transaction, action: Action, directory: Directory) -> Iterator[tuple[str, str, Urgency]]:
    """Who may give the word that an action waits for: by role or in somebody's place, as far as it would count."""
    given = [word_of(one) for one in actions.approvals(tx, [action["id"]])]
    rights = {
        voter.person: right
        for voter in voters(tx, directory.now)
        if isinstance(right := yes(action, given, voter, directory.now), Right)
    }
    seen: set[str] = set()
    for need in needs_of(action):
        team = action["team"] or access.EVERYWHERE
        entitled = directory.with_role(need.role, team, least=need.count, may=rights.__contains__)
        takers = directory.people(
            one for one, right in rights.items() if right.on_behalf_of and reaches(right.role, need.role)
        )
        for one in (*entitled, *takers):
            if one not in seen:
                seen.add(one)
                yield one, f"role:{need.role}", "now"


def _concerned(action: Row, directory: Directory) -> Iterator[tuple[str, str, Urgency]]:
    """Who hears how an action ended: who proposed it; where nobody knows how, those who can look."""
    end = action["state"]
    if end not in ("done", "failed", "denied", "expired", "unknown", "undone"):
        return
    soon: Urgency = "today" if end in ("failed", "unknown") else "digest"
    asked = directory.people([action["proposed_by"] or ""])
    yield from ((one, "proposed", soon) for one in asked)
    if end == "unknown":
        for one in directory.with_role("manager", action["team"] or access.EVERYWHERE):
            if one not in asked:
                yield one, "role:manager", "now"


def notice_id(event: str, recipient: str) -> str:
    """Made from the event and the recipient, so that the same news is never told to somebody twice."""
    return hashlib.sha256(f"{event}\n{recipient}".encode()).hexdigest()[:24]

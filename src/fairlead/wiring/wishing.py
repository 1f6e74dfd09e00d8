"""From open signals to proposals: what rules want done, once for each opening, and withdrawn when it is over."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from fairlead.connectors.kit.marks import uncalled, unlinked
from fairlead.governance import proposing
from fairlead.governance.desk import Desk
from fairlead.governance.keeping import PROSE
from fairlead.model.acts import read_act
from fairlead.model.errors import Fault, Skip
from fairlead.model.times import parse_time
from fairlead.signals.judging import kinds_of
from fairlead.signals.language.tree import Kind
from fairlead.signals.rules import Rule
from fairlead.signals.sweeping import Judged
from fairlead.signals.templates import filled, worded
from fairlead.store import actions, records, signals
from fairlead.store.actions import Row
from fairlead.store.signals import Wanted
from fairlead.wiring import signalling
from fairlead.wiring.hands import desk, tool_of
from fairlead.wiring.services import Services

_log = logging.getLogger(__name__)

_AT_ONCE = 500


def judge(services: Services, dirty: Mapping[str, Collection[str]] | None = None) -> Judged:
    """Judges by all rules, or what is dirty, and proposes and withdraws what follows from it."""
    judged = signalling.evaluate(services, dirty)
    propose_from_signals(services)
    return judged


def propose_from_signals(services: Services) -> list[Row]:
    """Proposes what rules want done about signals that have opened, once for each opening.

    What answers a signal that is over by now, and is not done yet, is withdrawn.
    """
    rules = signalling.definitions(services)[0].rules
    wishes = {name: rule for name, rule in rules.items() if rule.then.propose and rule.written.mode == "active"}
    at = desk(services)
    _withdraw_healed(services, at)
    if not wishes:
        return []
    made = []
    for name, rule in wishes.items():
        for row in list(_unanswered(services, at, name)):
            try:
                made.append(_propose_for(at, rule, row, row["times_opened"] or 1))
            except (Fault, msgspec.ValidationError) as fault:
                # one signal that names what is not there must not keep the others from being heard
                _log.warning("signal %s proposes nothing: %s", row["id"], fault)
    return made


def _unanswered(services: Services, at: Desk, rule: str) -> Iterator[Row]:
    """Open signals of a rule for whose present opening nothing was proposed yet."""
    now, skip = at.now(), 0
    while True:
        with services.database.read() as tx:
            page = signals.listed(tx, Wanted(states=("open",), rule=rule), now, limit=_AT_ONCE, skip=skip)
            known = {(row["signal"], row["opening"]) for row in actions.of_signal(tx, [row["id"] for row in page])}
        for row in page:
            asleep = row["snoozed_until"] is not None and row["snoozed_until"] > now
            done = row["monitored"] or asleep or (row["id"], row["times_opened"] or 1) in known
            if not done and not _is_backfill(services, row["id"]):
                yield row
        if len(page) < _AT_ONCE:
            return
        skip += _AT_ONCE


def _propose_for(at: Desk, rule: Rule, signal: Mapping[str, Any], opening: int) -> Row:
    kinds = kinds_of(rule)
    held = msgspec.json.decode(signal["values"] or "{}")
    plain = {**{name: worded(value, kinds.get(name)) for name, value in held.items()}, "id": signal["subject"]}
    told = {**{name: _told(value, kinds.get(name)) for name, value in held.items()}, "id": signal["subject"]}
    # what names a record or a person is meant as it is; only what people read is worded for them
    wished = {name: filled(said, told if name in PROSE else plain) for name, said in rule.then.propose.items()}
    act = read_act(wished)
    return proposing.propose(
        at,
        act,
        tool_of(act),
        by=f"rule:{rule.id}",
        why=signal["title"] or "",
        signal=signal["id"],
        opening=opening,
    )


def _told(value: Any, kind: Kind | None) -> str:
    """A value as people read it elsewhere: moments without their seconds, and what calls and links nobody."""
    if kind == "time" and (moment := parse_time(value)):
        return f"{moment:%a %d %b %Y, %H:%M} UTC"
    # a title may hold `@everybody` or `fixes #1`: what a stranger wrote must not make us call or link anybody
    return unlinked(uncalled(worded(value, kind)))


def _is_backfill(services: Services, signal: str) -> bool:
    """Whether it was opened by history that was read in: nobody wants an old matter acted on by its import."""
    with services.database.read() as tx:
        told = signals.history(tx, signal)
    opened = [one for one in told if one["kind"] in ("opened", "reopened")]
    return bool(opened) and bool(opened[-1]["detail"].get("backfill"))


def _withdraw_healed(services: Services, at: Desk) -> None:
    with services.database.read() as tx:
        waiting = [row for row in actions.in_states(tx, {"proposed", "waiting", "approved"}) if row["signal"]]
        healed = {
            row["id"]
            for row in records.rows(tx, "signals", {one["signal"] for one in waiting})
            if row["state"] == "resolved"
        }
    for row in waiting:
        # a person's own proposal stays: only what a rule wanted ends with what the rule saw
        if row["signal"] in healed and (row["proposed_by"] or "").startswith("rule:"):
            try:
                proposing.withdraw(at, row["id"], by=row["proposed_by"], roles={}, why="what it answered is over")
            except Skip:
                # it was begun a moment ago
                continue

"""One judgement of all rules: what they say now becomes the lives of signals, in batches that are whole or absent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from fairlead.model.times import parse_time
from fairlead.signals.ending import NO_LONGER, ends
from fairlead.signals.engine import Difference, Engine
from fairlead.signals.escalation import Chain, Freezer, Frozen, chosen
from fairlead.signals.life import Found, Terms, decide
from fairlead.signals.rules import Rule
from fairlead.signals.whom import concerned
from fairlead.store import signals, state

if TYPE_CHECKING:
    import pyarrow as pa

    from fairlead.metrics.warehouse import Warehouse
    from fairlead.store.database import Database

JUDGED = "signals/judged"
"""Key under which it is kept when each rule was first judged and what kept it from knowing."""
_BATCH = 1_000
"""Signals of one transaction: others who write wait no longer than that takes."""
_GONE = {"off": "the rule is off", "removed": "the rule was removed"}
_BROKEN = "the rule cannot be read: `fairlead rules check` says why"


@dataclass(frozen=True, slots=True)
class Book:
    """What is judged by."""

    rules: Mapping[str, Rule]
    broken: bool
    """Whether some rule cannot be read: one that is missing may be that one."""
    chains: Mapping[str, Chain] = field(default_factory=dict)


@dataclass(slots=True)
class Judged:
    """What a judgement did."""

    at: datetime
    rules: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    """Kind of event -> how many."""
    overtaken: int = 0
    """Signals that another process changed meanwhile: the next judgement sees to them."""
    silent: dict[str, str] = field(default_factory=dict)
    """Rule -> why nothing can be known."""
    failed: dict[str, str] = field(default_factory=dict)
    """Rule -> what went wrong when it was judged."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """All that one judgement needs, read at its beginning."""

    warehouse: Warehouse
    database: Database
    engine: Engine
    book: Book
    freezer: Callable[[], Freezer]
    """Made when the first signal opens: calendars of everybody take longer than an idle judgement."""
    now: datetime

    def run(self, dirty: Mapping[str, Collection[str]] | None = None) -> Judged:
        """Judges all rules; with `dirty`, ids by record table, those about such records, and of these ids alone."""
        judged = Judged(self.now)
        with self.database.read() as tx:
            # after one change only what lives of its subjects: reading ten thousand rows takes longer than judging
            subjects = None if dirty is None else set().union(*dirty.values())
            held, before = signals.held(tx, subjects), state.get(tx, JUDGED) or {}
            first_syncs = _first_syncs(state.below(tx, "progress/"), self.warehouse)
        past = _Past(before, first_syncs, set(held["rule"].to_pylist()))
        with self.engine.holding(held):
            # What is no record of its own is judged by whole sweeps alone, and so is what several subjects share a
            # signal of: that one of them no longer holds says nothing of the others.
            rules_now = [rule for rule in self.book.rules.values() if dirty is None or not rule.fingerprint]
            for rules in _by_subject(rules_now):
                some = None if dirty is None else sorted(dirty.get(rules[0].subject.record, ()))
                if some is None or some:
                    self._scanned(rules, some, past, judged)
        if dirty is None:
            self._orphans(held, judged)
            self._keep(before, judged)
        return judged

    def _scanned(self, rules: Sequence[Rule], some: Sequence[str] | None, past: _Past, judged: Judged) -> None:
        try:
            says = self.engine.scan(rules, some)
        except Exception as fault:
            # One rule that fails in the database takes its neighbours of the scan along: then each goes alone.
            if len(rules) == 1:
                judged.failed[rules[0].id] = str(fault).partition("\n")[0]
                return
            for rule in rules:
                self._scanned([rule], some, past, judged)
            return
        for number, rule in enumerate(rules):
            judged.rules += 1
            if silent := self._silent(rule):
                judged.silent[rule.id] = silent
            if number not in says and rule.id not in past.living:
                continue
            found = self.engine.differences(rule, number, some=some is not None, silent=silent)
            if found:
                self._settle(rule, found, self._late(rule, found, past), judged, silent)

    def _settle(
        self, rule: Rule, found: Sequence[Difference], late: Collection[str], judged: Judged, silent: str
    ) -> None:
        how = ends(self.warehouse, rule.subject.name, {one.subject for one in found if one.what == "gone"})
        terms = self._terms(rule, [one.subject for one in found if one.what == "found"])
        lives = {
            one.signal: Found(
                one.what,  # type: ignore[arg-type]
                one.said,
                silent or one.reason if one.what == "unsure" else how.get(one.subject, NO_LONGER),
                one.subject in late,
            )
            for one in found
        }
        self._write({one.signal: one.seen for one in found}, lives, terms, judged)

    def _write(
        self, seen: Mapping[str, int | None], lives: Mapping[str, Found], terms: Terms, judged: Judged
    ) -> None:
        listed = list(seen.items())
        for start in range(0, len(listed), _BATCH):
            with self.database.begin() as tx:
                done = signals.settle(
                    tx, dict(listed[start : start + _BATCH]), partial(_decide, lives, terms), self.now
                )
            judged.overtaken += done.overtaken
            for kind, number in done.kinds.items():
                judged.kinds[kind] = judged.kinds.get(kind, 0) + number

    def _terms(self, rule: Rule, subjects: Sequence[str]) -> Terms:
        chain = chosen(self.book.chains, rule.then.escalate, rule.written.blocker)
        if chain is None or not subjects or rule.written.mode == "monitor":
            return Terms(rule.hold_s, rule.clear_s)
        whom = (
            concerned(self.warehouse, rule.subject.name, subjects) if {"turn", "assignee"} & {*chain.ladder} else {}
        )
        freezer = self.freezer()

        def freeze(said: Mapping[str, Any], at: datetime) -> Frozen | None:
            people = whom.get(said["subject"], ())
            return freezer.freeze(chain, said["severity"], said["team"] or "", rule.written.owner, people, at)

        return Terms(rule.hold_s, rule.clear_s, freeze)

    def _silent(self, rule: Rule) -> str:
        """Why nothing can be known of a rule: the first tool that it needs and that has said nothing for too long."""
        for tool, longest_s in rule.needs.items():
            heard = [fresh for source, fresh in self._ages() if tool in source]
            newest = max((one for one in heard if one is not None), default=None)
            if newest is None:
                return f"nothing was heard of {tool} yet"
            if (self.now - newest).total_seconds() > longest_s:
                return f"{tool} has been silent since {newest:%Y-%m-%d %H:%M} UTC"
        return ""

    def _ages(self) -> Iterator[tuple[tuple[str, str], datetime | None]]:
        rows = self.warehouse.once("select source, coalesce(tool, source) as tool, fresh_at from source_freshness")
        for row in rows:
            yield (row["source"], row["tool"]), parse_time(row["fresh_at"])

    def _late(self, rule: Rule, found: Sequence[Difference], past: _Past) -> set[str]:
        """Subjects whose signals are no news: the rule is new, the source is read for the first time, or long so."""
        new = [one.subject for one in found if one.what == "found" and one.seen is None]
        if rule.id not in past.rules or past.at is None:
            return set(new)
        late = {subject for subject in new if subject.partition(":")[0] in past.first_syncs}
        return late | self.engine.long_so(rule, [one for one in new if one not in late], past.at)

    def _orphans(self, held: pa.Table, judged: Judged) -> None:
        """Signals of rules that judge no more: over, unless the rule may only be unreadable for the moment."""
        listed = zip(held["rule"].to_pylist(), held["id"].to_pylist(), held["rev"].to_pylist(), strict=True)
        reasons = dict(zip(held["id"].to_pylist(), held["reason"].to_pylist(), strict=True))
        seen: dict[str, int | None] = {}
        lives: dict[str, Found] = {}
        for rule, signal, rev in listed:
            known = self.book.rules.get(rule)
            if known is not None and known.written.mode != "off":
                continue
            if known is None and self.book.broken:
                if reasons[signal] != _BROKEN:
                    seen[signal], lives[signal] = rev, Found("unsure", {}, _BROKEN)
            else:
                seen[signal], lives[signal] = rev, Found("gone", {}, _GONE["removed" if known is None else "off"])
        self._write(seen, lives, Terms(), judged)

    def _keep(self, before: Mapping[str, Any], judged: Judged) -> None:
        was = before.get("rules", {})
        rules = {
            name: {
                "first_at": was.get(name, {}).get("first_at") or self.now.isoformat(),
                "silent": judged.silent.get(name, ""), "failed": judged.failed.get(name, ""),
            }
            for name, rule in self.book.rules.items()
            if rule.written.mode != "off"
        }  # fmt: skip
        with self.database.begin() as tx:
            state.put(tx, JUDGED, {"at": self.now.isoformat(), "rules": rules})


class _Past:
    """What was so when rules were last judged."""

    def __init__(self, before: Mapping[str, Any], first_syncs: Collection[str], living: Collection[str]) -> None:
        self.at = parse_time(before.get("at"))
        self.rules: Collection[str] = before.get("rules", {})
        self.first_syncs = first_syncs
        self.living = living
        """Rules that have signals which are not over."""


def _decide(
    lives: Mapping[str, Found], terms: Terms, signal: str, row: Mapping[str, Any] | None, moment: datetime
) -> signals.Decided | None:
    return decide(lives[signal], terms, row, moment)


def _by_subject(rules: Collection[Rule]) -> list[list[Rule]]:
    """Rules of one scan."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.written.mode != "off":
            found.setdefault(rule.subject.name, []).append(rule)
    return list(found.values())


def _first_syncs(running: Mapping[str, Any], warehouse: Warehouse) -> set[str]:
    """Sources that are being read for the first time."""
    names = {key.removeprefix("progress/") for key in running}
    if not names:
        return set()
    done = warehouse.rows(
        "select distinct \"of\" as source from sync_runs where finished_at is not null and result <> 'failure'"
    )
    return names - {row["source"] for row in done}

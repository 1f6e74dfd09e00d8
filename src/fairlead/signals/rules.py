"""Rules: files of conditions over a subject, each with whom it concerns, how grave it is, and its own tests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

import msgspec

from fairlead.config.check import did_you_mean, faults
from fairlead.config.entries import Entries
from fairlead.model.acts import ACTS
from fairlead.model.errors import ConfigFault
from fairlead.model.times import parse_time
from fairlead.signals import views
from fairlead.signals.language.check import check
from fairlead.signals.language.limits import SETTINGS
from fairlead.signals.language.parse import WrongError, length_of, parse
from fairlead.signals.language.tree import Denied, Joined, Node
from fairlead.signals.templates import names_in
from fairlead.signals.views import Subject
from fairlead.signals.written import Notify, Severity, Then, Written

FILES = Entries(Path(__file__).parent / "rules", "rules")

Level = Literal["high", "low"]
_WHOM = ("turn", "owner", "assignee", "team")
"""Whom a rule may notify, besides a role like `role:manager`."""
_ROLE = re.compile(r"role:[a-z][a-z0-9_-]*")
_Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was read and checked."""

    written: Written
    subject: Subject
    condition: Node
    severities: tuple[tuple[Severity, Node], ...]
    """The gravest first."""
    urgency: Level | Node | None
    """A condition: high where it holds; nothing: as the severity says."""
    impact: Level | Node | None
    hold_s: float
    """How long it must hold before it counts."""
    clear_s: float
    """How long it must no longer hold before it is over."""
    needs: Mapping[str, float]
    """Tool -> seconds that its last word may be old."""
    version: str
    """Hash of all that decides what it says."""

    @property
    def id(self) -> str:
        """Name."""
        return self.written.id

    @property
    def fingerprint(self) -> tuple[str, ...]:
        """Columns that make it the same signal again; none: the subject's id does."""
        return self.written.fingerprint

    @property
    def group_by(self) -> tuple[str, ...]:
        """Columns by which its signals are told together."""
        return self.written.group_by

    @property
    def then(self) -> Then:
        """What follows once a signal is open."""
        return self.written.then

    @property
    def notify(self) -> Notify | None:
        """Who hears of it."""
        return self.written.then.notify


def read(folders: Iterable[Path] = ()) -> tuple[Mapping[str, Rule], list[ConfigFault]]:
    """The rules that are whole, and what is wrong with the others: one that is broken is off, and says why."""
    places = tuple(folders)
    # every round of a server asks; reading ours alone takes a third of a second
    rules, faults = _read(FILES.fingerprint(places, b""), places)
    return rules, list(faults)


@lru_cache(maxsize=4)
def _read(_state: str, folders: tuple[Path, ...]) -> tuple[Mapping[str, Rule], list[ConfigFault]]:
    written, told = FILES.read(folders, Written, lambda rule: rule.id)
    subjects = views.shipped()
    found: dict[str, Rule] = {}
    for rule in written.values():
        reader = _Reader(rule, subjects)
        made = reader.rule()
        told += reader.faults
        if made is not None and not reader.faults:
            found[rule.id] = made
    return found, told


class _Reader:
    """One rule, with every fault of it."""

    def __init__(self, rule: Written, subjects: Mapping[str, Subject]) -> None:
        self._rule, self._subjects = rule, subjects
        self.faults: list[ConfigFault] = []

    def rule(self) -> Rule | None:
        """The checked rule, or nothing where its subject is unknown."""
        rule = self._rule
        subject = self._subjects.get(rule.subject)
        if subject is None:
            self._tell(("subject",), f"no subject `{rule.subject}`{did_you_mean(rule.subject, list(self._subjects))}")
            return None
        if not _is_day(rule.expires):
            self._tell(("expires",), f"`{rule.expires}` is no day: write it like 2027-03-01")
        wanted = self._all(rule.where, subject, ("where",))
        refused = self._all(rule.unless, subject, ("unless",))
        severities = tuple(
            (name, node)
            for name in ("critical", "high", "medium", "low")
            if (text := getattr(rule.severity, name)) and (node := self._condition(text, subject, ("severity", name)))
        )
        self._columns(subject)
        self._examples(subject)
        self._notify()
        if rule.then.propose:
            self._propose(subject)
        levels = [self._level(name, getattr(rule, name), subject) for name in ("urgency", "impact")]
        hold_s, clear_s = self._length(rule.holds, ("for",)), self._length(rule.clear_for, ("clear_for",))
        needs = {tool: self._length(said, ("needs", tool)) for tool, said in rule.needs.items()}
        if not wanted:
            if not self.faults:
                self._tell(("where",), "name at least one condition")
            return None
        # an exception of which nobody knows whether it holds leaves the whole unknown
        condition = Joined("all", (*wanted, *(Denied(one, one.at) for one in refused)), 0)
        version = blake2b(msgspec.json.encode(msgspec.structs.replace(rule, path="")), digest_size=6).hexdigest()
        return Rule(
            rule, subject, condition, severities, levels[0], levels[1], hold_s, clear_s, needs, version  # type: ignore[arg-type]
        )  # fmt: skip

    def _all(self, parts: Sequence[Any], subject: Subject, place: _Place) -> tuple[Node, ...]:
        found = (self._part(part, subject, (*place, index)) for index, part in enumerate(parts))
        return tuple(node for node in found if node is not None)

    def _part(self, part: Any, subject: Subject, place: _Place) -> Node | None:
        if isinstance(part, str):
            return self._condition(part, subject, place)
        if isinstance(part, Mapping) and len(part) == 1:
            (how, inner), *_ = part.items()
            if how in ("any", "all") and isinstance(inner, list):
                nodes = self._all(inner, subject, (*place, how))
                return Joined(how, nodes, 0) if nodes else None
            if how == "not":
                node = self._part(inner, subject, (*place, how))
                return Denied(node, 0) if node else None
        self._tell(place, "expected a condition, or `any`, `all` or `not` of some")
        return None

    def _condition(self, text: str, subject: Subject, place: _Place) -> Node | None:
        node, wrong = _read_condition(text, subject)
        for fault in wrong:
            self._tell(place, f"{fault.message} (at {fault.at + 1} of `{text}`)")
        return node

    def _level(self, name: str, text: str, subject: Subject) -> Level | Node | None:
        if text in ("high", "low"):
            return text  # type: ignore[return-value]
        return self._condition(text, subject, (name,)) if text else None

    def _length(self, text: str, place: _Place) -> float:
        if not text:
            return 0.0
        found = length_of(text)
        if found is None:
            self._tell(place, f"`{text}` is no length of time: write it like 30m, 4h or 2d")
        return found or 0.0

    def _columns(self, subject: Subject) -> None:
        """Names in the title and in the lists of columns."""
        for key, names in (("fingerprint", self._rule.fingerprint), ("group_by", self._rule.group_by)):
            for index, name in enumerate(names):
                self._named(name, subject, (key, index))
        for name in names_in(self._rule.title):
            self._named(name, subject, ("title",))

    def _examples(self, subject: Subject) -> None:
        """What examples give: a name that is no column would make them hold for the wrong reason."""
        known = [*subject.view.columns, *subject.view.histories, *SETTINGS]
        for index, case in enumerate(self._rule.tests):
            for name in case.given:
                if name not in known:
                    self._tell(("tests", index, "given", name), f"no column `{name}`{did_you_mean(name, known)}")
            if not _is_moment(case.now):
                self._tell(("tests", index, "now"), f"`{case.now}` is no moment: write it like 2026-09-21T12:00:00Z")

    def _named(self, name: str, subject: Subject, place: _Place) -> None:
        known = ["id", *subject.view.columns]
        if name not in known:
            self._tell(place, f"no column `{name}`{did_you_mean(name, known)}")

    def _notify(self) -> None:
        to = self._rule.then.notify.to if self._rule.then.notify else _WHOM[0]
        if to not in _WHOM and not _ROLE.fullmatch(to):
            self._tell(("then", "notify", "to"), f"nobody is `{to}`{did_you_mean(to, [*_WHOM, 'role:manager'])}")

    def _propose(self, subject: Subject) -> None:
        place: _Place = ("then", "propose")
        said = dict(self._rule.then.propose)
        kind = ACTS.get(named := str(said.pop("kind", "")))
        if kind is None:
            self._tell((*place, "kind"), f"no act `{named}`{did_you_mean(named, list(ACTS))}")
            return
        for path, words in faults(said, kind):
            self._tell((*place, *path), words)
        for field in msgspec.structs.fields(kind):
            if field.required and field.encode_name not in said:
                self._tell(place, f"`{field.encode_name}` is missing")
        for key, value in said.items():
            for name in names_in(value):
                self._named(name, subject, (*place, key))

    def _tell(self, place: _Place, words: str) -> None:
        rule = self._rule
        self.faults.append(
            FILES.fault(Path(rule.path), lambda one: one.get("id") == rule.id, place, f"{rule.id}: {words}")
        )


def _read_condition(text: str, subject: Subject) -> tuple[Node | None, list[WrongError]]:
    try:
        node = parse(text)
    except WrongError as fault:
        return None, [fault]
    wrong = check(node, subject.view)
    return (None if wrong else node), wrong


def _is_moment(text: str) -> bool:
    try:
        return parse_time(text) is not None
    except ValueError:
        return False


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

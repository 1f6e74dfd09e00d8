"""Rules: files of conditions over a subject, each with whom it concerns, how grave it is, and its own tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

import msgspec

from fairlead.config.check import did_you_mean
from fairlead.config.entries import Entries
from fairlead.model.errors import ConfigFault
from fairlead.signals import views
from fairlead.signals.language.check import check
from fairlead.signals.language.parse import WrongError, parse
from fairlead.signals.language.tree import Denied, Joined, Node
from fairlead.signals.views import Subject

FILES = Entries(Path(__file__).parent / "rules", "rules")

Mode = Literal["active", "off"]
Severity = Literal["critical", "high", "medium", "low"]
Part = str | Mapping[str, Any]
"""A condition, or `any`, `all` or `not` of some."""


class Severities(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The gravest whose condition holds, else the usual one."""

    critical: str = ""
    high: str = ""
    medium: str = ""
    low: str = ""
    default: Severity = "medium"


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An example with what the rule must say of it."""

    given: Mapping[str, Any]
    now: str
    expect: Literal["open", "quiet", "unknown"]
    severity: str = ""


class Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule as its file has it."""

    id: str
    title: str
    """Sentence with `{column}` in it."""
    subject: str
    owner: str
    """Who answers for the rule, like `team:payments`."""
    expires: str
    """Day from which somebody must look at it again, like `2027-03-01`."""
    where: tuple[Any, ...]
    unless: tuple[Any, ...] = ()
    mode: Mode = "active"
    severity: Severities = Severities()
    tests: tuple[Case, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was read and checked."""

    written: Written
    subject: Subject
    condition: Node
    severities: tuple[tuple[Severity, Node], ...]
    """The gravest first."""
    version: str
    """Hash of all that decides what it says."""

    @property
    def id(self) -> str:
        """Name."""
        return self.written.id


def read(folders: Iterable[Path] = ()) -> tuple[Mapping[str, Rule], list[ConfigFault]]:
    """The rules that are whole, and what is wrong with the others: one that is broken is off, and says why."""
    folders = list(folders)
    written, faults = FILES.read(folders, Written, lambda rule: rule.id)
    subjects = views.shipped()
    found: dict[str, Rule] = {}
    for rule in written.values():
        reader = _Reader(rule, subjects)
        made = reader.rule()
        faults += reader.faults
        if made is not None and not reader.faults:
            found[rule.id] = made
    return found, faults


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
        if not wanted:
            if not self.faults:
                self._tell(("where",), "name at least one condition")
            return None
        # an exception of which nobody knows whether it holds leaves the whole unknown
        condition = Joined("all", (*wanted, *(Denied(one, one.at) for one in refused)), 0)
        version = blake2b(msgspec.json.encode(msgspec.structs.replace(rule, path="")), digest_size=6).hexdigest()
        return Rule(rule, subject, condition, severities, version)  # type: ignore[arg-type]

    def _all(self, parts: Sequence[Any], subject: Subject, place: tuple[str | int, ...]) -> tuple[Node, ...]:
        found = (self._part(part, subject, (*place, index)) for index, part in enumerate(parts))
        return tuple(node for node in found if node is not None)

    def _part(self, part: Any, subject: Subject, place: tuple[str | int, ...]) -> Node | None:
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

    def _condition(self, text: str, subject: Subject, place: tuple[str | int, ...]) -> Node | None:
        node, wrong = _read_condition(text, subject)
        for fault in wrong:
            self._tell(place, f"{fault.message} (at {fault.at + 1} of `{text}`)")
        return node

    def _tell(self, place: tuple[str | int, ...], words: str) -> None:
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


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

"""Rules: files of conditions over a subject, each with whom it concerns, how grave it is, and its own tests."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

import msgspec

from fairlead.config.check import did_you_mean, faults
from fairlead.config.entries import Entries, Entry
from fairlead.config.placed import Key
from fairlead.model.errors import ConfigFault
from fairlead.signals import views
from fairlead.signals.examples import examined
from fairlead.signals.faults import Known, Teller, Told, listed, tables, text
from fairlead.signals.language.check import check
from fairlead.signals.language.parse import DEEPEST, WrongError, length_of, meant_length, parse
from fairlead.signals.language.tree import Denied, Joined, Node
from fairlead.signals.naming import named
from fairlead.signals.templates import in_words
from fairlead.signals.views import Subject
from fairlead.signals.written import Notify, Severity, Then, Written

FILES = Entries(Path(__file__).parent / "rules", "rules")

Level = Literal["high", "low"]
_MOST = 200
"""Conditions of one rule."""
_SHOWN = 120
"""Letters of a condition that a fault shows."""
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
    def title(self) -> str:
        """Its title as a sentence about no subject in particular."""
        return in_words(self.written.title, self.subject.word)

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
    """The rules that are whole, and why others are off: one that is broken takes none with it."""
    rules, told = inspect(folders, Known())
    return rules, [one.fault for one in told if one.weight == "off"]


def inspect(folders: Iterable[Path], known: Known) -> tuple[Mapping[str, Rule], Sequence[Told]]:
    """The rules that count, and all that is wrong with any, in the order of files and lines.

    Of a team's rule that is broken ours of the same id holds, as with all that is read from files.
    """
    places = tuple(folders)
    # Every round of a server asks, and ours alone take a third of a second. They are read apart from a team's own, so
    # that saving one of these costs the reading of these.
    shipped = tuple(FILES.files(()))
    ours, told = _read_in(FILES.fingerprint((), b""), shipped, Known())
    files = tuple(path for path in FILES.files(places) if path not in shipped)
    own, more = _read_in(FILES.fingerprint(places, b""), files, known)
    return {**ours, **own}, sorted((*told, *more), key=lambda one: (one.fault, one.weight))


@lru_cache(maxsize=8)
def _read_in(_state: str, files: tuple[Path, ...], known: Known) -> tuple[Mapping[str, Rule], Sequence[Told]]:
    unread: list[ConfigFault] = []
    found: dict[str, Rule] = {}
    first: dict[str, Entry] = {}
    told: list[Told] = []
    subjects = views.shipped()
    for number, entry in enumerate(FILES.written(files, unread), start=1):
        said = entry.said if isinstance(entry.said, dict) else {}
        teller = Teller(entry, text(said, "id")[:80] or f"rule {number}")
        teller.told += [
            Told(replace(fault, message=f"{teller.called}: {fault.message}"), teller.called) for fault in entry.faults
        ]
        # what it stands for is said twice: nobody can tell which of the two was meant
        earlier = first.setdefault(teller.called, entry)
        if earlier is not entry:
            where = earlier.fault(("id",), "")
            teller.tell(
                ("id",), f"this id stands already at {Path(where.path).name}:{where.line}; one of them counts"
            )
        rule = _Reader(teller, subjects, known).rule()
        told += teller.told
        if rule is not None:
            found[rule.id] = rule
    return found, (*map(Told, unread), *told)


class _Reader:
    """One rule, with every fault of it: what is missing here hides nothing that is wrong there."""

    def __init__(self, teller: Teller, subjects: Mapping[str, Subject], known: Known) -> None:
        self._teller, self._subjects, self._known, self._tell = teller, subjects, known, teller.tell
        self._conditions = 0

    def rule(self) -> Rule | None:
        """The checked rule, or nothing where it cannot count."""
        said = self._shaped()
        if said is None:
            return None
        subject = self._subject(said)
        named(said, subject, self._known, self._teller)
        if subject is not None:
            examined(said, subject, self._teller)
        if (day := text(said, "expires")) and not _is_day(day):
            self._tell(("expires",), f"`{day}` is no day: write it like 2027-03-01")
        wanted = self._all(listed(said, "where"), subject, ("where",))
        refused = self._all(listed(said, "unless"), subject, ("unless",))
        levels = tables(said, "severity")
        severities = tuple(
            (name, node)
            for name in ("critical", "high", "medium", "low")
            if (words := text(levels, name)) and (node := self._condition(words, subject, ("severity", name)))
        )
        urgency, impact = (self._level(name, text(said, name), subject) for name in ("urgency", "impact"))
        hold_s, clear_s = (self._length(said, key, (key,)) for key in ("for", "clear_for"))
        needs = {tool: self._length(tables(said, "needs"), tool, ("needs", tool)) for tool in tables(said, "needs")}
        if said.get("where") == []:
            self._tell(("where",), "name at least one condition")
        if self._teller.off or subject is None:
            return None
        written = self._whole(said)
        # an exception of which nobody knows whether it holds leaves the whole unknown
        condition = Joined("all", (*wanted, *(Denied(one, one.at) for one in refused)), 0)
        version = blake2b(msgspec.json.encode(msgspec.structs.replace(written, path="")), digest_size=6).hexdigest()
        return Rule(
            written, subject, condition, severities, urgency, impact, hold_s, clear_s, needs, version  # type: ignore[arg-type]
        )  # fmt: skip

    def _shaped(self) -> Mapping[str, Any] | None:
        """The rule as a table, after all that is wrong with its shape was told."""
        said = self._teller.entry.said
        if said is None and self._teller.off:
            return None
        if isinstance(said, dict) and isinstance(said.get("severity"), str):
            said = {**said, "severity": {"default": said["severity"]}}
        for path, words in faults(said, Written):
            self._tell(path, words)
        if not isinstance(said, dict):
            return None
        if "path" in said:
            self._tell((Key("path"),), "unknown key `path`")
        return said

    def _whole(self, said: Mapping[str, Any]) -> Written:
        """It as a struct, without the examples that are none."""
        tests = [case for at, case in enumerate(listed(said, "tests")) if at not in self._teller.examples]
        return msgspec.convert({**said, "tests": tests, "path": str(self._teller.entry.path)}, Written)

    def _subject(self, said: Mapping[str, Any]) -> Subject | None:
        name = text(said, "subject")
        if not name or name in self._subjects:
            return self._subjects.get(name)
        self._tell(("subject",), f"no subject `{name}`{did_you_mean(name, list(self._subjects))}")
        # its conditions are looked at as if it were what was probably meant
        close = difflib.get_close_matches(name, list(self._subjects), n=1, cutoff=0.6)
        return self._subjects[close[0]] if close else None

    def _all(self, parts: Sequence[Any], subject: Subject | None, place: _Place, deep: int = 0) -> tuple[Node, ...]:
        found = (self._part(part, subject, (*place, index), deep) for index, part in enumerate(parts))
        return tuple(node for node in found if node is not None)

    def _part(self, part: Any, subject: Subject | None, place: _Place, deep: int) -> Node | None:
        if isinstance(part, str):
            return self._condition(part, subject, place)
        if deep >= DEEPEST:
            self._tell(place, f"conditions stand in conditions more than {DEEPEST} deep")
            return None
        if isinstance(part, Mapping) and len(part) == 1:
            (how, inner), *_ = part.items()
            if how in ("any", "all") and isinstance(inner, list) and inner:
                nodes = self._all(inner, subject, (*place, how), deep + 1)
                return Joined(how, nodes, 0) if nodes else None
            if how == "not":
                node = self._part(inner, subject, (*place, how), deep + 1)
                return Denied(node, 0) if node else None
        got = "; a text with a colon stands in quotes" if isinstance(part, Mapping) else f", got {part!r:.40}"
        self._tell(place, f"expected a condition in quotes, or `any`, `all` or `not` of some{got}")
        return None

    def _condition(self, said: str, subject: Subject | None, place: _Place) -> Node | None:
        self._conditions += 1
        if self._conditions > _MOST:
            if self._conditions == _MOST + 1:
                self._tell(place, f"a rule has at most {_MOST} conditions")
            return None
        node, wrong = _read_condition(said, subject)
        for fault in wrong:
            shown = said if len(said) <= _SHOWN else f"{said[:_SHOWN]}..."
            self._tell(place, f"{fault.message} (at {fault.at + 1} of `{shown}`)", at=fault.at)
        return node

    def _level(self, name: str, said: str, subject: Subject | None) -> Level | Node | None:
        if said in ("high", "low"):
            return said  # type: ignore[return-value]
        return self._condition(said, subject, (name,)) if said else None

    def _length(self, said: Mapping[str, Any], key: str, place: _Place) -> float:
        if not (length := text(said, key)):
            return 0.0
        found = length_of(length)
        if found is None:
            worked = length_of(length, "worked") is not None
            why = "is working time, and here time of the calendar is wanted" if worked else "is no length of time"
            self._tell(place, f"`{length}` {why}: write it like 30m, 4h or 2d{meant_length(length)}")
        return found or 0.0


def _read_condition(said: str, subject: Subject | None) -> tuple[Node | None, list[WrongError]]:
    try:
        node = parse(said)
    except WrongError as fault:
        return None, [fault]
    wrong = check(node, subject.view) if subject else []
    return (None if wrong else node), wrong


def _is_day(said: str) -> bool:
    try:
        date.fromisoformat(said)
    except ValueError:
        return False
    return True

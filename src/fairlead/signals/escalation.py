"""Chains of escalation: read from files, frozen onto a signal when it opens, climbed in the business time of people.

A frozen chain holds each step with the moment at which it is reached, so that anybody can check later whether it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from pathlib import Path

import msgspec

from fairlead.config.check import did_you_mean
from fairlead.config.entries import Entries
from fairlead.model.calendar.resolve import Calendars
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import ConfigFault
from fairlead.model.setup import Setup
from fairlead.model.times import epoch_us
from fairlead.model.typed import ready
from fairlead.signals.written import Blocker, Severity

FILES = Entries(Path(__file__).parent / "escalations", "escalations")

_WHOM = ("turn", "assignee", "owner", "team", "lead")
_ROLE = re.compile(r"role:[a-z][a-z0-9_-]*")
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)(m|h|d|w|bh|bd)")
_DAYS = ("same day", "next day")
_SECONDS = {"m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "bh": 3600.0, "bd": 8 * 3600.0}
_LEAST_OF_A_DAY_S = 3600.0
"""What somebody gets at least of a working day: five minutes before its end nobody responds on the same day."""
_GRAVITY: Mapping[str, int] = {"critical": 3, "high": 2, "medium": 1, "low": 0}


class Chain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An escalation as its file has it."""

    id: str
    title: str = ""
    blocker: Blocker = ""
    ladder: tuple[str, ...]
    respond: Mapping[Severity, str]
    remind: Mapping[Severity, str] = msgspec.field(default_factory=dict)
    unacknowledge: bool = False
    path: str = ""


class Stage(msgspec.Struct, frozen=True):
    """One step of a frozen chain."""

    to: str
    """As the ladder says, like `lead`."""
    who: tuple[str, ...]
    """Person or team ids that it meant then; none for a role, which is looked up when it is told."""
    at: datetime
    """When it is reached unless somebody takes the signal on."""


class Frozen(msgspec.Struct, frozen=True):
    """A chain as it was when the signal opened."""

    id: str
    version: str
    stages: tuple[Stage, ...]
    remind: str
    unacknowledge: bool = False


ready(Frozen)


def read(folders: Iterable[Path] = ()) -> tuple[Mapping[str, Chain], list[ConfigFault]]:
    """The chains that are whole, by id, and what is wrong with the others."""
    chains, faults = FILES.read(list(folders), Chain, lambda chain: chain.id)
    found = {}
    for chain in chains.values():
        wrong = list(_faults(chain))
        named, path = partial(_is, chain.id), Path(chain.path)
        faults += [FILES.fault(path, named, place, f"{chain.id}: {words}") for place, words in wrong]
        if not wrong:
            found[chain.id] = chain
    return found, faults


def _is(name: str, one: Mapping[str, object]) -> bool:
    return one.get("id") == name


def _faults(chain: Chain) -> Iterable[tuple[tuple[str | int, ...], str]]:
    if not chain.ladder:
        yield ("ladder",), "name at least one step"
    for place, to in enumerate(chain.ladder):
        if to not in _WHOM and not _ROLE.fullmatch(to):
            yield ("ladder", place), f"nobody is `{to}`{did_you_mean(to, [*_WHOM, 'role:manager'])}"
    for key, lengths in (("respond", chain.respond), ("remind", chain.remind)):
        for severity, length in lengths.items():
            if length not in _DAYS and not _LENGTH.fullmatch(length):
                yield (
                    (key, severity),
                    f"`{length}` is no length of time: write it like 30m, 2bh, same day or next day",
                )


def chosen(chains: Mapping[str, Chain], named: str, blocker: str) -> Chain | None:
    """The chain that a rule names, else that of its class of blockers; of two of one class the last read."""
    if named in chains:
        return chains[named]
    of_class = [chain for chain in chains.values() if blocker and chain.blocker == blocker]
    return of_class[-1] if of_class else None


class Freezer:
    """Makes chains of definitions, for the people that they mean now."""

    def __init__(self, setup: Setup, calendars: Calendars) -> None:
        self._setup, self._calendars = setup, calendars

    def freeze(
        self, chain: Chain, severity: str, team: str, owner: str, people: Sequence[str], opened_at: datetime
    ) -> Frozen | None:
        """The steps with their moments; nothing where this severity climbs nowhere. `people` are who has to act."""
        length = chain.respond.get(severity)  # type: ignore[call-overload]
        if not length:
            return None
        stages: list[Stage] = []
        at, before = opened_at, ""
        for to in chain.ladder:
            who = self._meant(to, team, owner, people)
            # a step that means nobody is left out, and so is one that means whom the step before did
            if who is None or (who and ",".join(who) == before):
                continue
            # and one of people who are all away: a chain that waits for a holiday to end reaches nobody
            if who and all(self._is_away(one, at, team) for one in who):
                continue
            if stages:
                # whoever has it now is the one whose working time runs
                at = self.later(at, length, stages[-1].who, team)
            stages.append(Stage(to, who, at))
            before = ",".join(who)
        if not stages:
            return None
        remind = chain.remind.get(severity) or length  # type: ignore[call-overload]
        said = msgspec.json.encode(msgspec.structs.replace(chain, path=""))
        version = blake2b(said, digest_size=6).hexdigest()
        return Frozen(chain.id, version, tuple(stages), remind, chain.unacknowledge)

    def _is_away(self, who: str, at: datetime, team: str) -> bool:
        """Whether a person is absent when their team works next."""
        if not who.startswith("person:"):
            return False
        # not their own next working moment: an absence is what moves that
        moment = epoch_us(self._calendars.of_team(team or None).next_working_moment(at))
        return any(begin <= moment < end for begin, end in self._calendars.of_person(who).absences)

    def later(self, start: datetime, length: str, who: Sequence[str], team: str) -> datetime:
        """The moment a length after another, in the calendar of a person, else of the team."""
        people = [one for one in who if one.startswith("person:")]
        person = next((one for one in people if not self._is_away(one, start, team)), next(iter(people), ""))
        named = next((one for one in who if one.startswith("team:")), team)
        calendar = self._calendars.of_person(person) if person else self._calendars.of_team(named or None)
        try:
            return _later(calendar, start, length)
        except ValueError:
            # somebody who never works again, by an absence without an end: the organisation's days go on
            return _later(self._calendars.default, start, length)

    def _meant(self, to: str, team: str, owner: str, people: Sequence[str]) -> tuple[str, ...] | None:
        if to.startswith("role:"):
            return ()
        if to == "lead":
            stated = self._setup.teams.get(team.removeprefix("team:"))
            return (f"person:{stated.lead}",) if stated and stated.lead else None
        if to in ("turn", "assignee"):
            return tuple(people) or None
        said = team if to == "team" else owner
        return (said,) if said.startswith(("team:", "person:")) else None


def after(calendar: WorkingCalendar, start: datetime, length: str) -> datetime | None:
    """The moment a length like `2bh` after another; nothing where it is no length. `ValueError`: it never comes."""
    found = _LENGTH.fullmatch(length)
    if found is None:
        return None
    seconds = float(found[1]) * _SECONDS[found[2]]
    return calendar.add_working(start, seconds) if found[2].startswith("b") else start + timedelta(seconds=seconds)


def _later(calendar: WorkingCalendar, start: datetime, length: str) -> datetime:
    if (at := after(calendar, start, length)) is not None:
        return at
    begin = calendar.next_working_moment(start)
    day = calendar.local_day(begin)
    if length == "next day":
        day = calendar.next_working_day(day)
        begin = calendar.next_working_moment(calendar.day_bounds(day)[0])
    closes = max((end for _, end in calendar.week.days[day.weekday()]), default=0)
    # an hour that the clocks leave out or repeat moves the end of a day by no more than itself
    ends = calendar.day_bounds(day)[0] + timedelta(seconds=closes)
    return max(ends, calendar.add_working(begin, _LEAST_OF_A_DAY_S))


def pack(frozen: Frozen) -> str:
    """A frozen chain as its signal keeps it."""
    return msgspec.json.encode(frozen).decode()


def unpack(text: str | None) -> Frozen | None:
    """The chain that a signal keeps."""
    return msgspec.json.decode(text, type=Frozen) if text else None


def digest_of(chain: str) -> str:
    """Digest of a chain as its signal keeps it."""
    return blake2b(chain.encode(), digest_size=8).hexdigest()


def graver(one: str, other: str) -> bool:
    """Whether a severity is graver than another."""
    return _GRAVITY.get(one, 0) > _GRAVITY.get(other, 0)

"""Freezes: `fairlead.d/freezes.yaml` says what is not to be done when, why, and what goes on all the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from fairlead.config.check import did_you_mean
from fairlead.config.entries import Entries
from fairlead.governance.policy.document import Excepted, Freeze
from fairlead.model.acts import ACTS
from fairlead.model.calendar.working import read_zone
from fairlead.model.errors import ConfigFault
from fairlead.model.times import epoch_us

FILE = "freezes.yaml"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_POINT = rf"({'|'.join(_DAYS)})\s+([01]\d|2[0-3]):([0-5]\d)"
_EVERY = re.compile(rf"\s*{_POINT}\s*-\s*{_POINT}\s*", re.IGNORECASE)
_WEEK_S = 7 * 86_400


class _Except(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: str
    label: str = ""
    repository: str = ""
    team: str = ""
    kind: str = ""


class Written(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"since": "from", "without": "except"},
):
    """A freeze as the file has it."""

    name: str
    reason: str
    since: str = ""
    to: str = ""
    every: str = ""
    time_zone: str = ""
    kinds: tuple[str, ...] = ("merge",)
    repositories: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    without: tuple[_Except, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class _OneFile(Entries):
    """One file of a name in a folder, where others are kept as well."""

    def files(self, folders: Iterable[Path]) -> Iterator[Path]:
        """The file, where it is there."""
        for folder in folders:
            if (path := folder / FILE).is_file():
                yield path


_FILES = _OneFile(Path(), "freezes")


@dataclass(frozen=True)
class Freezes:
    """All freezes of a home, whether they are in force or not."""

    written: tuple[Written, ...] = ()
    zone: str = "UTC"
    """Zone of those that name none."""

    def in_force(self, now: datetime) -> tuple[Freeze, ...]:
        """Those that hold at a moment."""
        found = ((one, _until(one, self.zone, now)) for one in self.written)
        return tuple(_freeze(one, until) for one, until in found if until is not None)


def read_freezes(folders: Sequence[Path], zone: str) -> tuple[Freezes, list[ConfigFault]]:
    """The freezes that are whole, and what is wrong with the others: with one fault policies do not load."""
    written, faults = _FILES.read(folders, Written, lambda one: one.name)
    for one in written.values():
        faults += [_FILES.fault(Path(one.path), _named(one.name), keys, words) for keys, words in _wrong(one)]
    return Freezes(tuple(written.values()), zone), faults


def _named(name: str) -> Callable[[Any], bool]:
    return lambda said: bool(said.get("name") == name)


def _wrong(one: Written) -> Iterator[tuple[tuple[str, ...], str]]:
    if not one.reason.strip():
        yield ("reason",), f"{one.name}: say why"
    if bool(one.every) == bool(one.since or one.to) or bool(one.since) != bool(one.to):
        yield ("name",), f"{one.name}: say `from` and `to`, or `every`"
    if one.every and not _EVERY.fullmatch(one.every):
        yield ("every",), f"`{one.every}` is no span of a week: write it like `fri 16:00 - mon 08:00`"
    for key, text in (("from", one.since), ("to", one.to)):
        if text and _moment(text, ZoneInfo("UTC")) is None:
            yield (key,), f"`{text}` is no moment: write it like 2026-12-20T18:00"
    if one.time_zone and not _is_zone(one.time_zone):
        yield ("time_zone",), f"`{one.time_zone}` is no zone, like Europe/Berlin"
    for kind in one.kinds:
        if kind not in ACTS:
            yield ("kinds",), f"no kind of act `{kind}`{did_you_mean(kind, list(ACTS))}"
    for excepted in one.without:
        if not excepted.reason.strip():
            yield ("except",), f"{one.name}: each exception says why"
        if not (excepted.label or excepted.repository or excepted.team or excepted.kind):
            yield ("except",), f"{one.name}: an exception that names nothing would lift the whole freeze"


def _until(one: Written, zone: str, now: datetime) -> datetime | None:
    """When a freeze ends that is in force; nothing where it is not."""
    where = read_zone(one.time_zone or zone)
    if one.every and (found := _EVERY.fullmatch(one.every)):
        begin, end = _second(found.groups()[:3]), _second(found.groups()[3:])
        local = now.astimezone(where)
        at = local.weekday() * 86_400 + local.hour * 3600 + local.minute * 60 + local.second
        # spans that cross the end of the week wrap around it
        if (at - begin) % _WEEK_S < (end - begin) % _WEEK_S:
            return (local.replace(tzinfo=None) + timedelta(seconds=(end - at) % _WEEK_S)).replace(tzinfo=where)
        return None
    since, to = _moment(one.since, where), _moment(one.to, where)
    return to if since is not None and to is not None and since <= now < to else None


def _second(point: Sequence[str | Any]) -> int:
    day, hour, minute = point
    return _DAYS.index(str(day).lower()) * 86_400 + int(hour) * 3600 + int(minute) * 60


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=zone) if found.tzinfo is None else found


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError):
        return False
    return True


def _freeze(one: Written, until: datetime) -> Freeze:
    return Freeze(
        name=one.name,
        reason=one.reason,
        until_ns=epoch_us(until) * 1000,
        kinds=one.kinds,
        repositories=one.repositories,
        teams=tuple(_team(team) for team in one.teams),
        exceptions=tuple(
            Excepted(
                reason=said.reason,
                label=said.label,
                repository=said.repository,
                team=_team(said.team),
                kind=said.kind,
            )
            for said in one.without
        ),
    )


def _team(key: str) -> str:
    return f"team:{key.removeprefix('team:')}" if key else ""


def as_values(freezes: Freezes) -> list[Mapping[str, Any]]:
    """The freezes as plain values, for the version of what decides."""
    return [msgspec.to_builtins(msgspec.structs.replace(one, path="")) for one in freezes.written]

"""What policies oblige to, kept: what is taken out before anybody approves, when it may be done, how often."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from fairlead.connectors.kit.marks import uncalled, unclosing
from fairlead.model.acts import Act, read_act
from fairlead.model.errors import Skip
from fairlead.model.times import from_us, parse_time

_NAMES = frozenset(
    {"kind", "subject", "place", "channel", "message", "hook", "event", "head_sha", "comment", "thread"}
)
"""Fields that name what an act is done to: with something taken out of them it would be done to something else."""


PROSE = frozenset({"title", "body", "text"})
"""Fields in which an act says something to people, and a tool looks for names and references."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many acts within a while."""

    count: int
    within: timedelta
    same: tuple[str, ...]
    """Fields of an action in which those that are counted agree with it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What has to be kept to where an act is done."""

    not_before: datetime | None = None
    rates: tuple[Rate, ...] = ()


def keep_to(obligations: Sequence[Mapping[str, Any]]) -> Kept:
    """Reads obligations; the strictest of each kind holds."""
    moments = [at for one in obligations if one.get("kind") == "not_before" and (at := _moment(one)) is not None]
    rates = [
        Rate(
            int(one.get("count", 1)),
            timedelta(seconds=float(one.get("within_s", 3600))),
            tuple(one.get("same", ("kind", "tool"))),
        )
        for one in obligations
        if one.get("kind") == "at_most"
    ]
    return Kept(max(moments, default=None), tuple(rates))


def _moment(one: Mapping[str, Any]) -> datetime | None:
    if "at_ns" in one:
        return from_us(int(one["at_ns"]) // 1000).astimezone(UTC)
    return parse_time(one.get("at"))


def redacted(act: Act, obligations: Sequence[Mapping[str, Any]]) -> Act:
    """An act without what obligations take out of its texts; the same act where there is nothing to take out."""
    steps = [_step(one) for one in obligations if one.get("kind") == "redact"]
    if not steps:
        return act
    said = msgspec.to_builtins(act)
    lighter = {name: value if name in _NAMES else _through(value, steps) for name, value in said.items()}
    return act if lighter == said else _made(lighter)


def cleaned(act: Act, clean: Callable[[str], str]) -> Act:
    """An act with all its texts cleaned, also those that name something: they are kept as well."""
    said = msgspec.to_builtins(act)
    lighter = _all_through({name: value for name, value in said.items() if name != "kind"}, clean)
    return act if {**lighter, "kind": said["kind"]} == said else _made({**lighter, "kind": said["kind"]})


def calmed(act: Act, known: Callable[[str], bool]) -> Act:
    """An act whose words call only single people that are `known`, and close nothing: what is shown is sent."""
    said = msgspec.to_builtins(act)
    calm = {
        name: unclosing(uncalled(value, known)) if name in PROSE and isinstance(value, str) else value
        for name, value in said.items()
    }
    return act if calm == said else _made(calm)


def _made(said: Mapping[str, Any]) -> Act:
    try:
        return read_act(said)
    except msgspec.ValidationError as fault:
        # what is left of a text may be nothing
        raise Skip(f"with what has to be taken out of it this is no act: {fault}") from fault


def _all_through(value: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {clean(str(key)): _all_through(one, clean) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_all_through(one, clean) for one in value]
    return clean(value) if isinstance(value, str) else value


def _step(one: Mapping[str, Any]) -> Callable[[str], str]:
    instead = str(one.get("with", "[removed]"))
    if "pattern" in one:
        pattern = re.compile(str(one["pattern"]))
        return lambda text: pattern.sub(lambda _: instead, text)
    gone = sorted((str(text) for text in one.get("texts", ()) if text), key=len, reverse=True)

    def take_out(text: str) -> str:
        for part in gone:
            text = text.replace(part, instead)
        return text

    return take_out


def _through(value: Any, steps: Sequence[Callable[[str], str]]) -> Any:
    if isinstance(value, str):
        for step in steps:
            value = step(value)
        return value
    if isinstance(value, Mapping):
        return {key: _through(one, steps) for key, one in value.items()}
    return [_through(one, steps) for one in value] if isinstance(value, list | tuple) else value

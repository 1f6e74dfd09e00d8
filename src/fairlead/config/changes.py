"""What differs between two configurations, setting by setting, as plain values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One setting that is not what it was."""

    path: str
    """Like `teams.payments.members`; a whole table that came or went is one change."""
    before: Any
    """`None` if it is new."""
    after: Any
    """`None` if it goes."""

    @property
    def section(self) -> str:
        """The section of the file that it stands in."""
        return self.path.partition(".")[0]


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], apart: Collection[tuple[str, str]] = ()
) -> list[Change]:
    """Every difference, in the order of the settings; `apart` are keys of sections that the environment decides."""
    return [found for found in _within((), before, after) if tuple(found.path.split(".")[:2]) not in apart]


def _within(place: tuple[str, ...], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key in dict.fromkeys([*after, *before]):
        old, new = before.get(key), after.get(key)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _within((*place, key), old, new)
        # A list that was read back from JSON and a tuple of the settings say the same.
        elif _plain(old) != _plain(new):
            yield Change(path=".".join((*place, key)), before=_told(old), after=_told(new))


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _told(value: Any) -> Any:
    # Of a table that is new or gone only what it states: two dozen defaults would hide that.
    return {key: item for key, item in value.items() if item} if isinstance(value, Mapping) else _plain(value)

"""What somebody wants to hear of, in the language of rules: `severity = 'critical' and team = 'team:payments'`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import Skip
from fairlead.signals.language.check import View
from fairlead.signals.language.filters import Filter, WrongFilterError, filter_of
from fairlead.signals.language.tree import Kind
from fairlead.store.notices import Notice

COLUMNS: Mapping[str, Kind] = {
    "severity": "text", "rule": "text", "team": "text", "title": "text", "subject": "text", "kind": "text",
    "urgency": "text", "to": "text", "level": "number", "at": "time",
}  # fmt: skip
"""What a filter may speak of."""
_LONGEST = 2000


def read_filter(text: str) -> Filter:
    """The filter that a text stands for; raises `Skip` with all that is wrong with it."""
    if len(text) > _LONGEST:
        raise Skip(f"a filter of more than {_LONGEST} characters", hint="mute rules, or write a rule of your own")
    try:
        return _read(text)
    except WrongFilterError as fault:
        raise Skip(
            f"no such filter: {fault}", hint=f"there are {', '.join(COLUMNS)}; texts stand in quotes"
        ) from fault


@lru_cache(maxsize=256)
def _read(text: str) -> Filter:
    return filter_of(text, View(COLUMNS))


def leaves_out(text: str, notice: Notice, now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether a filter leaves a notice out; where something is not known it is told rather than missed."""
    said = notice.said
    row: dict[str, Any] = {
        name: said.get(name) or None for name in ("severity", "rule", "team", "title", "to", "level")
    }
    row |= {"subject": notice.subject, "kind": notice.kind, "urgency": notice.urgency, "at": notice.made_at}
    return read_filter(text).holds(row, now, calendar.working_seconds) is False

"""A rule as its file has it: the keys that one may write, before anything of it is understood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from fairlead.model.typed import ready

Mode = Literal["active", "monitor", "off"]
"""`monitor` judges and keeps what it finds, and tells it to nobody."""
Severity = Literal["critical", "high", "medium", "low"]
Blocker = Literal["", "technical", "decision", "capacity", "dependency"]


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
    severity: Literal["", "critical", "high", "medium", "low"] = ""


class Notify(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who hears of it, and how soon."""

    to: str
    """`turn`, `owner`, `assignee`, `team` or a role, like `role:manager`."""
    urgency: Literal["now", "today", "digest"] = "digest"


class Then(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What follows once a signal is open."""

    notify: Notify | None = None
    escalate: str = ""
    """Name of the chain that it climbs."""
    propose: Mapping[str, Any] = msgspec.field(default_factory=dict)
    """An act as in `model/acts.py`, its texts with `{column}` in them."""


class Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule as its file has it."""

    id: str
    title: str
    """What is the matter, with `{column}` in it."""
    subject: str
    owner: str
    """Who answers for the rule, like `team:payments`."""
    expires: str
    """Day from which somebody must look at it again, like `2027-03-01`."""
    where: tuple[Any, ...]
    unless: tuple[Any, ...] = ()
    mode: Mode = "active"
    holds: str = msgspec.field(default="", name="for")
    """How long it must hold before it counts, like `15m`."""
    clear_for: str = ""
    """How long it must no longer hold before it is over."""
    needs: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Tool -> how old its last word may be; older, and nothing is known."""
    fingerprint: tuple[str, ...] = ()
    """Columns that make it the same signal again; without them the subject's id does."""
    group_by: tuple[str, ...] = ()
    severity: Severities = Severities()
    urgency: str = ""
    """`high`, `low`, or the condition under which it is high; without it as the severity says."""
    impact: str = ""
    blocker: Blocker = ""
    then: Then = Then()
    tests: tuple[Case, ...] = ()
    path: str = ""


ready(Written)

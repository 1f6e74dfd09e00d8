"""What policy says of a proposed act, whichever engine said it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fairlead.model.typed import ready

Effect = Literal["allow", "ask", "deny"]
Says = Literal["allow", "ask", "deny", "note", "overcome"]
"""What one reason does; `overcome` is a denial that somebody overrode by breaking the glass."""


@dataclass(frozen=True, slots=True)
class Need:
    """Approvals that an act needs."""

    role: str
    """`owner`, `manager` or `member`: of the act's team, or of everywhere."""
    count: int = 1
    """How many different people; none of them is who proposed it."""
    rule: str = ""
    """Rule that asks for them."""
    not_by: tuple[str, ...] = ()
    """Whose word does not count, like that of who wrote it."""


ready(Need)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that a policy said."""

    rule: str
    """Name of the rule, like `freeze/release-week`."""
    words: str
    says: Says = "deny"


@dataclass(frozen=True, slots=True)
class Verdict:
    """All of it. Whatever goes wrong on the way to one is a `deny` that says so."""

    effect: Effect
    reasons: tuple[Reason, ...] = ()
    needs: tuple[Need, ...] = ()
    obligations: tuple[Mapping[str, Any], ...] = ()
    """What has to be kept to where it is done: `{"kind": "redact", ...}`, `not_before`, `at_most`."""
    version: str = ""
    """Hash of all policies and their data."""
    inputs: str = ""
    """SHA-256 of the input document."""
    engine: str = ""
    """`embedded` or `opa`."""
    took_ms: float = 0.0

"""Why something is as it is in a plan: a kind with its facts, which reports put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fairlead.model.times import iso


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `kind` is stable, facts are ids, moments and numbers."""

    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"kind": self.kind, **{key: _plain(value) for key, value in self.facts.items()}}


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A task that is not in the schedule, and why."""

    task: str
    reason: Reason


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    return list(value) if isinstance(value, tuple) else value

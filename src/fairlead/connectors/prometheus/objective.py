"""An objective as the sync asks for it: its queries, its step, and the mark of both in the ids of its samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from fairlead.model.raw import content_id

FIELDS = ("good", "total", "error_ratio")


@dataclass(frozen=True, slots=True)
class Objective:
    """What is measured of one objective."""

    key: str
    queries: Mapping[str, str]
    """`good` and `total`, or `error_ratio`, each with its step put in."""
    step: timedelta

    @property
    def mark(self) -> str:
        """Short, and another one for another query: samples of two definitions must not stand side by side."""
        said = msgspec.json.encode([sorted(self.queries.items()), self.step.total_seconds()])
        return content_id("objective", said).rpartition(":")[2][-12:]

    @property
    def headers(self) -> Mapping[str, str]:
        """What a reader must know of a page beside its values."""
        return {"slo": self.key, "mark": self.mark, "step": str(int(self.step.total_seconds()))}


def objectives(settings: Mapping[str, Any]) -> list[Objective]:
    """Those that a source measures, in order; `settings` holds `[slos.<key>]` of this source as plain values."""
    found = settings.get("slos")
    stated = found if isinstance(found, Mapping) else {}
    return [_objective(key, slo) for key, slo in sorted(stated.items())]


def _objective(key: str, slo: Mapping[str, Any]) -> Objective:
    minutes = int(slo.get("step_minutes") or 5)
    # the length of a range vector, as PromQL writes it
    queries = {name: str(slo[name]).replace("$step", f"{minutes}m") for name in FIELDS if slo.get(name)}
    return Objective(key, queries, timedelta(minutes=minutes))

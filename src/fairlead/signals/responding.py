"""What a signal asks for: urgency and impact make a response; a severity stands for both where a rule is silent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from fairlead.config.entries import Entries
from fairlead.model.errors import ConfigFault
from fairlead.signals.written import Severity

FILES = Entries(Path(__file__).parent / "matrix", "matrix")
_NAME = "responses"

Response = Literal["escalate", "quick_fix", "plan", "backlog"]
Level = Literal["high", "low"]


class Levels(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a severity means."""

    urgency: Level
    impact: Level


class Matrix(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Urgency, then impact -> response."""

    id: Literal["responses"]
    high_high: Response
    high_low: Response
    low_high: Response
    low_low: Response
    severities: Mapping[Severity, Levels]
    path: str = ""

    def response(self, urgency: str, impact: str) -> Response:
        """What the two ask for."""
        found: Response = getattr(self, f"{urgency}_{impact}")
        return found


def read(folders: Iterable[Path] = ()) -> tuple[Matrix, list[ConfigFault]]:
    """The team's own matrix, else ours; a broken one leaves ours in force and says why."""
    found, faults = FILES.read(list(folders), Matrix, lambda one: one.id)
    matrix = found[_NAME]
    missing = [name for name in ("critical", "high", "medium", "low") if name not in matrix.severities]
    if missing:
        faults.append(
            FILES.fault(
                Path(matrix.path), lambda one: one.get("id") == _NAME, ("severities",), f"`{missing[0]}` is missing"
            )
        )
        matrix = FILES.read((), Matrix, lambda one: one.id)[0][_NAME]
    return matrix, faults

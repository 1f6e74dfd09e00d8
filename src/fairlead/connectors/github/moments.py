"""In which order the steps of a life cycle stand at GitHub, whose clocks tell whole seconds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CHANGE_RANKS: Mapping[str, int] = MappingProxyType(
    {
        "opened": 10, "synchronize": 30, "edited": 35, "converted_to_draft": 40, "ready_for_review": 45,
        "enqueued": 60, "dequeued": 65, "closed": 80, "reopened": 85,
    }
)  # fmt: skip
ISSUE_RANKS: Mapping[str, int] = MappingProxyType({"opened": 10, "edited": 35, "closed": 80, "reopened": 85})

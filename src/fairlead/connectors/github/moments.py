"""Which time of an object is its version, and in which order the steps of a life cycle stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.kinds import Text

SNAPSHOT = 90
"""Rank of an API page: it shows the state after everything that happened in the second of its version."""

EMBEDDED = 15
"""Rank of an object that came along with an event about something else."""

CHANGE_RANKS: Mapping[str, int] = MappingProxyType(
    {
        "opened": 10, "synchronize": 30, "edited": 35, "converted_to_draft": 40, "ready_for_review": 45,
        "enqueued": 60, "dequeued": 65, "closed": 80, "reopened": 85,
    }
)  # fmt: skip
ISSUE_RANKS: Mapping[str, int] = MappingProxyType({"opened": 10, "edited": 35, "closed": 80, "reopened": 85})
USUAL_RANK = 20
"""Rank of an action that has no place of its own in the life cycle, like `labeled`."""

GONE = 99
"""Rank of a deletion: nothing of the same second comes after it."""


def filled(text: Text) -> Text:
    """A text as REST and GraphQL both mean it: the one writes null for an empty one, the other an empty text."""
    return None if text == "" else text


def version(doc: Doc, *keys: str) -> datetime:
    """The first of these times that the object carries; without any, everything dated wins over it."""
    for key in keys:
        if found := doc.time(key):
            return found
    return OLDEST

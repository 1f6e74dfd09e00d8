"""Which time of an object is its version, and the ranks that break a tie between two sayings of one second."""

from __future__ import annotations

from datetime import datetime

from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.kinds import Text

EMBEDDED = 15
"""Rank of an object that came along with an event about something else."""

USUAL_RANK = 20
"""Rank of an action that has no place of its own in the life cycle, like `labeled`."""

SNAPSHOT = 90
"""Rank of an API page: it shows the state after everything that happened in the second of its version."""

RENAMED = 98
"""Rank of the new name of something renamed or transferred: any object of that second may still have the old one."""

GONE = 99
"""Rank of a deletion: nothing of the same second comes after it."""


def filled(text: Text) -> Text:
    """An empty text as null: one API of a tool writes the one, another the other, and both mean nothing."""
    return None if text == "" else text


def version(doc: Doc, *keys: str) -> datetime:
    """The first of these times that the object carries; without any, everything dated wins over it."""
    for key in keys:
        if found := doc.time(key):
            return found
    return OLDEST

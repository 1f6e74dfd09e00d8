"""What stands around a page, from the records: teams, services, repositories, and how fresh each source is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead.model.setup import Setup
from fairlead.ui.frame import Choice, SourceState
from fairlead.ui.shown import Shown
from fairlead.ui.words import Words

DONE = {
    "saved": "Saved.",
    "confirmed": "The two accounts are one person now. It can be undone on this page.",
    "refused": "The two accounts stay apart. It can be undone on this page.",
    "reverted": "The decision was taken back.",
    "retried": "The payloads are being read again.",
    "invited": "The invitation is ready; the link is shown once, below.",
}
"""What a page may say after an act: only these, so that a link cannot put words on a page."""


@dataclass(frozen=True)
class Surroundings:
    """The choices of the scope line and the state of the sources."""

    teams: tuple[Choice, ...] = ()
    repositories: tuple[Choice, ...] = ()
    services: tuple[Choice, ...] = ()
    sources: tuple[SourceState, ...] = ()
    as_of: datetime | None = None


NOTHING = Surroundings()


def surroundings(services: Any, words: Words, shown: Shown) -> Surroundings:
    """Reads the choices and the freshness; both are small."""
    return NOTHING


def zone_name(setup: Setup, viewer: Any) -> str:
    """The reader's own zone, else the organisation's."""
    key = str(getattr(viewer, "person", "") or "").removeprefix("person:")
    person = setup.people.get(key)
    return (person.time_zone if person else "") or setup.organisation.time_zone


def done(name: str, words: Words) -> str:
    """The sentence about what was just done; an unknown name says nothing."""
    return words(DONE[name]) if name in DONE else ""

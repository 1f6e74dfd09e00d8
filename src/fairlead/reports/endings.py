"""What became of something that people were asked to approve: whose word, when and how, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fairlead.reports.plain import plain
from fairlead.reports.wording import Wording

COUNTING = ("approved", "refused")
"""Verdicts of words that count; what was said without the right to it decides nothing."""

_SAID = {"approved": "approved", "denied": "refused"}
"""State -> the verdict that brings it about."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A person's word."""

    verdict: str
    person: str
    name: str
    at: datetime
    how: str
    """`web`, `slack`, `cli` or `api`."""
    on_behalf_of: str = ""
    """Name of whose right it was given by."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """How it stands with an action."""

    state: str
    words: tuple[Spoken, ...] = ()
    """On exactly what it is now."""
    at: datetime | None = None
    """When it came into its state."""
    by: str = ""
    """Name of who withdrew or changed it."""
    why: str = ""


def sentences(words: Wording, ending: Ending) -> Iterator[str]:
    """All of it, a sentence each."""
    for one in ending.words:
        if one.verdict in COUNTING:
            yield _spoken(words, one)
    if ending.state == "waiting":
        if ending.words:
            yield words("chat.still_needs")
        return
    key = f"ending.{ending.state}"
    # who approved and who refused has been told: the state would say it once more
    said = any(one.verdict == _SAID.get(ending.state) for one in ending.words)
    if not said and words.knows(key):
        yield words(key, at=ending.at or "", name=ending.by, why=plain(ending.why)).rstrip(" :")


def _spoken(words: Wording, one: Spoken) -> str:
    key = "chat.approved_by" if one.verdict == "approved" else "chat.refused_by"
    how = words(f"ending.how.{one.how}") if words.knows(f"ending.how.{one.how}") else one.how
    said = words(key, name=one.name, at=one.at, how=how)
    if one.on_behalf_of:
        said = f"{said}, {words('ending.for', name=one.on_behalf_of)}"
    return f"{said}: {plain(one.reason)}" if one.reason else said

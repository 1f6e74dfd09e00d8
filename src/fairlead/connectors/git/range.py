"""What the log keeps of a repository: which refs moved from where to where, and the small things beside them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from fairlead.connectors.git.survey import Tag
from fairlead.model.errors import Unreadable
from fairlead.model.typed import ready

KIND = "git:range"


class Moved(msgspec.Struct, frozen=True):
    """A ref before and after; empty means: it was not there."""

    old: str
    new: str
    forced: bool = False
    """Whether the new commit does not contain the old one."""


class Text(msgspec.Struct, frozen=True):
    """A known file: content by id, its text, and which version it replaces."""

    blob: str
    text: str
    before: str = ""
    """Object id of the version before."""
    lines_before: tuple[int, ...] = ()
    """Lines of the version before that held a rule, where it was a CODEOWNERS file."""


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a repository. The commits themselves stay in the repository, where their ids fix them."""

    repository: str
    """Id of the repository."""
    name: str
    path: str
    """Git folder on this machine."""
    number: int
    """Counts the steps, so that refs that go back and forth are different events."""
    at: datetime
    """When we looked."""
    default_branch: str
    refs: dict[str, Moved]
    known: tuple[str, ...]
    """Commits whose ancestry was read before."""
    tags: dict[str, Tag]
    """Tags that are new or moved."""
    tags_left: tuple[str, ...] | None = None
    """All tags there are, given when one has gone."""
    files: dict[str, Text]
    """Known files that are new or changed."""
    mailmap: str = ""
    shallow: dict[str, tuple[str, ...]] = {}
    partial: str = ""
    infer_changes: bool = True
    """False where a code host tells of the changes itself."""

    def tips(self) -> tuple[str, ...]:
        """Commits that refs moved to."""
        return tuple(sorted({moved.new for moved in self.refs.values() if moved.new}))


ready(Range)


def encode(step: Range) -> bytes:
    """As the body of a raw event."""
    return msgspec.json.encode(step)


def decode(body: bytes) -> Range:
    """From the body of a raw event."""
    try:
        return msgspec.json.decode(body, type=Range)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Unreadable("", f"not a range of refs: {fault}") from fault

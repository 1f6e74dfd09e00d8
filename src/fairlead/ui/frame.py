"""What stands around every page: menu, scope line, freshness, who reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairlead.ui.scope import WINDOWS


@dataclass(frozen=True)
class MenuEntry:
    """A page as the menu shows it."""

    path: str
    title: str
    key: str
    more: bool
    """Behind "More"."""
    role: str = "viewer"
    """The least role that may read the page."""


@dataclass(frozen=True)
class Choice:
    """An option of the scope line."""

    value: str
    title: str


@dataclass(frozen=True)
class SourceState:
    """How fresh a source is."""

    name: str
    last: datetime | None
    silent: bool
    why: str = ""
    """What it means when it is silent or failed, in words."""


@dataclass(frozen=True)
class Frame:
    """The frame of one page."""

    path: str
    menu: tuple[MenuEntry, ...] = ()
    scoped: bool = False
    cut: tuple[str, ...] = ()
    """Choices of the scope line that limit this page."""
    teams: tuple[Choice, ...] = ()
    repositories: tuple[Choice, ...] = ()
    services: tuple[Choice, ...] = ()
    sources: tuple[SourceState, ...] = ()
    as_of: datetime | None = None
    reader: str = ""
    """Name of the person; empty when nobody is signed in."""
    role: str = ""
    theme: str = ""
    """`light`, `dark` or empty for what the machine says."""
    language: str = "en"
    csrf: str = ""
    done: str = ""
    """A sentence about what was just done."""
    unread: str = ""
    """Words of the address that this page does not know."""
    known: str = ""
    """Those that it would have known."""
    demo: bool = False
    # The same choices on every page: a window that only one page knew would be lost on the next.
    windows: tuple[tuple[str, int], ...] = tuple(WINDOWS.items())

    @property
    def silent(self) -> tuple[SourceState, ...]:
        """Sources that have been quiet for longer than they should."""
        return tuple(source for source in self.sources if source.silent)

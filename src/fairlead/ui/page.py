"""What a page is: where it lives, what it is called, who may read it, who answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from starlette.responses import Response

from fairlead.ui.visit import Visit

Handler = Callable[[Visit], Response]
Shown = Literal["bar", "more", "nowhere"]
Role = Literal["anyone", "viewer", "member", "manager", "owner"]
Cut = Literal["team", "window", "service", "repository"]
TABLE = ("page", "sort", "order", "form")
"""Words by which an address asks for a page of a table, its order, and all of it as CSV or JSON."""


@dataclass(frozen=True)
class Page:
    """One page; a module in `ui/pages/` names its own `PAGE`."""

    path: str
    """Route, with parameters as Starlette writes them."""
    title: str
    """Name in the menu: English, a key of the catalogue of phrases."""
    order: int
    """Place in the menu, from the left."""
    handler: Handler
    """Answers GET; runs in a thread, so it may wait for the warehouse."""
    shown: Shown = "bar"
    """In the top bar, behind "More", or reached by links alone."""
    key: str = ""
    """Letter that opens it after `g`."""
    role: Role = "viewer"
    """The least role that may read it; `anyone` means: without signing in."""
    acts: Mapping[str, Handler] = field(default_factory=dict)
    """Path -> handler of a POST; the CSRF token has been checked before it is called."""
    act_role: Role = "manager"
    """The least role that may POST here."""
    development: bool = False
    """Routed only when asked for: the gallery of parts."""
    scoped: bool = True
    """Whether the line with team, window and freshness is on it."""
    cut: tuple[Cut, ...] = ("team", "window", "service", "repository")
    """What of that line limits this page: a choice that changes nothing is not offered."""
    reads: tuple[str, ...] = ()
    """Words of the address that are this page's own; any other is told to be left out."""

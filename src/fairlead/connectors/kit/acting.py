"""Acting: what a connector that writes to its tool does, once, also where the process that asked died in between.

A connector that can act is also an `Acts`. It decides nothing: whoever calls it has the permission.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from fairlead.connectors.kit.connector import Options
from fairlead.model.acts import Act

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it would be sent, without what signs it in."""

    method: str
    url: str
    body: Any = None
    """JSON value; `None` where there is none."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers that say something, like in whose name."""
    late: str = ""
    """What stands in angle brackets in address or body, and is looked up or made when it is sent: in words."""


@dataclass(frozen=True, slots=True)
class ActRequest:
    """What a connector gets for one act."""

    act: Act
    key: str
    """Stable over all tries: the idempotency key where the tool has one, and what a look searches for where not."""
    options: Options
    settings: Mapping[str, Any]
    """The source's settings, as a sync gets them."""
    secrets: Mapping[str, str] = field(repr=False)
    now: datetime
    client: httpx.Client | None
    sleep: Callable[[float], None]
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Rows of the records that the act names, by id: the tool's own numbers stand there."""
    tried: bool = False
    """Whether an earlier try may have reached the tool: look before doing it again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an act."""

    done: bool | None
    """`None` where nobody can tell: the tool did not answer, and cannot be asked whether it was done."""
    told: str
    """In words."""
    url: str = ""
    """The tool's own page of what was made."""
    result: Mapping[str, Any] = field(default_factory=dict)
    """Ids that a later act needs, like that of a comment."""
    found: bool = False
    """Whether an earlier try had done it."""
    undo: Act | None = None
    """Act that takes it back, where the tool can."""


@runtime_checkable
class Acts(Protocol):
    """A connector that writes."""

    acts: Mapping[str, str]
    """Kind of act -> the right that the tool wants for it, in words for `doctor` and the set-up page."""

    def plan(self, request: ActRequest) -> Sequence[Call]:
        """The exact requests, for the eyes of whoever approves; pure, and what `act` sends is this."""
        ...

    def act(self, request: ActRequest) -> Outcome:
        """Does it, having looked first where `tried`; raises `Retry`, `Skip` or `Denied`.

        After `Retry` it was not there when it was looked for; the next try comes with `tried` all the same, for a
        tool may still be at work on a request whose answer was lost.
        """
        ...

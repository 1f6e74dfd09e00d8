"""A request and its answer as a fake server sees them, whoever carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request as far as a fake cares."""

    method: str
    url: str
    """Scheme and host as the client sees them, like `https://api.github.com`."""
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes = b""


@dataclass(slots=True)
class Response:
    """An HTTP answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Desk(Protocol):
    """Where the requests to one fake server arrive."""

    def handle(self, request: Request) -> Response:
        """The answer, faults and all."""
        ...

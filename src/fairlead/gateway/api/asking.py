"""What every route of the API has at hand: the services, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import Request

from fairlead.gateway.access import Access
from fairlead.gateway.viewer import Viewer
from fairlead.wiring.services import Services

FORMS: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in ("application/json", "text/markdown", "text/html")}}
}
"""In which forms a report is answered, for the description of the API."""
PICTURES: dict[int | str, dict[str, Any]] = {
    200: {"content": {**FORMS[200]["content"], "image/svg+xml": {}, "image/png": {}}}
}
"""The same with the forms of its charts."""


@dataclass(frozen=True)
class Api:
    """The services behind the routes."""

    services: Services
    access: Access


def viewer_of(request: Request) -> Viewer:
    """Who asks; the guard let nobody else through."""
    viewer = request.state.viewer
    assert isinstance(viewer, Viewer)
    return viewer

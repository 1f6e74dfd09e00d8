"""Bodies of requests hold what their route knows: a word that nobody reads may be the one that mattered."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute


async def known_fields(request: Request) -> None:
    """Refuses a body with a field that its route does not take: a `team` passed over would mute the asker alone."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or request.method in ("GET", "HEAD"):
        return
    named = _fields(route)
    # the route itself says of a body that cannot be read, or is no object, what is wrong with it
    if named is None or not await request.body():
        return
    try:
        body = await request.json()
    except ValueError:
        return
    if isinstance(body, dict) and (unknown := sorted(body.keys() - named)):
        known = ", ".join(sorted(named)) or "no fields"
        said = f"there is no such field; it takes {known}"
        raise RequestValidationError([{"loc": ("body", name), "msg": said, "type": "unknown"} for name in unknown])


def _fields(route: APIRoute) -> frozenset[str] | None:
    """Names of the fields that a route takes; `None` where the body is handed on whole, and read further in."""
    params = route.dependant.body_params
    if len(params) == 1 and route.body_field is params[0]:
        return None
    return frozenset(one.alias for one in params)


class Described(FastAPI):
    """An API whose description says the same of every body."""

    def openapi(self) -> dict[str, Any]:
        """The document that clients are made from."""
        document = super().openapi()
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            # how FastAPI calls what it gathers from a route's own fields
            if name.startswith("Body_"):
                schema["additionalProperties"] = False
        return document

"""Static files under names that change with their content, so that a browser may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parent / "static"
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}


@cache
def _content(name: str) -> bytes:
    return (STATIC / name).read_bytes()


@cache
def asset(name: str) -> str:
    """The address of a static file, like `/static/3f2a91bc/fairlead.css`."""
    return f"/static/{hashlib.sha256(_content(name)).hexdigest()[:8]}/{name}"


@cache
def _names() -> frozenset[str]:
    """Every file that may be served: the address is looked up here and never joined to a path."""
    return frozenset(str(path.relative_to(STATIC)) for path in STATIC.rglob("*") if path.is_file())


def serve(request: Request) -> Response:
    """Answers a static file; an address with an outdated hash gets the present content, briefly cached."""
    name = request.path_params["name"]
    if name not in _names():
        return Response("no such file", status_code=404, media_type="text/plain")
    # An old page may ask for an old hash after an upgrade: it gets what there is, and keeps it for a minute only.
    current = asset(name) == request.url.path
    lasting = "public, max-age=31536000, immutable" if current else "public, max-age=60"
    kind = _KINDS.get(Path(name).suffix, "application/octet-stream")
    return Response(_content(name), media_type=kind, headers={"cache-control": lasting})

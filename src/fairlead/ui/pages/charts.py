"""One finished drawing, for pages that were shown before it was ready."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response

from fairlead.ui.page import Page
from fairlead.ui.views.drawn import drawing
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The SVG; with 204 the script leaves the small trend line in its place."""
    svg = drawing(visit.services.home, visit.path["key"])
    return HTMLResponse(str(svg)) if svg else Response(status_code=204)


PAGE = Page("/charts/{key}", "Chart", 98, show, shown="nowhere", scoped=False)

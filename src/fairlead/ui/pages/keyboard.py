"""What the keys do, as a page for those without script."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The same list as behind `?`."""
    return visit.page("pages/keyboard.html", visit.words("Every page can be read without a mouse"))


PAGE = Page("/keyboard", "Keyboard", 90, show, shown="more", role="anyone", scoped=False)

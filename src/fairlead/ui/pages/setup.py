"""Set-up: which tools there are, which of them are connected, what each needs and what comes next."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views.connecting import tools
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """Every tool that has a guide; a connector of somebody else stands among them."""
    found, connected = tools(visit)
    title = visit.words.plural(
        "{n} tool is connected", "{n} tools are connected", connected, n=visit.shown.number(connected)
    )
    return visit.page(
        "pages/setup.html",
        title if connected else visit.words("No tool is connected yet"),
        tools=found,
        public_url=visit.services.settings.server.public_url,
    )


PAGE = Page("/setup", "Set-up", 82, show, shown="more", role="owner", scoped=False)

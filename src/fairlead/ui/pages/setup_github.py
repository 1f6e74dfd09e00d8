"""Where GitHub sends the owner back to, with a code for the App that was just created."""

from __future__ import annotations

import httpx
from starlette.responses import RedirectResponse, Response

from fairlead.store import state
from fairlead.ui import githubapp
from fairlead.ui.page import Page
from fairlead.ui.pages.setup import STATE_KEY, api_of, waiting
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """Keeps the App's key in the home and says what to add to the settings."""
    if not visit.said("code") and not visit.said("state"):
        # Nobody sent them here with a code: the flow begins on the page before.
        return RedirectResponse("/setup", status_code=303)
    known = waiting(visit)
    api = api_of(known["host"])
    with httpx.Client(timeout=20, follow_redirects=False) as client:
        app = githubapp.convert(client, api, visit.said("code"), visit.services.home / "keys")
    with visit.services.database.begin() as tx:
        state.drop(tx, STATE_KEY)
    return visit.page(
        "pages/setup_github.html",
        visit.words("{name} exists; two steps are left", name=app.name),
        app=app,
        lines=githubapp.lines(app, "github", known["organisation"], "" if api == "https://api.github.com" else api),
    )


PAGE = Page("/setup/github", "Set-up", 83, show, shown="nowhere", role="owner", scoped=False, reads=("code", "state"))

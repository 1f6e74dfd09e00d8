"""Sign-in: there is no password; a one-time link is printed at start or made by `fairlead login`."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """How to get in, and whether the last link had expired."""
    spent = visit.query.get("fault") == "link"
    return visit.page(
        "pages/signin.html",
        visit.words("Sign in with a one-time link"),
        spent=spent,
        next=visit.query.get("next", ""),
    )


PAGE = Page("/sign-in", "Sign in", 95, show, shown="nowhere", role="anyone", scoped=False)

"""The rows that a figure was made from: the drill-down of every number, with the SQL that gives them."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views import answers
from fairlead.ui.views.asking import ask
from fairlead.ui.views.cards import card
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """A page of rows, or all of them as CSV or JSON."""
    name = visit.path["name"]
    found = ask(visit, name)
    if (form := visit.query.get("form", "")) in ("csv", "json"):
        return answers.export(visit, found.rows.query, form, name)
    rows = answers.rows(visit, f"/rows/{name}", found.rows.query, found)
    said = card(found, visit)
    title = f"{said.title}: {said.value}"
    return visit.page("pages/rows.html", title, card=said, rows=rows, excluded=found.excluded)


PAGE = Page("/rows/{name}", "Rows", 96, show, shown="nowhere")

"""The rows that a figure was made from: the drill-down of every number, with the SQL that gives them."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.misnamed import choice
from fairlead.ui.page import TABLE, Page
from fairlead.ui.views import answers
from fairlead.ui.views.asking import ask
from fairlead.ui.views.cards import card
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """A page of rows that count, or of those left out (`?which=left_out`), or all of them as CSV or JSON."""
    name = visit.path["name"]
    found = ask(visit, name)
    others = found.left_out if choice(visit, "which", ("left_out",)) else None
    query = (others or found.rows).query
    if form := choice(visit, "form", answers.FORMS):
        return answers.export(visit, query, form, name)
    rows = answers.rows(visit, f"/rows/{name}", query, found, left_out=others is not None)
    said = card(found, visit)
    title = f"{said.title}: {said.value}"
    return visit.page(
        "pages/rows.html", title, card=said, rows=rows, others=others is not None, n=found.rows.count,
        left=found.left_out.count if found.left_out else 0,
        counted_link=visit.scope.link(f"/rows/{name}"),
        left_link=visit.scope.link(f"/rows/{name}", which="left_out"),
    )  # fmt: skip


PAGE = Page("/rows/{name}", "Rows", 96, show, shown="nowhere", reads=(*TABLE, "which"))

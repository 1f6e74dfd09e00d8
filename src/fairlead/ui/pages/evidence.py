"""All rows behind one sentence of a report, with the query that gives them."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views import answers
from fairlead.ui.views.documents import digest
from fairlead.ui.views.papers import paper
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """Looks the claim up by its query: nobody can send a query of their own through this page."""
    report, wanted = visit.path["report"], visit.path["digest"]
    claim = next((claim for claim in paper(report, visit).claims() if digest(claim.evidence) == wanted), None)
    if claim is None:
        return visit.page(
            "fault.html",
            visit.words("The report no longer says this"),
            status=404,
            message=visit.words("The link leads to a sentence of an earlier report."),
            hint="",
        )
    path = f"/evidence/{report}/{wanted}"
    if (form := visit.query.get("form", "")) in ("csv", "json"):
        return answers.export(visit, claim.evidence.query, form, report)
    rows = answers.rows(visit, path, claim.evidence.query)
    return visit.page("pages/evidence.html", claim.text, rows=rows, report=report)


PAGE = Page("/evidence/{report}/{digest}", "Evidence", 96, show, shown="nowhere", cut=())

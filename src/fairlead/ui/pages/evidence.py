"""All rows behind one sentence of a report, with the query that gives them."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from fairlead.reports.document import Document
from fairlead.reports.renderers.walk import digest
from fairlead.ui.kept import KEPT_S
from fairlead.ui.misnamed import choice
from fairlead.ui.page import TABLE, Page
from fairlead.ui.remembered import remembered
from fairlead.ui.scope import SCOPE_WORDS
from fairlead.ui.views import answers
from fairlead.ui.views.documents import OWN_WORDS
from fairlead.ui.views.papers import paper
from fairlead.ui.visit import Visit

_KEPT = timedelta(seconds=2 * KEPT_S)


def show(visit: Visit) -> Response:
    """Looks the claim up by its query: nobody can send a query of their own through this page."""
    report, wanted = visit.path["report"], visit.path["digest"]
    for word in OWN.difference(OWN_WORDS.get(report, ())):
        choice(visit, word, ())
    told = paper(report, visit)
    claim = next((claim for claim in told.claims() if digest(claim.evidence) == wanted), None)
    claim = claim or remembered(visit, report, wanted)
    if claim is None:
        return visit.page(
            "fault.html",
            visit.words("The report no longer says this"),
            status=404,
            message=visit.words("The link leads to a sentence of an earlier report."),
            hint="",
        )
    path = f"/evidence/{report}/{wanted}"
    if form := choice(visit, "form", answers.FORMS):
        return answers.export(visit, claim.evidence.query, form, report)
    rows = answers.rows(visit, path, claim.evidence.query)
    return visit.page("pages/evidence.html", claim.text, rows=rows, report=report, then=_as_of(visit, told))


def _as_of(visit: Visit, told: Document) -> str:
    """The moment that the report tells of, where that lies behind what the rows beside it know."""
    # a report of now is kept for a minute, and its rows may be that much newer
    return told.shown_as_of if visit.shown.now - told.as_of > _KEPT else ""


OWN = frozenset(word for words in OWN_WORDS.values() for word in words).difference(SCOPE_WORDS)
"""Words of any report: each is read for its own report alone. The scope's words stand in every address."""
PAGE = Page(
    "/evidence/{report}/{digest}", "Evidence", 96, show, shown="nowhere", cut=(), reads=(*TABLE, *sorted(OWN))
)

"""Quarter: the plan of a quarter, made from data."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.goals import periods
from fairlead.ui.misnamed import Misnamed
from fairlead.ui.page import Page
from fairlead.ui.views.papers import report
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The document of `fairlead quarter` as a page; `?quarter=` names another than the running one."""
    said = visit.said("quarter")
    if said and periods.first_day(said) is None:
        raise Misnamed("quarter", said, ["2026-Q4"])
    return report(visit, "quarter", f"fairlead quarter {said}".strip())


PAGE = Page("/quarter", "Quarter", 38, show, shown="more", key="r", cut=("team",), reads=("quarter",))

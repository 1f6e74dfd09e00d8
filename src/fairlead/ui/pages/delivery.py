"""Delivery: DORA's five figures with their trends, the phases of lead time, and the rows behind all of them."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.model.figures import Figure
from fairlead.ui.page import Page
from fairlead.ui.views.asking import ask, entry, group, title
from fairlead.ui.views.cards import card
from fairlead.ui.views.drawn import drawn, finding
from fairlead.ui.views.phases import phases
from fairlead.ui.visit import Visit

BANDED = ("elite", "high", "medium")
FLOW = ("lead_time_working",)


def show(visit: Visit) -> Response:
    """Cards first, then how each went."""
    found = group(visit, "dora")
    by_name = {figure.name: figure for figure in found}
    lead = by_name.get("lead_time")
    return visit.page(
        "pages/delivery.html",
        _title(visit, by_name),
        cards=[card(figure, visit) for figure in found],
        phases=phases(lead, visit) if lead else (),
        lead=title(visit, "lead_time"),
        charts=[drawn(figure, visit, "line" if figure.unit == "seconds" else "bar", _bands(visit, figure))
                for figure in found if sum(point.value is not None for point in figure.trend) > 1],
        flow=[card(ask(visit, name), visit) for name in FLOW],
    )  # fmt: skip


def _title(visit: Visit, found: dict[str, Figure]) -> str:
    # What a team asks for first, and failing that what it can be told.
    for name in ("lead_time", "deployment_frequency", "change_failure_rate"):
        if name in found and found[name].value is not None:
            return finding(found[name], visit)
    return visit.words("There is too little data for a figure of delivery")


def _bands(visit: Visit, figure: Figure) -> tuple[tuple[float, str], ...]:
    bands = entry(visit, figure.name).bands
    if bands is None:
        return ()
    return tuple((getattr(bands, name), visit.words(name)) for name in BANDED)


PAGE = Page("/delivery", "Delivery", 40, show, key="d")

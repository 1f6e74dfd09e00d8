"""What a rule would have done in the past: asked for by its page once that is shown, since it can take seconds."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.misnamed import choice
from fairlead.ui.page import Page
from fairlead.ui.pages.rule import asked
from fairlead.ui.views.pasts import DAYS, past_of
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The chart and what it held of; the part alone where the script asks."""
    rule, days = asked(visit), choice(visit, "days", DAYS) or DAYS[1]
    past = past_of(visit, rule, days)
    template = "parts/past.html" if visit.partial else "pages/rule_past.html"
    unknown = past if isinstance(past, str) else ""
    return visit.page(template, rule.title, rule=rule, days=days, past=None if unknown else past, unknown=unknown)


PAGE = Page("/rules/{rule}/past", "The past of a rule", 79, show, shown="nowhere", scoped=False, reads=("days",))

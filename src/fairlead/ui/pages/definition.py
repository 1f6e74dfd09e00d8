"""One definition: what is counted, what is left out, where it comes from, and the SQL."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views.asking import ask, entries, entry, title
from fairlead.ui.views.cards import card
from fairlead.ui.visit import Visit

DIRECTIONS = {"up": "more is better", "down": "less is better", "neither": "neither more nor less is better"}


def show(visit: Visit) -> Response:
    """The entry, with the figure as it is now."""
    found = entry(visit, visit.path["name"])
    language = visit.words.language
    known = entries(visit)
    used = [name for name, other in known.items() if found.name in other.parts]
    return visit.page(
        "pages/definition.html",
        found.title.in_language(language),
        entry=found,
        definition=found.definition.in_language(language),
        mark=found.mark.in_language(language) if found.mark else "",
        caveats=[caveat.in_language(language) for caveat in found.caveats],
        direction=visit.words(DIRECTIONS[found.direction]),
        minimum=max(found.minimum_n, visit.services.setup.thresholds.minimum_n),
        guardrail=(found.guardrail, title(visit, found.guardrail)) if found.guardrail else None,
        parts=[(name, title(visit, name)) for name in found.parts],
        used=[(name, title(visit, name)) for name in used],
        card=card(ask(visit, found.name), visit),
    )


PAGE = Page("/definitions/{name}", "Definition", 76, show, shown="nowhere")

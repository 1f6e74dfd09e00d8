"""The catalogue: every figure with its definition, by group."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views.asking import entries
from fairlead.ui.visit import Visit

GROUPS = {
    "dora": "Delivery (DORA)",
    "flow": "Flow",
    "sprint": "Sprints",
    "review": "Reviews",
    "quality": "Builds and tests",
    "reliability": "Reliability",
    "outcome": "Promises and what came of them",
}
"""Group -> its name; a group of a team's own catalogue is called what it is called there."""


def show(visit: Visit) -> Response:
    """All entries."""
    groups: dict[str, list[tuple[str, str, str]]] = {}
    language = visit.words.language
    for entry in entries(visit).values():
        said = (entry.name, entry.title.in_language(language), entry.definition.in_language(language))
        groups.setdefault(entry.group, []).append(said)
    count = sum(map(len, groups.values()))
    return visit.page(
        "pages/definitions.html",
        visit.words("{n} figures, each defined once", n=count),
        groups=[(visit.words(GROUPS.get(name, name)), members) for name, members in groups.items()],
    )


PAGE = Page("/definitions", "Definitions", 75, show, shown="more", key="f", scoped=False)

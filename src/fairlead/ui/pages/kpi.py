"""KPI catalogue: the figures that are on, each with definition, mark and guardrail; then those that could be."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.reports.asked import Asked
from fairlead.reports.kpi import Kpi, load_kpis
from fairlead.ui.kept import kept
from fairlead.ui.page import Page
from fairlead.ui.views.asking import entries
from fairlead.ui.views.cards import card
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """What `[kpi] on` names, in its order."""
    services, language = visit.services, visit.words.language
    on = services.settings.kpi.on
    team = visit.scope.team or None
    asked = Asked(services.warehouse, services.setup, visit.shown.now, team, language)
    window = visit.scope.between(visit.shown.now)

    def make() -> list[Kpi]:
        return load_kpis(asked, on, window)

    found = kept(visit, ("kpi", team, visit.scope.window, language, on), make)
    known = sum(one.figure.value is not None for one in found)
    off = [
        (entry.name, entry.title.in_language(language), entry.definition.in_language(language))
        for entry in entries(visit).values()
        if entry.name not in on
    ]
    return visit.page(
        "pages/kpi.html",
        visit.words("{known} of {n} figures that are on have a value", known=known, n=len(found)),
        kpis=[_shown(visit, one) for one in found],
        off=off,
    )


def _shown(visit: Visit, one: Kpi) -> dict[str, object]:
    language = visit.words.language
    return {
        "card": card(one.figure, visit),
        "definition": one.entry.definition.in_language(language),
        "mark": one.entry.mark.in_language(language) if one.entry.mark else "",
        "guardrail": card(one.guardrail, visit) if one.guardrail else None,
    }


PAGE = Page("/kpi", "KPI", 42, show, shown="more", key="n", cut=("team", "window"))

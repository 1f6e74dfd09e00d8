"""Quality: builds and tests of the main branch, reviews, and what fails now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from fairlead.model.figures import Figure
from fairlead.reports.renderers.walk import safe_url
from fairlead.ui.around import aware
from fairlead.ui.page import Page
from fairlead.ui.views.asking import group
from fairlead.ui.views.cards import card
from fairlead.ui.views.drawn import drawn
from fairlead.ui.views.grids import Cell, Column, Grid, grid
from fairlead.ui.views.links import page_of, short
from fairlead.ui.visit import Visit

# From the view that the brief reads: both must call the same branch red.
_RED = """
select b.build, b.repository, b.name, b.url, b.failures, b.since, b.due_at from attention_red_main b
where ($team = '' or b.repository in (select repository from repository_teams where team = $team))
  and ($repository = '' or b.repository = $repository)
order by b.since limit 50
"""
CHARTED = ("build_success_rate", "build_duration", "flaky_builds", "coverage")


def show(visit: Visit) -> Response:
    """What is red first, then the figures."""
    limits = {name: visit.scope.limits.get(name, "") for name in ("team", "repository")}
    red = visit.services.warehouse.rows(_RED, limits)
    builds, reviews = group(visit, "quality"), group(visit, "review")
    charted = [figure for figure in builds if figure.name in CHARTED and _drawable(figure.trend)]
    return visit.page(
        "pages/quality.html",
        _title(visit, red, builds),
        red=_red(visit, red),
        builds=[card(figure, visit) for figure in builds],
        reviews=[card(figure, visit) for figure in reviews],
        charts=[drawn(figure, visit, "line") for figure in charted],
    )


def _drawable(trend: tuple[Any, ...]) -> bool:
    return sum(point.value is not None for point in trend) > 1


def _title(visit: Visit, red: list[dict[str, Any]], builds: list[Figure]) -> str:
    if not red:
        # That nothing fails can only be said of what is built.
        known = any(figure.n for figure in builds)
        return visit.words("No main branch is red") if known else visit.words("No build is known in this window")
    # Three names fit into a title; the table has them all.
    names = ", ".join(dict.fromkeys(short(row["repository"]) for row in red[:3]))
    return visit.words.plural(
        "{names} is red on main", "{n} pipelines are red on main: {names}", len(red), names=names
    )


def _red(visit: Visit, red: list[dict[str, Any]]) -> Grid:
    words, shown = visit.words, visit.shown

    def pipeline(row: Mapping[str, Any]) -> Cell:
        out = safe_url(row["url"])
        return Cell(row["name"] or short(row["build"]), link=out or page_of(row["build"]), out=bool(out))

    def since(row: Mapping[str, Any]) -> Cell:
        at = aware(row["since"])
        return Cell(shown.moment(at), at=at, tight=True)

    def lasting(row: Mapping[str, Any]) -> Cell:
        at = aware(row["since"])
        return Cell(shown.span((shown.now - at).total_seconds()) if at else None)

    columns = [
        Column(words("Pipeline"), pipeline),
        Column(words("Repository"), lambda row: Cell(short(row["repository"]), link=page_of(row["repository"]))),
        Column(words("Red since"), since),
        Column(words("For"), lasting, number=True),
        Column(words("Failures in a row"), lambda row: Cell(shown.number(row["failures"])), number=True),
    ]
    return grid(visit, "/quality", columns, red)


PAGE = Page("/quality", "Quality", 50, show, key="q")

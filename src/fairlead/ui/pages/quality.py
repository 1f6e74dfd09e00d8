"""Quality: builds and tests of the main branch, reviews, what fails now, and which tests cannot be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from fairlead.model.figures import Figure
from fairlead.reports.flaky_facts import Flaky, Slower, Tests, load_tests
from fairlead.reports.renderers.walk import safe_url
from fairlead.ui.around import aware
from fairlead.ui.kept import kept
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
CHARTED = ("build_success_rate", "build_duration", "flaky_builds", "flaky_tests", "coverage")


def show(visit: Visit) -> Response:
    """What is red first, then the figures."""
    limits = {name: visit.scope.limits.get(name, "") for name in ("team", "repository")}
    red = visit.services.warehouse.rows(_RED, limits)
    builds, reviews = group(visit, "quality"), group(visit, "review")
    charted = [figure for figure in builds if figure.name in CHARTED and _drawable(figure.trend)]
    tests = _tests(visit)
    return visit.page(
        "pages/quality.html",
        _title(visit, red, builds),
        red=_red(visit, red),
        flaky=_flaky(visit, tests.flaky),
        slower=_slower(visit, tests.slower),
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


def _tests(visit: Visit) -> Tests:
    scope, warehouse = visit.scope, visit.services.warehouse

    def make() -> Tests:
        return load_tests(warehouse, scope.between(visit.shown.now), scope.limits)

    return kept(visit, ("tests", scope.team, scope.window, *scope.segment), make)


def _flaky(visit: Visit, found: Sequence[Flaky]) -> Grid:
    words, shown = visit.words, visit.shown

    def commits(test: Flaky) -> Cell:
        return Cell(words("{n} of {all}", n=shown.number(test.commits), all=shown.number(test.of)))

    columns = [
        _named(visit),
        _of_suite(visit),
        _in_repository(visit),
        Column(words("Flaky on commits"), lambda row: commits(row["test"]), number=True),
        Column(words("Together with"), lambda row: Cell(", ".join(row["test"].beside) or None)),
        Column(
            words("Last"), lambda row: Cell(shown.moment(row["test"].last_at), at=row["test"].last_at, tight=True)
        ),
    ]
    return grid(visit, "/quality", columns, [{"test": test} for test in found])


def _slower(visit: Visit, found: Sequence[Slower]) -> Grid:
    words, shown = visit.words, visit.shown
    columns = [
        _named(visit),
        _of_suite(visit),
        _in_repository(visit),
        Column(words("Took"), lambda row: Cell(shown.span(row["test"].before_s)), number=True),
        Column(words("Takes"), lambda row: Cell(shown.span(row["test"].now_s)), number=True),
    ]
    return grid(visit, "/quality", columns, [{"test": test} for test in found])


def _named(visit: Visit) -> Column:
    """The test; its name leads to the result that says so."""
    return Column(visit.words("Test"), lambda row: Cell(row["test"].name, link=page_of(row["test"].last_case)))


def _of_suite(visit: Visit) -> Column:
    return Column(visit.words("Suite"), lambda row: Cell(row["test"].suite))


def _in_repository(visit: Visit) -> Column:
    def cell(row: Mapping[str, Any]) -> Cell:
        repository = row["test"].repository
        return Cell(short(repository), link=page_of(repository))

    return Column(visit.words("Repository"), cell)


PAGE = Page("/quality", "Quality", 50, show, key="q")

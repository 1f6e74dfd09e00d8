"""The gallery of parts: each with realistic values, for looking at and for the browser tests; development only."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from starlette.responses import Response

from fairlead.model.figures import Definition, Evidence, Figure, Freshness, Point
from fairlead.ui.page import Page
from fairlead.ui.views.cards import card
from fairlead.ui.views.grids import Cell, Column, grid
from fairlead.ui.views.reasoning import Node
from fairlead.ui.visit import Visit

LONG = (
    "Retry webhooks that a payment provider refuses, with a backoff that grows, so that a short outage loses nothing"
)


def show(visit: Visit) -> Response:
    """Every part once, the awkward cases among them."""
    return visit.page(
        "pages/parts.html",
        "Every part of the pages, once",
        cards=[card(figure, visit) for figure in _figures(visit)],
        lines=_lines(visit),
        grid=_grid(visit),
        tree=_tree(),
        days=_days(visit),
        job=SimpleNamespace(id="job", what="github: pull requests", done=412, total=1880, rate=31.5, left=47.0),
    )


def _figures(visit: Visit) -> list[Figure]:
    return [
        _figure(visit, "lead_time", "Lead time for changes", 111_600.0, 118_800.0, [30, 41, 38, None, 35, 33, 31]),
        _figure(visit, "change_failure_rate", "Change failure rate", 0.066, 0.049, [4, 0, 12, 5, 6, 7, 7]),
        _figure(visit, "recovery_time", "Failed deployment recovery time", None, None, []),
    ]


def _figure(
    visit: Visit, name: str, title: str, value: float | None, before: float | None, trend: list[Any]
) -> Figure:
    now, week = visit.shown.now, timedelta(days=7)
    start = now - week * len(trend)
    points = tuple(
        Point(start=start + week * at, end=start + week * (at + 1), value=height, n=9, partial=at == len(trend) - 1)
        for at, height in enumerate(trend)
    )
    return Figure(
        name=name,
        title=title,
        value=value,
        unit="share" if name == "change_failure_rate" else "seconds",
        window=visit.scope.between(now),
        n=48 if value is not None else 2,
        excluded={"not_deployed": 2, "no_first_commit": 1} if value is not None else {},
        missing=None if value is not None else "no_failures",
        previous=before,
        direction="down",
        band="high" if value is not None else None,
        trend=points,
        definition=Definition(name=name, version=1, url=f"/definitions/{name}"),
        freshness=Freshness(as_of=now),
        rows=Evidence(ids=(), count=48, query="select 1"),
    )


def _lines(visit: Visit) -> list[SimpleNamespace]:
    proof = SimpleNamespace(
        count=64,
        more=61,
        all="/rows/lead_time",
        records=[SimpleNamespace(title=f"acme/payments#{n}", url="https://github.example/1") for n in (412, 415, 9)],
    )
    # A title beyond any line, one from right to left, and one that nobody has to act on.
    named = [(LONG, "Kim Okafor"), ("إصلاح إعادة المحاولة", "مريم حداد"), ("Drop the old ledger", "")]
    levels = ("act", "watch", "")
    return [
        SimpleNamespace(
            title=title, link="/rows/lead_time", out=False, where=f"acme/payments#{412 + at}", tags=[], who=who,
            level=level, age="3.4 working days", why="waits for review", since=visit.shown.now - timedelta(days=4),
            proof=proof, act=None,
        )
        for at, ((title, who), level) in enumerate(zip(named, levels, strict=True))
    ]  # fmt: skip


def _grid(visit: Visit) -> Any:
    columns = [
        Column("Change", lambda row: Cell(row["id"], link="https://github.example/1", out=True), sort="id"),
        Column("Title", lambda row: Cell(row["title"]), sort="title"),
        Column("Review", lambda row: Cell(row["review"], why="nobody has reviewed it"), number=True),
    ]
    rows: list[dict[str, Any]] = [
        {"id": "acme/payments#412", "title": LONG, "review": "3.1 h"},
        {"id": "acme/payments#415", "title": "إصلاح إعادة المحاولة", "review": None},
    ]
    return grid(visit, "/parts", columns, rows, total=10_000, exports=[("CSV", "#"), ("JSON", "#")])


def _tree() -> Node:
    leaf = Node("approved by another person", True, "yes")
    wait = Node("checks", False, "1 of 9 failed", "passes once `unit` is green")
    return Node("may be merged", False, "no", below=[leaf, wait])


def _days(visit: Visit) -> list[SimpleNamespace]:
    at = visit.shown.now
    events = [
        SimpleNamespace(at=at, text="payments-api deployed to production", link=""),
        SimpleNamespace(at=at - timedelta(hours=2), text="acme/payments#412 merged", link="https://github.example"),
    ]
    return [SimpleNamespace(title=visit.shown.day(at), events=events)]


PAGE = Page("/parts", "Parts", 900, show, shown="nowhere", role="anyone", development=True)

"""Search: records of every kind and pages, by what one types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, Response

from fairlead.model.errors import Abort
from fairlead.reports.finding import KINDS, LONGEST, Group, Hit, find, words_of
from fairlead.reports.plain import plain
from fairlead.reports.renderers.walk import safe_url
from fairlead.store import aliases
from fairlead.ui.around import aware
from fairlead.ui.misnamed import choice
from fairlead.ui.page import Page
from fairlead.ui.render import render
from fairlead.ui.rights import allowed
from fairlead.ui.views.grids import Grid, Slice, grid, wanted
from fairlead.ui.views.links import page_for, short
from fairlead.ui.visit import Visit

_FIRST = 5
"""Of each kind, where several have something: the eye finds the kind, a click the rest."""
_TITLES = {
    "service": "Services", "team": "Teams", "repository": "Repositories", "person": "People", "change": "Changes",
    "work item": "Work items", "sprint": "Sprints", "milestone": "Milestones", "incident": "Incidents",
    "alert": "Alerts", "slo": "Objectives", "release": "Releases", "deployment": "Deployments", "build": "Builds",
    "test": "Failed tests", "commit": "Commits", "page": "Pages",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One thing found."""

    title: str
    detail: str
    link: str
    out: str = ""
    """The tool's own page."""


@dataclass(frozen=True)
class Part:
    """What was found of one kind."""

    title: str
    total: int
    lines: tuple[Line, ...]
    more: str = ""
    """Where all of it is; empty if it is all here."""


def show(visit: Visit) -> Response:
    """The whole page, or the list alone for the search box."""
    asked, kind, part = visit.said("q").strip(), choice(visit, "kind", KINDS), wanted(visit, ())
    parts: list[Part] = []
    pager, wrong = None, ""
    try:
        groups = _groups(visit, asked, kind, part)
    except Abort as fault:
        # What cannot be looked for is a fault of the form: it is said there, and what was typed stays.
        groups, wrong = [], f"{fault.message}: {fault.hint}"
    if not wrong:
        whole = bool(groups) and not visit.partial and (bool(kind) or len(groups) == 1)
        parts = [*(() if kind else _pages(visit, asked)), *(_part(visit, group, asked, whole) for group in groups)]
        pager = _pager(visit, groups[0], part) if whole else None
    found = {"parts": parts, "asked": asked[:LONGEST], "wrong": wrong, "pager": pager, "kind": kind}
    # The box asks while one types: it needs the list and no frame.
    if visit.partial:
        return HTMLResponse(render("parts/found.html", **found, _=visit.words, shown=visit.shown, visit=visit))
    n = visit.shown.number(sum(one.total for one in parts))
    title = visit.words("{n} found for “{asked}”", n=n, asked=asked) if asked and not wrong else visit.words("Search")
    return visit.page("pages/search.html", title, status=422 if wrong else 200, longest=LONGEST, **found)


def _groups(visit: Visit, asked: str, kind: str, part: Slice) -> list[Group]:
    if not words_of(asked):
        return []
    # Names of people stand on the page People, for those who may open it.
    people, warehouse = allowed(visit, "member"), visit.services.warehouse
    with visit.services.database.read() as tx:
        former = aliases.called_now(tx, words_of(asked))
    if kind:
        return find(warehouse, asked, people=people, kind=kind, limit=part.limit, offset=part.offset, former=former)
    groups = find(warehouse, asked, people=people, limit=_FIRST, former=former)
    # Where one kind alone has something there is no choice to offer: its rows are shown at once.
    return _groups(visit, asked, groups[0].kind, part) if len(groups) == 1 and not visit.partial else groups


def _part(visit: Visit, group: Group, asked: str, whole: bool) -> Part:
    lines = tuple(_line(visit, hit) for hit in group.hits)
    rest = "" if whole or group.total <= len(lines) else visit.scope.link("/search", q=asked, kind=group.kind)
    return Part(visit.words(_TITLES[group.kind]), group.total, lines, rest)


def _line(visit: Visit, hit: Hit) -> Line:
    when = visit.shown.moment(aware(hit.at)) if hit.at else ""
    said = [short(hit.id), visit.words(hit.state) if hit.state else "", when]
    # Who may not open the record of a person finds them in the register.
    register = visit.scope.link("/people") if hit.kind == "person" else ""
    link, url = page_for(visit, hit.id) or register, safe_url(hit.url)
    return Line(plain(hit.title), " · ".join(filter(None, said)), link or url, url if link else "")


def _pager(visit: Visit, group: Group, part: Slice) -> Grid:
    asked = {"q": visit.said("q"), "kind": group.kind, "offset": part.offset}
    # Members know people from the register; the API names them to owners only.
    exports = [("JSON", f"/api/v1/search?{urlencode(asked)}")] if group.kind != "person" else []
    rows: list[dict[str, str]] = [{} for _ in group.hits]
    return grid(visit, "/search", (), rows, total=group.total, part=part, exports=exports)


def _pages(visit: Visit, asked: str) -> Iterator[Part]:
    # The reader's menu, so that no page is found that would refuse them.
    found = [
        Line(title, f"g {entry.key}" if entry.key else "", visit.scope.link(entry.path))
        for entry in visit.menu
        if asked.lower() in (title := visit.words(entry.title)).lower()
    ]
    if found:
        yield Part(visit.words(_TITLES["page"]), len(found), tuple(found))


PAGE = Page("/search", "Search", 85, show, shown="nowhere", scoped=False, reads=("q", "kind", "page"))

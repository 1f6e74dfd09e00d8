"""Search: pages, changes, services, repositories, people and definitions by what one types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.responses import HTMLResponse, Response

from fairlead.reports.renderers.walk import safe_url
from fairlead.ui.page import Page
from fairlead.ui.render import render
from fairlead.ui.rights import allowed
from fairlead.ui.views.links import page_for, short
from fairlead.ui.visit import Visit

_FOUND = """
select * from (
  (select 'change' as what, id, title, url, state as detail, 3 as place, updated_at from changes
   where deleted_at is null and (title ilike $like escape '!' or id ilike $like escape '!')
   order by updated_at desc limit 12)
  union all
  (select 'service', id, coalesce(name, id), url, null, 1, null from services
   where deleted_at is null and (name ilike $like escape '!' or id ilike $like escape '!') limit 6)
  union all
  (select 'repository', id, coalesce(name, id), url, null, 2, null from repositories
   where deleted_at is null and (name ilike $like escape '!' or id ilike $like escape '!') limit 6)
  union all
  (select 'person', id, coalesce(name, id), null, kind, 4, null from people
   where $people and deleted_at is null and name ilike $like escape '!' limit 6)
  union all
  (select 'work item', id, title, url, status, 5, updated_at from work_items
   where deleted_at is null and (title ilike $like escape '!' or id ilike $like escape '!')
   order by updated_at desc limit 8)
) order by place, updated_at desc nulls last, title
"""


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    title: str
    detail: str
    link: str
    out: bool = False


def show(visit: Visit) -> Response:
    """The whole page, or the list alone for the search box."""
    # Longer than any id: the pattern is matched against every title.
    asked = visit.query.get("q", "").strip()[:100]
    hits = list(_hits(visit, asked)) if asked else list(_pages(visit, ""))
    # The box asks while one types: it needs the list and no frame.
    if visit.partial:
        return HTMLResponse(render("parts/found.html", hits=hits, asked=asked, _=visit.words))
    title = (
        visit.words("{n} found for “{asked}”", n=visit.shown.number(len(hits)), asked=asked)
        if asked
        else visit.words("Search")
    )
    return visit.page("pages/search.html", title, hits=hits, asked=asked)


def _hits(visit: Visit, asked: str) -> Iterator[Hit]:
    yield from _pages(visit, asked)
    # `!` escapes itself first, or it would make what was typed a pattern again.
    like = "%" + asked.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
    # Names of people stand on the page People, for those who may open it.
    asked_for = {"like": like, "people": allowed(visit, "member")}
    for row in visit.services.warehouse.rows(_FOUND, asked_for):
        url = row["url"] or ""
        words = [visit.words(row["what"]), short(row["id"]), visit.words(row["detail"]) if row["detail"] else ""]
        out = row["what"] in ("change", "work item") and bool(safe_url(url))
        # Who may not open the record of a person finds them in the register.
        link = url if out else page_for(visit, row["id"]) or visit.scope.link("/people")
        yield Hit(row["title"] or row["id"], " · ".join(filter(None, words)), link, out)


def _pages(visit: Visit, asked: str) -> Iterator[Hit]:
    # The reader's menu, so that no page is found that would refuse them.
    for entry in visit.menu:
        title = visit.words(entry.title)
        if asked.lower() in title.lower():
            keys = f"g {entry.key}" if entry.key else ""
            yield Hit(title, visit.words("page") + (f" · {keys}" if keys else ""), visit.scope.link(entry.path))


PAGE = Page("/search", "Search", 85, show, shown="nowhere", scoped=False)

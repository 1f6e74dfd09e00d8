"""Work: what is not finished by its status, the oldest first, with its age against its project's cycle times."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.misnamed import choice, page_number, within
from fairlead.ui.page import Page
from fairlead.ui.views.documents import story
from fairlead.ui.views.papers import paper
from fairlead.ui.views.standing import PER_PAGE, types, working
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """All lanes with their oldest items, or one lane in pages; what cannot go on comes first."""
    told, lanes = story(paper("work", visit), visit), working(visit)
    lane, page = choice(visit, "lane", [one.key for one in lanes]), page_number(visit)
    pages = 1
    if lane:
        lanes = working(visit, lane, page)
        pages = max(-(-lanes[0].count // PER_PAGE), 1)
    within(page, pages)
    chapters = {chapter.key: chapter for chapter in told.chapters}
    return visit.page(
        "pages/work.html",
        told.title.text,
        story=told,
        blocked=chapters.get("blocked"),
        figures=chapters["figures"],
        lanes=lanes,
        lane=lane,
        page=page,
        pages=pages,
        types=types(visit),
        chosen=visit.scope.limits.get("work_type", ""),
    )


PAGE = Page("/work", "Work", 25, show, key="w", cut=("team",), reads=("work_type", "lane", "page"))

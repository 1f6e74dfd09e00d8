"""Changes: the board of open changes by whose turn it is, oldest first."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.misnamed import choice, page_number, within
from fairlead.ui.page import Page
from fairlead.ui.views.board import PER_PAGE, TURNS, Board, board
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """All turns, or one turn in pages."""
    turn, page = choice(visit, "turn", TURNS), page_number(visit)
    found = board(visit, turn, page)
    count = found.lanes[0].count if turn and found.lanes else 0
    pages = max(-(-count // PER_PAGE), 1)
    within(page, pages)
    return visit.page(
        "pages/changes.html",
        _title(visit, found),
        board=found,
        turn=turn,
        page=page,
        pages=pages,
        limits=visit.services.setup.thresholds,
    )


def _title(visit: Visit, found: Board) -> str:
    words = visit.words
    if not found.count:
        return words("No change is open")
    opened = words.plural(
        "{n} change is open", "{n} changes are open", found.count, n=visit.shown.number(found.count)
    )
    if not found.overdue:
        return words("{opened}, none longer than usual", opened=opened)
    return words("{opened}, {n} longer than usual", opened=opened, n=visit.shown.number(found.overdue))


PAGE = Page("/changes", "Changes", 30, show, key="c", cut=("team", "service", "repository"), reads=("turn", "page"))

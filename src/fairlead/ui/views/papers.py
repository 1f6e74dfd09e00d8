"""Reports as trees, for the pages that show them and for the rows behind their sentences."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from fairlead.model.errors import Skip
from fairlead.reports.asked import Asked
from fairlead.reports.document import Document
from fairlead.reports.past import asked_in_week
from fairlead.reports.registry import REPORTS
from fairlead.ui.kept import kept
from fairlead.ui.views.documents import own_words, story
from fairlead.ui.visit import Visit


def paper(name: str, visit: Visit) -> Document:
    """A report for the reader's team and language."""
    if name not in REPORTS:
        raise Skip(visit.words("There is no such report."))
    services = visit.services
    team, language = visit.scope.team, visit.words.language
    own = own_words(name, visit)

    # Kept by team and language: whoever asks, a report says the same.
    def make() -> Document:
        now, intake = services.clock.now(), services.intake()
        asked = Asked(services.warehouse, services.setup, now, team or None, language, intake)
        # a week that is over is told as it was known by its end
        with asked_in_week(services.past, asked, own.get("week", "")) as then:
            return REPORTS[name](then, **own)

    return kept(visit, (name, team, language, *own.values()), make)


def report(visit: Visit, name: str, command: str = "", links: Sequence[tuple[str, str]] = ()) -> Response:
    """A report that needs nothing but its own words, as a page; `links` are names and addresses beside it."""
    told = story(paper(name, visit), visit)
    typed = command or f"fairlead {name}"
    return visit.page("pages/report.html", told.title.text, story=told, command=typed, links=links)

"""Words of an address that name nothing: said, since a page of nothing would look like a team without work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from starlette.responses import Response

from fairlead.ui.frame import Choice
from fairlead.ui.scope import WINDOWS, Scope
from fairlead.ui.visit import Visit

_TABLES = {"team": "teams", "repository": "repositories", "service": "services"}
"""Choice -> records that may bear the name though they are not offered, like an archived repository."""
_TITLES = {"window": "Window", "team": "Team", "repository": "Repository", "service": "Service"}
_NAMED = 12
"""Names that are listed; a reader who needs more takes the choice above."""


def misnamed(visit: Visit) -> Response | None:
    """The page that says which word names nothing and which would; `None` if all are known."""
    for word, said, known in _words(visit):
        if said and said not in known and not _recorded(visit, word, said):
            names = ", ".join(known[:_NAMED]) + (" …" if len(known) > _NAMED else "")
            told = visit.words("{what} “{said}” is not known.", what=visit.words(_TITLES[word]), said=said[:100])
            # The links of this page must not carry the word on to the next.
            return replace(visit, scope=Scope()).page(
                "fault.html",
                visit.words("This address names something that is not there"),
                status=404,
                message=told,
                hint=visit.words("There are: {names}", names=names) if names else "",
            )
    return None


def _words(visit: Visit) -> Iterator[tuple[str, str, Sequence[str]]]:
    # The scope holds a window that is known; what was typed stands in the address alone.
    yield "window", visit.query.get("window", ""), tuple(WINDOWS)
    limits, frame = visit.scope.limits, visit.frame
    choices: tuple[tuple[str, tuple[Choice, ...]], ...] = (
        ("team", frame.teams), ("repository", frame.repositories), ("service", frame.services),
    )  # fmt: skip
    for word, offered in choices:
        yield word, limits.get(word, ""), [choice.value for choice in offered]


def _recorded(visit: Visit, word: str, said: str) -> bool:
    if word not in _TABLES:
        return False
    query = f"select 1 from {_TABLES[word]} where id = ? and deleted_at is null"  # noqa: S608 - a table of ours
    return bool(visit.services.warehouse.rows(query, [said]))

"""Words of an address that name nothing: said, since a page of nothing would look like a team without work."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from starlette.responses import Response

from fairlead.model.errors import Skip
from fairlead.model.records.work import WORK_TYPES
from fairlead.ui.frame import Choice
from fairlead.ui.scope import SCOPE_WORDS, WINDOWS, Scope
from fairlead.ui.visit import Visit

_TABLES = {"team": "teams", "repository": "repositories", "service": "services"}
"""Choice -> records that may bear the name though they are not offered, like an archived repository."""
_TITLES = {
    "window": "Window", "team": "Team", "repository": "Repository", "service": "Service", "work_type": "Type of work",
    "author_kind": "Kind of author", "page": "Page", "sort": "Column to sort by", "order": "Order", "form": "Form",
    "which": "Rows", "turn": "Turn", "kind": "Kind", "sprint": "Sprint", "lane": "Lane", "week": "Week",
    "for": "Readers", "tool": "Tool", "objective": "Objective", "quarter": "Quarter",
    "items": "Items to do", "by": "Done by", "as_of": "As known before",
}  # fmt: skip
_AUTHOR_KINDS = ("human", "agent", "mixed", "bot")
_NAMED = 12
"""Names that are listed; a reader who needs more takes the choice above."""


class Misnamed(Skip):
    """A word of the address says something that is not there; `known` is what it could say."""

    def __init__(self, word: str, said: str, known: Sequence[str]) -> None:
        super().__init__(f"`{word}`: `{said}` is not known")
        self.word, self.said, self.known = word, said, known


def choice(visit: Visit, word: str, known: Collection[str], default: str = "") -> str:
    """One of the known values, or the default where the address does not say; raises `Misnamed`."""
    said = visit.said(word)
    if said and said not in known:
        raise Misnamed(word, said, list(known))
    return said or default


def page_number(visit: Visit) -> int:
    """Which page of a list the address asks for, from 1; raises `Misnamed`."""
    said = visit.said("page") or "1"
    # Eight digits are beyond all rows that there are, and Python reads longer numbers for minutes.
    if not (said.isascii() and said.isdecimal() and len(said) < 8 and int(said)):
        raise Misnamed("page", said, ["1, 2, 3 …"])
    return int(said)


def within(page: int, pages: int) -> int:
    """The page, where there are so many; raises `Misnamed`, as a list that ended before looks like one of nothing."""
    if page > max(pages, 1):
        raise Misnamed("page", str(page), ["1" if pages < 2 else f"1 – {pages}"])
    return page


def told(visit: Visit, fault: Misnamed) -> Response:
    """The page that says which word names nothing and which would."""
    names = ", ".join(fault.known[:_NAMED]) + (" …" if len(fault.known) > _NAMED else "")
    what = visit.words(_TITLES.get(fault.word, fault.word))
    # The links of this page must not carry the word on to the next.
    scope = Scope() if fault.word in SCOPE_WORDS else visit.scope
    return replace(visit, scope=scope).page(
        "fault.html",
        visit.words("This address names something that is not there"),
        status=404,
        message=visit.words("{what} “{said}” is not known.", what=what, said=fault.said[:100]),
        hint=visit.words("There are: {names}", names=names) if names else "",
    )


def check_scope(visit: Visit) -> None:
    """Raises `Misnamed` for the first word of the scope line that names nothing."""
    for word, said, known in _scope_words(visit):
        if said and said not in known and not _recorded(visit, word, said):
            raise Misnamed(word, said, known)


def _scope_words(visit: Visit) -> Iterator[tuple[str, str, Sequence[str]]]:
    # The scope holds a window that is known; what was typed stands in the address alone.
    yield "window", visit.said("window"), tuple(WINDOWS)
    limits, frame = visit.scope.limits, visit.frame
    choices: tuple[tuple[str, tuple[Choice, ...]], ...] = (
        ("team", frame.teams), ("repository", frame.repositories), ("service", frame.services),
    )  # fmt: skip
    for word, offered in choices:
        yield word, limits.get(word, ""), [choice.value for choice in offered]
    yield "work_type", limits.get("work_type", ""), WORK_TYPES
    yield "author_kind", limits.get("author_kind", ""), _AUTHOR_KINDS


def _recorded(visit: Visit, word: str, said: str) -> bool:
    if word not in _TABLES:
        return False
    query = f"select 1 from {_TABLES[word]} where id = ? and deleted_at is null"  # noqa: S608 - a table of ours
    return bool(visit.services.warehouse.rows(query, [said]))

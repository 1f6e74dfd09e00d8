"""The board of work as lines: an item, where it stands, how old it is, and what holds it up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fairlead.reports.asked import Asked
from fairlead.reports.plain import plain
from fairlead.reports.renderers.walk import safe_url
from fairlead.reports.sentences import Teller
from fairlead.reports.work import age_words, heading
from fairlead.reports.work_facts import Item, Lane, load_board, load_types
from fairlead.ui.kept import kept
from fairlead.ui.views.board import Tag, Waiting
from fairlead.ui.views.links import page_of, short
from fairlead.ui.visit import Visit

PER_LANE, PER_PAGE = 25, 50
_TYPES: Mapping[str, str] = {
    "feature": "Features", "bug": "Bugs", "tech_debt": "Tech debt", "toil": "Toil", "incident": "Incidents",
    "epic": "Epics", "task": "Tasks", "other": "Other work",
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A lane of the board."""

    key: str
    heading: str
    count: int
    old: int
    lines: tuple[Waiting, ...]
    all: str


@dataclass(frozen=True)
class Kind:
    """A type of work that the board can be limited to."""

    name: str
    title: str
    count: int
    link: str


def working(visit: Visit, lane: str = "", page: int = 1) -> Sequence[Standing]:
    """The lanes; with a lane one page of that alone."""
    asked, chosen = _asked(visit), visit.scope.limits.get("work_type", "")
    most = PER_PAGE if lane else PER_LANE

    def make() -> list[Lane]:
        return load_board(asked.scope, chosen, lane, most=most, after=(page - 1) * most)

    key = ("work board", visit.scope.team, chosen, lane, page)
    teller = asked.teller()
    return [_standing(visit, teller, one) for one in kept(visit, key, make) if not lane or one.key == lane]


def types(visit: Visit) -> Sequence[Kind]:
    """Types of work that something stands in, the most first."""
    found = kept(visit, ("work types", visit.scope.team), lambda: load_types(_asked(visit).scope))
    return [
        Kind(name, visit.words(_TYPES[name]), count, visit.scope.link("/work", work_type=name))
        for name, count in found.items()
        if name in _TYPES
    ]


def _asked(visit: Visit) -> Asked:
    services = visit.services
    return Asked(services.warehouse, services.setup, visit.shown.now, visit.scope.team or None, visit.words.language)


def _standing(visit: Visit, teller: Teller, lane: Lane) -> Standing:
    return Standing(
        key=lane.key,
        heading=heading(teller, lane),
        count=lane.count,
        old=lane.old,
        lines=tuple(_line(visit, teller, item) for item in lane.items),
        all=visit.scope.link("/work", lane=lane.key),
    )


def _line(visit: Visit, teller: Teller, item: Item) -> Waiting:
    url = safe_url(item.url or "")
    held = [visit.words("a flag") if reason == "flag" else short(reason) for reason in item.held]
    tags = [Tag(visit.words(_TYPES.get(item.work_type, _TYPES["other"])))]
    tags += [Tag(visit.words("held up by {names}", names=", ".join(held)), "act")] if held else []
    return Waiting(
        title=plain(item.title) or short(item.id),
        link=url or page_of(item.id),
        out=bool(url),
        where=short(item.id),
        who="",
        why=age_words(teller, item),
        since=item.in_status_since or item.since,
        age=visit.shown.span(item.age_s),
        # Beyond 85 % is worth a look; the words beside it say how far.
        level="watch" if item.passed >= 85 else "",
        tags=tuple(tags),
    )

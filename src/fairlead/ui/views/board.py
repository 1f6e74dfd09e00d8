"""Open changes by whose turn it is; whose turn and since when comes from `open_change_turns`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fairlead.reports.plain import plain
from fairlead.reports.renderers.walk import safe_url
from fairlead.reports.scope import Scope
from fairlead.ui.around import aware
from fairlead.ui.kept import kept
from fairlead.ui.views.links import page_of, short
from fairlead.ui.visit import Visit

PER_LANE = 25
"""Changes shown of each turn on the board; one turn alone is shown in pages."""
PER_PAGE = 50

TURNS: Mapping[str, tuple[str, str]] = {
    "reviewer": ("Waits for a reviewer", "somebody was asked"),
    "any_reviewer": ("Waits for anybody", "nobody was asked to review"),
    "author": ("Waits for its author", "to answer, repair or merge"),
    "ci": ("Waits for checks", "machines are working"),
    "merge_queue": ("On its way into the branch", "queued, or merging by itself"),
    "nobody_knows": ("Nobody can tell", "its history is not known yet"),
}
"""Turn -> heading and what it means, in the order of the board."""

REASONS: Mapping[str, str] = {
    "review_requested": "review requested",
    "answered": "the author has answered",
    "nobody_asked": "nobody was asked",
    "changes_requested": "changes requested",
    "comments": "comments wait for an answer",
    "checks_failed": "{detail} fails",
    "conflict": "conflicts with {base}",
    "approved": "approved and not merged",
    "draft": "a draft",
    "checks_running": "{detail} is running",
    "auto_merge": "merges by itself once it may",
    "queued": "in the merge queue",
    "no_events": "its events have not been read",
}
"""Why it is that turn -> the words for it; the keys are those of `changes`."""

_WHERE = """
from open_change_turns o
left join changes c on c.id = o.change
where ($team = '' or list_contains(string_split(coalesce(o.teams, ''), ','), $team) or o.team = $team)
  and ($repository = '' or o.repository = $repository)
  and ($service = '' or o.change in (select change from change_services where service = $service))
"""

# The view is read once: it is what costs, since it walks the calendar of each change.
_LANES = """
with open_now as (
  select o.*, c.base_branch, row_number() over (partition by o.turn order by o.since, o.change) as nth,
    count(*) over (partition by o.turn) as n,
    count(case when o.due_at < $now then 1 end) over (partition by o.turn) as overdue
  {where}
)
select o.*, coalesce(ap.name, a.name, a.handle) as account_name, coalesce(up.name, u.name, u.handle) as author_name,
  t.name as asked_name
from open_now o
left join accounts a on a.id = o.account
left join people ap on ap.id = a.person
left join accounts u on u.id = o.author
left join people up on up.id = u.person
left join teams t on t.id = o.asked_team
where (nth > $before and nth <= $upto and ($turn = '' or turn = $turn)) or nth = 1
order by nth
"""


@dataclass(frozen=True)
class Tag:
    """A word beside the title."""

    text: str
    level: str = ""


@dataclass(frozen=True)
class Waiting:
    """One open change, as a line of work."""

    title: str
    link: str
    out: bool
    where: str
    who: str
    why: str
    since: datetime | None
    age: str
    level: str
    tags: tuple[Tag, ...]
    proof: None = None
    act: None = None


@dataclass(frozen=True)
class Lane:
    """Changes with the same turn."""

    turn: str
    heading: str
    about: str
    count: int
    overdue: int
    lines: tuple[Waiting, ...]
    all: str


@dataclass(frozen=True)
class Board:
    """All lanes that hold something."""

    lanes: tuple[Lane, ...]
    count: int
    overdue: int


def board(visit: Visit, turn: str = "", page: int = 1) -> Board:
    """The board, or with a turn one page of that lane."""
    limits = {name: visit.scope.limits.get(name, "") for name in ("team", "repository", "service")}
    size = PER_PAGE if turn else PER_LANE
    # Cut in the query: ten thousand open changes must not travel for the fifty that are shown.
    cut = {"before": (page - 1) * size, "upto": page * size, "turn": turn}
    asked = {**limits, **cut, "now": visit.shown.now.astimezone(UTC).replace(tzinfo=None)}

    def make() -> list[dict[str, Any]]:
        return list(visit.services.warehouse.rows(_LANES.format(where=_WHERE), asked))

    rows = kept(visit, ("board", tuple(sorted(limits.items())), turn, page), make)
    time = kept(visit, ("working time",), lambda: _time(visit))
    firsts = {row["turn"]: row for row in rows if row["nth"] == 1}
    shown = [row for row in rows if cut["before"] < row["nth"] <= cut["upto"]]
    lanes = (_lane(visit, time, firsts[key], shown) for key in TURNS if key in firsts)
    return Board(
        lanes=tuple(lane for lane in lanes if not turn or lane.turn == turn),
        count=sum(row["n"] for row in firsts.values()),
        overdue=sum(row["overdue"] for row in firsts.values()),
    )


def _time(visit: Visit) -> Scope:
    """Working calendars of everybody: a wait is told in working time here as in the brief."""
    services = visit.services
    return Scope.of(services.warehouse, services.setup, visit.shown.now, None)


def _lane(visit: Visit, time: Scope, first: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Lane:
    turn = first["turn"]
    heading, about = TURNS[turn]
    return Lane(
        turn=turn,
        heading=visit.words(heading),
        about=visit.words(about),
        count=first["n"],
        overdue=first["overdue"],
        lines=tuple(_line(visit, time, row) for row in rows if row["turn"] == turn),
        all=visit.scope.link("/changes", turn=turn),
    )


def _line(visit: Visit, time: Scope, row: Mapping[str, Any]) -> Waiting:
    since, due = aware(row["since"]), aware(row["due_at"])
    overdue = due is not None and due < visit.shown.now
    url = row["url"] or ""
    calendar = time.calendars.of_team(row["team"])
    waited = time.working_between(since, calendar) if since else 0.0
    return Waiting(
        title=plain(row["title"]) or short(row["change"]),
        link=safe_url(url) or page_of(row["change"]),
        out=bool(safe_url(url)),
        where=short(row["change"]),
        who=_who(row),
        why=_why(visit, row),
        since=since,
        age=visit.shown.working(waited, calendar.usual_day_seconds) if since else visit.words("no date"),
        level="watch" if overdue else "",
        tags=_tags(visit, row),
    )


def _who(row: Mapping[str, Any]) -> str:
    """Whose turn: the reviewer or team asked, or the author; empty where it is nobody's by name."""
    if row["turn"] == "reviewer":
        return str(row["asked_name"] or row["account_name"] or short(row["account"] or row["asked_team"] or ""))
    return str(row["author_name"] or short(row["author"] or "")) if row["turn"] == "author" else ""


def _why(visit: Visit, row: Mapping[str, Any]) -> str:
    said = REASONS.get(row["why"], row["why"].replace("_", " "))
    detail = row["detail"] or visit.words("a check")
    return visit.words(said, detail=detail, base=row["base_branch"] or visit.words("its base branch"))


def _tags(visit: Visit, row: Mapping[str, Any]) -> tuple[Tag, ...]:
    # The line that the brief draws: a page and a report call the same change large.
    large = visit.services.setup.thresholds.large_change_lines
    lines = row["lines"] or 0
    if lines < large:
        return ()
    return (Tag(visit.words("{n} lines", n=visit.shown.number(lines))),)

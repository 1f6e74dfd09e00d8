"""What a change is made for: an issue of Jira or of GitLab, which goes its way along with the change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from fairlead.connectors.kit.fake.tool import Json
from fairlead.wiring.demo.cast import Yard
from fairlead.wiring.demo.director import Director
from fairlead.wiring.demo.dock import Dock
from fairlead.wiring.demo.tracker import Tracker, status_of

_PICKED_UP = 0.42
"""Share of everyday changes that are begun for an issue, while there is one: the rest is small repairs."""


class Errand(Protocol):
    """An issue in the hands of whoever works on it."""

    @property
    def title(self) -> str:
        """What is wanted."""
        ...

    @property
    def key(self) -> str:
        """What titles begin with; empty where no title names an issue."""
        ...

    @property
    def closing(self) -> str:
        """What the change says of it; empty where the key says enough."""
        ...

    def in_review(self, by: str) -> None:
        """Its change waits for a review."""
        ...

    def end(self, by: str, *, done: bool) -> None:
        """Its change has ended."""
        ...


@dataclass(frozen=True, slots=True)
class _OfJira:
    tracker: Tracker
    issue: Json
    closing: str = ""

    @property
    def title(self) -> str:
        return str(self.issue["fields"]["summary"])

    @property
    def key(self) -> str:
        return str(self.issue["key"])

    def in_review(self, by: str) -> None:
        self.tracker.change(self.issue, by, status="In Review")

    def end(self, by: str, *, done: bool) -> None:
        self.tracker.change(self.issue, by, status="Done" if done else "To Do")


@dataclass(frozen=True, slots=True)
class _OfGitLab:
    dock: Dock
    name: str
    issue: Json
    key: str = ""

    @property
    def title(self) -> str:
        return str(self.issue["title"])

    @property
    def closing(self) -> str:
        return f"{self.title}.\n\nCloses #{self.issue['iid']}"

    def in_review(self, by: str) -> None:
        """GitLab has no status between open and closed: the merge request is what tells."""

    def end(self, by: str, *, done: bool) -> None:
        if done:
            self.dock.close(self.issue, by)
        else:
            self.dock.waiting[self.name].append(self.issue)


def pick_up(director: Director, house: Yard, who: str, key: str) -> Errand | None:
    """The issue that somebody begins a change for, if it is one of those that are begun for an issue."""
    if not director.dice("pick up", house.name, key).chance(_PICKED_UP):
        return None
    if house.host == "gitlab":
        return _next_of_gitlab(director.dock, house, who)
    tracker, board = director.tracker, director.tracker.boards[house.team]
    for issue in tracker.inside(board.sprint) if board.sprint else ():
        if status_of(issue) == "To Do" and board.homes.get(issue["key"]) == house.name:
            tracker.change(issue, who, assignee=who, status="In Progress")
            return _OfJira(tracker, issue)
    return None


def _next_of_gitlab(dock: Dock, house: Yard, who: str) -> Errand | None:
    """The oldest that nobody works on."""
    if not dock.waiting[house.name]:
        return None
    issue = dock.waiting[house.name][0]
    dock.take(issue, who)
    return _OfGitLab(dock, house.name, issue)

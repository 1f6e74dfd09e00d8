"""The code host as scripts see it: they work somewhere without knowing whether that is GitHub or GitLab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from fairlead.connectors.github.fake.repositories import NewCommit
from fairlead.wiring.demo.agenda import Script
from fairlead.wiring.demo.cast import Ship


@dataclass(frozen=True, slots=True)
class RunOrder:
    """A run of checks to be played."""

    name: str
    jobs: Sequence[str]
    sha: str
    branch: str
    event: str
    by: str
    results: Mapping[str, str]
    """Job -> conclusion, where it is no success."""
    took_s: int
    pulls: Sequence[int] = ()
    again: bool = False
    """Run once more some minutes after its end, and then it is good."""


class Somebody(Protocol):
    """Who did it."""

    @property
    def login(self) -> str:
        """Handle at the host."""
        ...


class Change(Protocol):
    """A pull or merge request as it is now."""

    @property
    def number(self) -> int:
        """Number in its repository."""
        ...

    @property
    def title(self) -> str:
        """With the key of an issue, where one belongs to it."""
        ...

    @property
    def state(self) -> str:
        """`open` until it ends."""
        ...

    @property
    def head_sha(self) -> str:
        """Its last commit."""
        ...

    @property
    def head_ref(self) -> str:
        """Its branch."""
        ...

    @property
    def commits(self) -> Sequence[str]:
        """Hashes of its commits."""
        ...

    @property
    def merged_at(self) -> object:
        """Nothing unless it was merged."""
        ...

    @property
    def user(self) -> Somebody:
        """Its author."""
        ...


class Shipped(Protocol):
    """A deployment."""

    @property
    def id(self) -> int:
        """The host's number of it."""
        ...

    @property
    def sha(self) -> str:
        """What was deployed."""
        ...


C = TypeVar("C", bound=Change)


class CodeHost(Protocol[C]):
    """One repository at its host; everything happens at the story's present second."""

    def head(self) -> str:
        """Last commit of the branch that changes go to."""
        ...

    def runs(self) -> int:
        """How many runs of checks there have been."""
        ...

    def open(
        self, branch: str, by: str, commits: Sequence[NewCommit], title: str, body: str, draft: bool = False
    ) -> C:
        """Pushes a new branch and asks for its commits to be merged."""
        ...

    def push(self, item: C, by: str, commit: NewCommit) -> None:
        """One more commit."""
        ...

    def ready(self, item: C, by: str) -> None:
        """It is a draft no longer."""
        ...

    def ask(self, item: C, whom: str, by: str, after_s: int = 0) -> None:
        """Asks somebody for a review."""
        ...

    def review(
        self, item: C, state: str, by: str, body: str | None = None, lines: Sequence[tuple[str, int, str]] = ()
    ) -> None:
        """`approved`, `changes_requested` or `commented`, with remarks on lines of files."""
        ...

    def comment(self, item: C, text: str, by: str) -> None:
        """Says something."""
        ...

    def close(self, item: C, by: str) -> None:
        """Gives it up."""
        ...

    def merge(self, item: C, by: str) -> str:
        """Brings it in the way of the house and removes its branch; gives the new head."""
        ...

    def play(self, order: RunOrder) -> Script:
        """A run of checks until its end."""
        ...

    def begin_deployment(
        self, ship: Ship, sha: str, stage: str, task: str = "deploy", description: str = ""
    ) -> Shipped:
        """A deployment begins."""
        ...

    def end_deployment(self, ship: Ship, stage: str, result: str, description: str = "") -> Shipped:
        """The youngest deployment of a service to a stage ends: `success` or `failure`."""
        ...

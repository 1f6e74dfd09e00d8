"""Repositories with a real commit graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from fairlead.connectors.github.fake.names import ZERO_SHA
from fairlead.connectors.github.fake.pipeline import (
    Alert,
    CheckRun,
    CheckSuite,
    CommitStatus,
    Deployment,
    Release,
    Workflow,
    WorkflowRun,
)
from fairlead.connectors.github.fake.state import Account, Issue, Label, Milestone, Pull


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file as a commit touched it."""

    path: str
    additions: int = 1
    deletions: int = 0
    status: str = "modified"
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Who and when, as written in a commit."""

    name: str
    email: str
    at: datetime


@dataclass(slots=True, eq=False)
class Commit:
    """A commit of the graph."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str
    files: tuple[FileChange, ...]
    index: int
    """Place in the repository's order of creation, which is topological."""
    ancestors: int
    """Bit set over indexes of all commits reachable from this one, itself among them."""

    @property
    def additions(self) -> int:
        """Lines added over all files."""
        return sum(file.additions for file in self.files)

    @property
    def deletions(self) -> int:
        """Lines deleted over all files."""
        return sum(file.deletions for file in self.files)


@dataclass(slots=True, eq=False)
class Repository:
    """A repository and all that hangs on it."""

    id: int
    name: str
    owner: Account
    created_at: datetime
    updated_at: datetime
    pushed_at: datetime
    description: str | None = None
    language: str | None = None
    default_branch: str = "main"
    private: bool = True
    archived: bool = False
    fork: bool = False
    topics: tuple[str, ...] = ()
    deleted: bool = False
    former_names: list[str] = field(default_factory=list)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    """Text of the few files that are read through the API, like `CODEOWNERS`, at the default branch."""
    commits: dict[str, Commit] = field(default_factory=dict)
    order: list[Commit] = field(default_factory=list)
    issues: dict[int, Issue] = field(default_factory=dict)
    """Issues and pull requests share their numbers."""
    deleted_issues: set[int] = field(default_factory=set)
    labels: dict[str, Label] = field(default_factory=dict)
    milestones: dict[int, Milestone] = field(default_factory=dict)
    workflows: dict[str, Workflow] = field(default_factory=dict)
    runs: dict[int, WorkflowRun] = field(default_factory=dict)
    suites: dict[int, CheckSuite] = field(default_factory=dict)
    checks: dict[int, CheckRun] = field(default_factory=dict)
    checks_of: dict[str, list[CheckRun]] = field(default_factory=dict)
    """Commit -> its checks."""
    statuses: list[CommitStatus] = field(default_factory=list)
    deployments: dict[int, Deployment] = field(default_factory=dict)
    releases: dict[int, Release] = field(default_factory=dict)
    alerts: dict[tuple[str, int], Alert] = field(default_factory=dict)
    last_number: int = 0

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner.login}/{self.name}"

    @property
    def pulls(self) -> dict[int, Pull]:
        """The pull requests among the issues."""
        return {number: item for number, item in self.issues.items() if isinstance(item, Pull)}

    def add_check(self, found: CheckRun) -> None:
        """Files a new check."""
        self.checks[found.id] = found
        self.checks_of.setdefault(found.sha, []).append(found)
        found.suite.count += 1

    def take_number(self) -> int:
        """The next number for an issue or pull request."""
        self.last_number += 1
        return self.last_number

    def between(self, before: str, after: str) -> list[Commit]:
        """Commits reachable from `after` and not from `before`, oldest first; a zero `before` reaches nothing."""
        mask = self.commits[after].ancestors
        if before != ZERO_SHA:
            mask &= ~self.commits[before].ancestors
        return self.at_bits(mask)

    def outside(self, after: str, others: Sequence[str]) -> list[Commit]:
        """Commits reachable from `after` and from none of the others, oldest first."""
        mask = self.commits[after].ancestors
        for other in others:
            mask &= ~self.commits[other].ancestors
        return self.at_bits(mask)

    def merge_base(self, one: str, other: str) -> str | None:
        """The youngest common ancestor; `None` for unrelated histories."""
        shared = self.commits[one].ancestors & self.commits[other].ancestors
        return self.order[shared.bit_length() - 1].sha if shared else None

    def at_bits(self, mask: int) -> list[Commit]:
        """The commits whose index is set in a bit set, oldest first."""
        found: list[Commit] = []
        while mask:
            lowest = mask & -mask
            found.append(self.order[lowest.bit_length() - 1])
            mask ^= lowest
        return found

    def resolve(self, ref: str) -> str | None:
        """The commit that a branch, tag or hash names."""
        plain = (
            ref.removeprefix("refs/heads/").removeprefix("refs/tags/").removeprefix("heads/").removeprefix("tags/")
        )
        if plain in self.branches:
            return self.branches[plain]
        if plain in self.tags:
            return self.tags[plain]
        return plain if plain in self.commits else None


def summed(commits: Sequence[Commit]) -> list[FileChange]:
    """Files of several commits as one change: lines added up by path."""
    by_path: dict[str, FileChange] = {}
    for file in (file for commit in commits for file in commit.files):
        known = by_path.get(file.path)
        if known is not None:
            more = (known.additions + file.additions, known.deletions + file.deletions)
            file = replace(known, additions=more[0], deletions=more[1])
        by_path[file.path] = file
    return list(by_path.values())

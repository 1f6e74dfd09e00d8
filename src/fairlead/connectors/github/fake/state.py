"""The organisation's people, teams and threads as plain mutable values; `code.py` and `pipeline.py` hold the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

AccountKind = Literal["User", "Bot", "Organization", "Mannequin"]


@dataclass(slots=True, eq=False)
class Account:
    """A user, bot or organisation."""

    id: int
    login: str
    kind: AccountKind
    created_at: datetime
    name: str | None = None
    email: str | None = None
    app: App | None = None
    """Set for bots: the app that acts through this account."""
    emails: tuple[str, ...] = ()
    """Verified addresses by which the host links commits to the account."""
    deleted_at: datetime | None = None


@dataclass(slots=True, eq=False)
class App:
    """A GitHub App, as check runs and bot comments name it."""

    id: int
    slug: str
    name: str
    owner: Account
    created_at: datetime


@dataclass(slots=True, eq=False)
class Team:
    """A team of the organisation; a proposal for Fairlead's own."""

    id: int
    slug: str
    name: str
    description: str
    members: dict[str, str] = field(default_factory=dict)
    """Login -> `member` or `maintainer`."""
    repositories: dict[str, str] = field(default_factory=dict)
    """Repository name -> permission."""
    parent: Team | None = None


@dataclass(slots=True, eq=False)
class Label:
    """A label of a repository."""

    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass(slots=True, eq=False)
class Milestone:
    """A milestone of a repository."""

    id: int
    number: int
    title: str
    creator: Account
    created_at: datetime
    updated_at: datetime
    description: str | None = None
    due_on: datetime | None = None
    closed_at: datetime | None = None
    state: str = "open"


@dataclass(slots=True, eq=False)
class Comment:
    """A comment of an issue or of a pull request's conversation."""

    id: int
    user: Account
    body: str
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True, eq=False)
class TimelineItem:
    """An entry of the timeline that has no other record: labels, assignments, requests, renames."""

    id: int
    event: str
    actor: Account | None
    created_at: datetime
    label: Label | None = None
    subject: Account | None = None
    team: Team | None = None
    commit: str | None = None
    before: str | None = None
    """Old title, or head before a force push."""
    after: str | None = None
    milestone: str | None = None
    review: Review | None = None
    state: str | None = None
    ref: str | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Issue:
    """An issue; pull requests add to it."""

    id: int
    number: int
    title: str
    body: str | None
    user: Account
    created_at: datetime
    updated_at: datetime
    state: str = "open"
    state_reason: str | None = None
    type: str | None = None
    """Name of the issue type, like `Bug`."""
    closed_at: datetime | None = None
    closed_by: Account | None = None
    labels: list[Label] = field(default_factory=list)
    assignees: list[Account] = field(default_factory=list)
    milestone: Milestone | None = None
    comments: list[Comment] = field(default_factory=list)
    timeline: list[TimelineItem] = field(default_factory=list)
    parent: Issue | None = None
    children: list[Issue] = field(default_factory=list)
    locked: bool = False
    deleted: bool = False


@dataclass(slots=True, eq=False)
class ReviewComment:
    """A comment on a line of a pull request's diff."""

    id: int
    user: Account
    body: str
    path: str
    line: int
    commit: str
    review: int
    created_at: datetime
    updated_at: datetime
    reply_to: int | None = None


@dataclass(slots=True, eq=False)
class Review:
    """A submitted review."""

    id: int
    user: Account
    state: str
    """`approved`, `changes_requested`, `commented` or `dismissed`."""
    body: str | None
    commit: str
    submitted_at: datetime
    comments: list[ReviewComment] = field(default_factory=list)


@dataclass(slots=True, eq=False, kw_only=True)
class Pull(Issue):
    """A pull request: an issue that wants to bring commits to a branch."""

    pull_id: int
    base_ref: str
    base_sha: str
    head_ref: str
    head_sha: str
    draft: bool = False
    merged_at: datetime | None = None
    merged_by: Account | None = None
    merge_sha: str | None = None
    requested: list[Account] = field(default_factory=list)
    requested_teams: list[Team] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    auto_merge: Account | None = None
    queued_at: datetime | None = None
    conflicting: bool = False
    head_deleted: bool = False
    commits: list[str] = field(default_factory=list)
    """Hashes in order; kept after the merge, when the branches tell no more."""

"""Repositories, commits and changes (pull and merge requests)."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET

from fairlead.model.records.kinds import (
    AccountId,
    ChangeId,
    CommitId,
    Flag,
    MilestoneId,
    OneOf,
    PersonColumn,
    PersonText,
    Record,
    Refers,
    RepositoryId,
    TeamId,
    Text,
    Texts,
    Time,
    Whole,
)

CHANGE_EVENTS = (
    "opened", "closed", "reopened", "merged", "ready", "drafted", "review_requested", "review_request_removed",
    "reviewed", "approved", "changes_requested", "review_dismissed", "commented", "pushed", "force_pushed",
    "assigned", "unassigned", "labeled", "unlabeled", "renamed", "base_changed", "head_deleted", "head_restored",
    "queued", "dequeued", "auto_merge_enabled", "auto_merge_disabled", "checks_passed", "checks_failed",
    "conflicting", "mergeable", "locked", "unlocked", "milestoned", "demilestoned", "referenced",
)  # fmt: skip
"""Words that `change_events.kind` may hold."""


class Repository(Record, frozen=True):
    """A code repository."""

    name: Text = UNSET
    """Full name, like `acme/payments`."""
    external_id: Text = UNSET
    """The tool's own immutable id; finds renames."""
    default_branch: Text = UNSET
    """Name of the main branch."""
    team: TeamId = UNSET
    """Team that owns it, where configured."""
    private: Flag = UNSET
    """Whether it is hidden from the public."""
    archived: Flag = UNSET
    """Whether it is read-only."""
    fork: Flag = UNSET
    """Whether it is a fork."""
    language: Text = UNSET
    """Main programming language."""
    pushed_at: Time = UNSET
    """Last push."""


class Service(Record, frozen=True):
    """Something that runs and is deployed."""

    name: Text = UNSET
    """Shown name."""
    repository: RepositoryId = UNSET
    """Repository that builds it."""
    paths: Texts = UNSET
    """Globs of its files in the repository; empty means all."""
    team: TeamId = UNSET
    """Team that owns it."""
    criticality: Text = UNSET
    """`critical`, `high`, `medium` or `low`."""


class Commit(Record, frozen=True):
    """A commit of a repository; id is `<repository id>@<sha>`."""

    repository: RepositoryId = UNSET
    """The repository."""
    sha: Text = UNSET
    """Full hexadecimal hash."""
    parents: Texts = UNSET
    """Hashes of the parents, first parent first."""
    author: AccountId = UNSET
    """Account of the author."""
    committer: AccountId = UNSET
    """Account of the committer."""
    # beside the account, for many commits have none: the address is what identity goes by
    author_name: PersonText = UNSET
    """Author's name as written in the commit, after `.mailmap`."""
    author_email: PersonText = UNSET
    """Author's address as written in the commit, after `.mailmap`."""
    authored_at: Time = UNSET
    """Author date."""
    committed_at: Time = UNSET
    """Committer date."""
    message: Text = UNSET
    """Whole message."""
    # texts, not accounts: few co-authors have one, and identity reads name and address
    co_authors: Annotated[Texts, PersonColumn()] = UNSET
    """`Name <address>` of each Co-authored-by trailer."""
    trailers: Texts = UNSET
    """Other trailers as `Key: value`."""
    additions: Whole = UNSET
    """Lines added."""
    deletions: Whole = UNSET
    """Lines deleted."""
    files: Whole = UNSET
    """Files touched."""
    branch: Text = UNSET
    """Branch on which it was first seen by push."""


class CommitFile(Record, frozen=True):
    """A file that a commit touched; id is `<commit id>:<path>`."""

    commit: CommitId = UNSET
    """The commit."""
    repository: RepositoryId = UNSET
    """The repository."""
    path: Text = UNSET
    """Path after the commit."""
    previous_path: Text = UNSET
    """Path before, if renamed."""
    additions: Whole = UNSET
    """Lines added; empty for binary files."""
    deletions: Whole = UNSET
    """Lines deleted; empty for binary files."""


class Change(Record, frozen=True):
    """A pull request or merge request; id is `<repository id>#<number>`."""

    repository: RepositoryId = UNSET
    """The repository it wants to change."""
    number: Whole = UNSET
    """Number in the repository."""
    external_id: Text = UNSET
    """The tool's own immutable id."""
    title: Text = UNSET
    """Title."""
    body: Text = UNSET
    """Description."""
    author: AccountId = UNSET
    """Who opened it; empty if the account was deleted."""
    # a word of its own for merged: GitHub says `closed` and tells the rest in another field
    state: Annotated[Text, OneOf(("open", "closed", "merged"))] = UNSET
    """`open`, `closed` (unmerged) or `merged`."""
    draft: Flag = UNSET
    """Whether it is a draft now."""
    base_branch: Text = UNSET
    """Branch it goes to."""
    base_sha: Text = UNSET
    """Head of that branch as the tool tells it."""
    head_branch: Text = UNSET
    """Branch it comes from."""
    head_repository: Annotated[RepositoryId, PersonColumn()] = UNSET
    """Repository it comes from; differs for forks, which mostly bear the name of the account that made them."""
    head_sha: Text = UNSET
    """Last commit."""
    merge_sha: Text = UNSET
    """Commit that brought it into the base branch (merge, squash or last rebased commit)."""
    merged_at: Time = UNSET
    """When it was merged."""
    merged_by: AccountId = UNSET
    """Who merged it."""
    closed_at: Time = UNSET
    """When it was closed or merged."""
    additions: Whole = UNSET
    """Lines added."""
    deletions: Whole = UNSET
    """Lines deleted."""
    changed_files: Whole = UNSET
    """Files touched."""
    commit_count: Whole = UNSET
    """Commits in it."""
    mergeable: Annotated[Text, OneOf(("clean", "conflicting", "blocked", "behind", "unstable", "unknown"))] = UNSET
    """What the tool says about merging it now."""
    labels: Texts = UNSET
    """Names of labels, sorted."""
    assignees: Annotated[Texts, Refers("accounts"), PersonColumn()] = UNSET
    """Accounts assigned."""
    requested_reviewers: Annotated[Texts, Refers("accounts"), PersonColumn()] = UNSET
    """Accounts whose review is awaited."""
    requested_teams: Annotated[Texts, Refers("teams")] = UNSET
    """Teams whose review is awaited."""
    milestone: MilestoneId = UNSET
    """Milestone."""
    auto_merge: Flag = UNSET
    """Whether the tool merges it by itself once it may."""


class ChangeCommit(Record, frozen=True):
    """A commit that belongs to a change; id is `<change id>@<sha>`."""

    change: ChangeId = UNSET
    """The change."""
    commit: CommitId = UNSET
    """The commit."""
    sha: Text = UNSET
    """Hash of the commit."""
    # commits of a rebase may share their dates: only the order of the tool is sure
    position: Whole = UNSET
    """Order in the change, from 0."""
    author: AccountId = UNSET
    """Account of the author."""
    author_email: PersonText = UNSET
    """Author's address."""
    authored_at: Time = UNSET
    """Author date."""
    committed_at: Time = UNSET
    """Committer date."""
    message: Text = UNSET
    """Whole message."""


class ChangeEvent(Record, frozen=True):
    """Something that happened to a change; never altered, only deleted."""

    change: ChangeId = UNSET
    """The change."""
    repository: RepositoryId = UNSET
    """The repository."""
    kind: Annotated[Text, OneOf(CHANGE_EVENTS)] = UNSET
    """What happened."""
    at: Time = UNSET
    """When it happened, by the tool's clock."""
    actor: AccountId = UNSET
    """Who did it."""
    subject: AccountId = UNSET
    """Whom it concerns: the requested reviewer, the assignee."""
    subject_team: TeamId = UNSET
    """The team it concerns."""
    review: Text = UNSET
    """The tool's id of the review it belongs to."""
    sha: Text = UNSET
    """Commit it concerns."""
    body: Text = UNSET
    """Text of a comment or review."""
    detail: Text = UNSET
    """Label, old title, branch: what the kind needs."""


class ChangeFile(Record, frozen=True):
    """A file that a change touches; id is `<change id>:<path>`."""

    change: ChangeId = UNSET
    """The change."""
    repository: RepositoryId = UNSET
    """The repository."""
    path: Text = UNSET
    """Path after the change."""
    previous_path: Text = UNSET
    """Path before, if renamed."""
    status: Text = UNSET
    """`added`, `modified`, `removed`, `renamed`."""
    additions: Whole = UNSET
    """Lines added."""
    deletions: Whole = UNSET
    """Lines deleted."""

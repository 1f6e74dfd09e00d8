"""What each field of the graph says about the fake's state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from fairlead.connectors.github.fake.api.graph import Arguments, Connection, Resolver, Thing
from fairlead.connectors.github.fake.code import Commit, FileChange, Repository, Signature
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.names import node_id, stamp
from fairlead.connectors.github.fake.payloads.pull import mergeable, mergeable_state, pull_files
from fairlead.connectors.github.fake.payloads.wire import Wire
from fairlead.connectors.github.fake.state import Account, Comment, Issue, Label, Milestone, Pull, Review, Team

Resolvers = Mapping[str, Mapping[str, Resolver]]


def actor(account: Account | None) -> Thing | None:
    """An account in the graph; deleted ones are nobody, bots go by their bare name."""
    if account is None or account.deleted_at is not None:
        return None
    return Thing(account.kind, account)


def actors(wire: Wire) -> Resolvers:
    """Fields of accounts and teams."""

    def url(account: Account, _: Arguments) -> str:
        return f"{wire.html}/{'apps/' if account.kind == 'Bot' else ''}{account.login.removesuffix('[bot]')}"

    shared: dict[str, Resolver] = {
        "id": lambda one, _: node_id(one.kind[0], one.id),
        "databaseId": lambda one, _: one.id,
        "login": lambda one, _: one.login.removesuffix("[bot]"),
        "url": url,
        "avatarUrl": lambda one, _: f"https://avatars.githubusercontent.com/u/{one.id}?v=4",
        "name": lambda one, _: one.name,
        "email": lambda one, _: one.email or "",
    }
    team: dict[str, Resolver] = {
        "id": lambda one, _: node_id("T", one.id),
        "databaseId": lambda one, _: one.id,
        "slug": lambda one, _: one.slug,
        "name": lambda one, _: one.name,
        "combinedSlug": lambda one, _: one.slug,
        "url": lambda one, _: f"{wire.html}/orgs/teams/{one.slug}",
    }
    kinds = ("User", "Bot", "Mannequin", "Organization", "EnterpriseUserAccount")
    return {**dict.fromkeys(kinds, shared), "Team": team}


def reviewer(account: Account | None, team: Team | None) -> Thing | None:
    """Whose review is asked for."""
    return Thing("Team", team) if team is not None else actor(account)


def time_of(name: str) -> Resolver:
    """A field that is a time of the state."""

    def told(value: Any, _: Arguments) -> str | None:
        moment: datetime | None = getattr(value, name)
        return stamp(moment)

    return told


def commits(fake: FakeGitHub, wire: Wire, repo: Repository) -> Resolvers:
    """Fields of a repository's commits."""

    def signed(signature: Signature) -> Thing:
        return Thing("GitActor", signature)

    def user(signature: Signature, _: Arguments) -> Thing | None:
        found = actor(fake.by_address.get(signature.email.lower()))
        # The graph has no bots behind commits: the field is of type `User`.
        return found if found is not None and found.type == "User" else None

    commit: dict[str, Resolver] = {
        "id": lambda one, _: node_id("C", int(one.sha[:11], 16), repo.id),
        "oid": lambda one, _: one.sha,
        "url": lambda one, _: f"{wire.html}/{repo.full_name}/commit/{one.sha}",
        "message": lambda one, _: one.message,
        "messageHeadline": lambda one, _: one.message.splitlines()[0],
        "authoredDate": lambda one, _: stamp(one.author.at),
        "committedDate": lambda one, _: stamp(one.committer.at),
        "additions": lambda one, _: one.additions,
        "deletions": lambda one, _: one.deletions,
        "changedFilesIfAvailable": lambda one, _: len(one.files),
        "author": lambda one, _: signed(one.author),
        "committer": lambda one, _: signed(one.committer),
        "parents": lambda one, _: Connection(
            "CommitConnection", [Thing("Commit", repo.commits[sha]) for sha in one.parents]
        ),
    }
    git_actor: dict[str, Resolver] = {
        "name": lambda one, _: one.name,
        "email": lambda one, _: one.email,
        "date": lambda one, _: stamp(one.at),
        "user": user,
    }
    in_pull: dict[str, Resolver] = {
        "id": lambda one, _: node_id("PRC", int(one.sha[:11], 16), repo.id),
        "commit": lambda one, _: Thing("Commit", one),
        "url": lambda one, _: f"{wire.html}/{repo.full_name}/commits/{one.sha}",
    }
    return {"Commit": commit, "GitActor": git_actor, "PullRequestCommit": in_pull}


def commit_or_none(repo: Repository, sha: str | None) -> Thing | None:
    """A commit of the graph by hash."""
    found: Commit | None = repo.commits.get(sha) if sha else None
    return Thing("Commit", found) if found is not None else None


def labels_and_milestones(wire: Wire, repo: Repository) -> Resolvers:
    """Fields of labels, milestones and changed files."""
    label: dict[str, Resolver] = {
        "id": lambda one, _: node_id("LA", one.id, repo.id),
        "name": lambda one, _: one.name,
        "color": lambda one, _: one.color,
    }
    milestone: dict[str, Resolver] = {
        "id": lambda one, _: node_id("MI", one.id, repo.id),
        "number": lambda one, _: one.number,
        "title": lambda one, _: one.title,
        "state": lambda one, _: one.state.upper(),
        "description": lambda one, _: one.description,
        "url": lambda one, _: f"{wire.html}/{repo.full_name}/milestone/{one.number}",
        "createdAt": time_of("created_at"),
        "updatedAt": time_of("updated_at"),
        "dueOn": time_of("due_on"),
        "closedAt": time_of("closed_at"),
        "creator": lambda one, _: actor(one.creator),
    }
    file: dict[str, Resolver] = {
        "path": lambda one, _: one.path,
        "additions": lambda one, _: one.additions,
        "deletions": lambda one, _: one.deletions,
        "changeType": lambda one, _: one.status.upper().replace("REMOVED", "DELETED"),
    }
    return {"Label": label, "Milestone": milestone, "PullRequestChangedFile": file}


def things(
    kind: str, items: list[Label] | list[FileChange] | list[Milestone] | list[Review] | list[Comment]
) -> list[Thing]:
    """State as objects of one type."""
    return [Thing(kind, item) for item in items]


def pull_fields(
    wire: Wire, repo: Repository, timeline: Callable[[Pull, Arguments], Connection]
) -> dict[str, Resolver]:
    """Fields of a pull request."""
    here = Thing("Repository", repo)

    def summed(number: Callable[[FileChange], int]) -> Resolver:
        return lambda one, _: sum(number(file) for file in pull_files(repo, one))

    def auto_merge(one: Pull, _: Arguments) -> Thing | None:
        if one.auto_merge is None:
            return None
        marks = [mark.created_at for mark in one.timeline if mark.event == "auto_merge_enabled"]
        return Thing("AutoMergeRequest", (marks[-1], one.auto_merge))

    def requests(one: Pull, _: Arguments) -> Connection:
        asked = [Thing("ReviewRequest", reviewer(account, None)) for account in one.requested]
        asked += [Thing("ReviewRequest", reviewer(None, team)) for team in one.requested_teams]
        return Connection("ReviewRequestConnection", asked)

    return {
        "id": lambda one, _: node_id("PR", one.pull_id, repo.id),
        "databaseId": lambda one, _: one.pull_id,
        "fullDatabaseId": lambda one, _: str(one.pull_id),
        "number": lambda one, _: one.number,
        "url": lambda one, _: f"{wire.html}/{repo.full_name}/pull/{one.number}",
        "title": lambda one, _: one.title,
        "body": lambda one, _: one.body or "",
        "state": lambda one, _: "MERGED" if one.merged_at else one.state.upper(),
        "isDraft": lambda one, _: one.draft,
        "merged": lambda one, _: one.merged_at is not None,
        "closed": lambda one, _: one.state != "open",
        "locked": lambda one, _: one.locked,
        "createdAt": time_of("created_at"),
        "updatedAt": time_of("updated_at"),
        "closedAt": time_of("closed_at"),
        "mergedAt": time_of("merged_at"),
        "additions": summed(lambda file: file.additions),
        "deletions": summed(lambda file: file.deletions),
        "changedFiles": lambda one, _: len(pull_files(repo, one)),
        "mergeStateStatus": lambda one, _: mergeable_state(repo, one).upper(),
        "mergeable": lambda one, _: {None: "UNKNOWN", True: "MERGEABLE", False: "CONFLICTING"}[mergeable(one)],
        "reviewDecision": _decision,
        "author": lambda one, _: actor(one.user),
        "mergedBy": lambda one, _: actor(one.merged_by),
        "mergeCommit": lambda one, _: commit_or_none(repo, one.merge_sha if one.merged_at else None),
        "baseRefName": lambda one, _: one.base_ref,
        "baseRefOid": lambda one, _: one.base_sha,
        "headRefName": lambda one, _: one.head_ref,
        "headRefOid": lambda one, _: one.head_sha,
        "headRepository": lambda _, __: here,
        "baseRepository": lambda _, __: here,
        "autoMergeRequest": auto_merge,
        "milestone": lambda one, _: Thing("Milestone", one.milestone) if one.milestone else None,
        "labels": lambda one, _: Connection("LabelConnection", things("Label", one.labels)),
        "assignees": lambda one, _: Connection("UserConnection", _people(one)),
        "reviewRequests": requests,
        "reviews": lambda one, _: Connection("PullRequestReviewConnection", things("PullRequestReview", one.reviews)),
        "comments": lambda one, _: Connection("IssueCommentConnection", things("IssueComment", one.comments)),
        "commits": lambda one, _: Connection(
            "PullRequestCommitConnection", [Thing("PullRequestCommit", repo.commits[sha]) for sha in one.commits]
        ),
        "files": lambda one, _: Connection(
            "PullRequestChangedFileConnection", things("PullRequestChangedFile", pull_files(repo, one))
        ),
        "timelineItems": timeline,
    }


def _people(one: Issue) -> list[Thing]:
    return [found for account in one.assignees if (found := actor(account)) is not None]


def _decision(one: Pull, _: Arguments) -> str | None:
    latest = {
        review.user.id: review.state for review in one.reviews if review.state in ("approved", "changes_requested")
    }
    if "changes_requested" in latest.values():
        return "CHANGES_REQUESTED"
    return "APPROVED" if latest else "REVIEW_REQUIRED"

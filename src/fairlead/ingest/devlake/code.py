"""Repositories, commits, pull requests and what was said about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead.ingest.devlake.names import Names, last_of, own
from fairlead.ingest.devlake.tables import Reader

Made = Iterator[tuple[str, dict[str, Any]]]
"""Table of ours and the values of a row of it."""

_REVIEWS = {"APPROVED": "approved", "CHANGES_REQUESTED": "changes_requested", "DISMISSED": "reviewed"}


def repositories(reader: Reader, names: Names) -> Made:
    """Repositories."""
    for row in reader.rows("repos"):
        identity = names.repositories[row["id"]]
        yield (
            "repositories",
            {
                "id": identity,
                "name": identity.partition(":")[2] if not identity.startswith(own("")) else row["name"] or row["id"],
                "url": row["url"],
                "language": row["language"],
                "created_at": row["created_date"],
            },
        )


def commits(reader: Reader, names: Names) -> Made:
    """Commits once for each repository that has them, with their parents: deployments are told apart by ancestry."""
    holders: dict[str, list[str]] = {}
    for row in reader.rows("repo_commits"):
        if repository := names.repository(row["repo_id"]):
            holders.setdefault(row["commit_sha"], []).append(repository)
    parents: dict[str, list[str]] = {}
    for row in reader.rows("commit_parents"):
        parents.setdefault(row["commit_sha"], []).append(row["parent_commit_sha"])
    told = reader.has("commit_parents")
    for row in reader.rows("commits"):
        sha = row["sha"]
        for repository in holders.get(sha, ()):
            values = {
                "id": f"{repository}@{sha}",
                "repository": repository,
                "sha": sha,
                "author": _by_mail(row["author_email"]),
                "author_name": row["author_name"],
                "author_email": row["author_email"],
                "committer": _by_mail(row["committer_email"]),
                "authored_at": row["authored_date"],
                "committed_at": row["committed_date"],
                "message": row["message"],
                "additions": row["additions"],
                "deletions": row["deletions"],
                "updated_at": row["committed_date"],
            }
            # no parents is a root; a table of parents that was not exported says nothing
            yield "commits", {**values, "parents": parents.get(sha, [])} if told else values
        if row["author_email"]:
            yield (
                "accounts",
                {
                    "id": _by_mail(row["author_email"]),
                    "email": row["author_email"].lower(),
                    "name": row["author_name"],
                },
            )


def changes(reader: Reader, names: Names) -> Made:
    """Pull requests with labels and reviewers, and the moments of their lives."""
    labels: dict[str, list[str]] = {}
    for row in reader.rows("pull_request_labels"):
        labels.setdefault(row["pull_request_id"], []).append(row["label_name"])
    reviewers: dict[str, list[str | None]] = {}
    for row in reader.rows("pull_request_reviewers"):
        reviewers.setdefault(row["pull_request_id"], []).append(names.account(row["reviewer_id"]))
    for row in reader.rows("pull_requests"):
        identity, repository = names.changes[row["id"]], names.repository(row["base_repo_id"])
        merged, closed = row["merged_date"], row["closed_date"]
        state = "merged" if merged else "closed" if closed or (row["status"] or "").upper() == "CLOSED" else "open"
        yield (
            "changes",
            {
                "id": identity,
                "repository": repository,
                "number": row["pull_request_key"],
                "title": row["title"],
                "body": row["description"],
                "url": row["url"],
                "author": names.account(row["author_id"]),
                "state": state,
                "draft": row["is_draft"],
                "base_branch": row["base_ref"],
                "base_sha": row["base_commit_sha"],
                "head_branch": row["head_ref"],
                "head_sha": row["head_commit_sha"],
                "merge_sha": row["merge_commit_sha"] if merged else None,
                "merged_at": merged,
                "merged_by": names.account(row["merged_by_id"]),
                "closed_at": closed or merged,
                "additions": row["additions"],
                "deletions": row["deletions"],
                "labels": sorted(labels.get(row["id"], ())),
                # of a change that is done they are those who were asked once
                "requested_reviewers": sorted(filter(None, reviewers.get(row["id"], ()))) if state == "open" else [],
                "created_at": row["created_date"],
                # DevLake keeps no time of the last change; a live source knows better from the moment it speaks
                "updated_at": max(filter(None, (merged, closed, row["created_date"])), default=None),
            },
        )
        author = names.account(row["author_id"])
        for kind, at, actor in (
            ("opened", row["created_date"], author),
            ("merged", merged, names.account(row["merged_by_id"])),
            ("closed", None if merged else closed, None),
        ):
            if at:
                event = {"change": identity, "repository": repository, "kind": kind, "at": at, "actor": actor}
                moment = at.isoformat().replace("+00:00", "Z")
                yield "change_events", {"id": f"{identity}/{kind}/{moment}", **event, "updated_at": at}


def change_commits(reader: Reader, names: Names) -> Made:
    """Commits of pull requests: they outlive a squash, which the history of the branch does not."""
    places: dict[str, int] = {}
    for row in reader.rows("pull_request_commits"):
        change, sha = names.change(row["pull_request_id"]), row["commit_sha"]
        places[change] = places.get(change, -1) + 1
        repository = change.rpartition("#" if "#" in change else "!")[0]
        yield (
            "change_commits",
            {
                "id": f"{change}@{sha}",
                "change": change,
                "commit": f"{repository}@{sha}" if repository else None,
                "sha": sha,
                "author": _by_mail(row["commit_author_email"]),
                "author_email": row["commit_author_email"],
                "authored_at": row["commit_authored_date"],
                "updated_at": row["commit_authored_date"],
            },
        )


def reviews(reader: Reader, names: Names) -> Made:
    """Comments and reviews; DevLake keeps both in one table."""
    for row in reader.rows("pull_request_comments"):
        change, kind = names.change(row["pull_request_id"]), (row["type"] or "").upper()
        said = "commented" if kind == "NORMAL" else _REVIEWS.get((row["status"] or "").upper(), "reviewed")
        key = last_of(row["id"], 3)
        # of those two tools the number is known that our connectors put into the id
        known = change.startswith(("github:", "gitlab:")) and key.isdigit()
        place = f"{change}/{'review' if 'Review' in row['id'] else 'comment'}/{key}" if known else own(row["id"])
        yield (
            "change_events",
            {
                "id": place,
                "change": change,
                "kind": said if kind else "commented",
                "at": row["created_date"],
                "actor": names.account(row["account_id"]),
                "body": row["body"],
                "sha": row["commit_sha"],
                "updated_at": row["created_date"],
            },
        )


def _by_mail(address: str | None) -> str | None:
    return f"email:{address.lower()}" if address else None

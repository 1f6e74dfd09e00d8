"""Pull requests."""

from __future__ import annotations

from fairlead.connectors.github.fake.code import FileChange, Repository, summed
from fairlead.connectors.github.fake.names import node_id, stamp
from fairlead.connectors.github.fake.payloads.issue import association, label, milestone
from fairlead.connectors.github.fake.payloads.repository import repository
from fairlead.connectors.github.fake.payloads.user import team, user
from fairlead.connectors.github.fake.payloads.wire import Json, Wire
from fairlead.connectors.github.fake.state import Pull


def pull(wire: Wire, repo: Repository, item: Pull) -> Json:
    """A pull request in the full form of webhooks and of `GET /repos/{owner}/{repo}/pulls/{number}`."""
    files = pull_files(repo, item)
    return {
        **simple_pull(wire, repo, item),
        "merged": item.merged_at is not None,
        "mergeable": mergeable(item),
        "rebaseable": mergeable(item),
        "mergeable_state": mergeable_state(repo, item),
        "merged_by": user(wire, item.merged_by) if item.merged_by is not None else None,
        "comments": len(item.comments),
        "review_comments": sum(len(review.comments) for review in item.reviews),
        "maintainer_can_modify": False,
        "commits": len(item.commits),
        "additions": sum(file.additions for file in files),
        "deletions": sum(file.deletions for file in files),
        "changed_files": len(files),
    }


def simple_pull(wire: Wire, repo: Repository, item: Pull) -> Json:
    """The form of lists and of review events, which lacks the sums and the state of merging."""
    address = f"{wire.api}/repos/{repo.full_name}/pulls/{item.number}"
    page = f"{wire.html}/{repo.full_name}/pull/{item.number}"
    return {
        "url": address,
        "id": item.pull_id,
        "node_id": node_id("PR", item.pull_id, repo.id),
        "html_url": page,
        "number": item.number,
        "state": item.state,
        "locked": item.locked,
        "title": item.title,
        "user": user(wire, item.user),
        "body": item.body,
        "created_at": stamp(item.created_at),
        "updated_at": stamp(item.updated_at),
        "closed_at": stamp(item.closed_at),
        "merged_at": stamp(item.merged_at),
        "merge_commit_sha": item.merge_sha,
        "assignee": user(wire, item.assignees[0]) if item.assignees else None,
        "assignees": [user(wire, found) for found in item.assignees],
        "requested_reviewers": [user(wire, found) for found in item.requested],
        "requested_teams": [team(wire, found, repo.owner) for found in item.requested_teams],
        "labels": [label(wire, repo, found) for found in item.labels],
        "milestone": milestone(wire, repo, item.milestone) if item.milestone is not None else None,
        "draft": item.draft,
        "head": _side(wire, repo, item.head_ref, item.head_sha, gone=item.head_deleted and repo.fork),
        "base": _side(wire, repo, item.base_ref, item.base_sha),
        "author_association": association(item.user),
        "auto_merge": _auto_merge(wire, item),
        "active_lock_reason": None,
        **wire.detail(**_links(wire, repo, item, address, page)),
    }


def mergeable(item: Pull) -> bool | None:
    """Whether the host could merge it; it computes that late, so closed ones have no answer."""
    return None if item.state != "open" else not item.conflicting


def mergeable_state(repo: Repository, item: Pull) -> str:
    """The host's word for what stands between a pull request and its base branch."""
    if item.state != "open":
        return "unknown"
    if item.conflicting:
        return "dirty"
    if item.draft:
        return "draft"
    results = [run.conclusion for run in repo.checks_of.get(item.head_sha, ())]
    if any(result is None for result in results):
        return "blocked"
    return "unstable" if "failure" in results else "clean" if _approved(item) else "blocked"


def pull_files(repo: Repository, item: Pull) -> list[FileChange]:
    """Files over all commits of a pull request, summed by path."""
    found = [repo.commits[sha] for sha in item.commits]
    # A merge of the base branch into the head is no work of the pull request.
    return summed([commit for commit in found if len(commit.parents) < 2] or found)


def _approved(item: Pull) -> bool:
    latest = {review.user.id: review.state for review in item.reviews if review.state != "commented"}
    return "approved" in latest.values() and "changes_requested" not in latest.values()


def _side(wire: Wire, repo: Repository, ref: str, sha: str, gone: bool = False) -> Json:
    return {
        "label": f"{repo.owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user(wire, repo.owner),
        "repo": None if gone else repository(wire, repo),
    }


def _auto_merge(wire: Wire, item: Pull) -> Json | None:
    if item.auto_merge is None:
        return None
    return {
        "enabled_by": user(wire, item.auto_merge),
        "merge_method": "squash",
        "commit_title": item.title,
        "commit_message": "",
    }


def _links(wire: Wire, repo: Repository, item: Pull, address: str, page: str) -> Json:
    issue = f"{wire.api}/repos/{repo.full_name}/issues/{item.number}"
    statuses = f"{wire.api}/repos/{repo.full_name}/statuses/{item.head_sha}"
    line_comment = f"{wire.api}/repos/{repo.full_name}/pulls/comments{{/number}}"
    return {
        "diff_url": page + ".diff",
        "patch_url": page + ".patch",
        "issue_url": issue,
        "commits_url": address + "/commits",
        "review_comments_url": address + "/comments",
        "review_comment_url": line_comment,
        "comments_url": issue + "/comments",
        "statuses_url": statuses,
        "_links": {
            "self": {"href": address},
            "html": {"href": page},
            "issue": {"href": issue},
            "comments": {"href": issue + "/comments"},
            "review_comments": {"href": address + "/comments"},
            "review_comment": {"href": line_comment},
            "commits": {"href": address + "/commits"},
            "statuses": {"href": statuses},
        },
    }

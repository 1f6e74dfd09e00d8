"""Issues, labels, milestones and comments."""

from __future__ import annotations

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.names import node_id, stamp
from fairlead.connectors.github.fake.payloads.user import user, user_or_none
from fairlead.connectors.github.fake.payloads.wire import Json, Wire
from fairlead.connectors.github.fake.state import Account, Comment, Issue, Label, Milestone, Pull


def label(wire: Wire, repo: Repository, found: Label) -> Json:
    """A label."""
    return {
        "id": found.id,
        "node_id": node_id("LA", found.id, repo.id),
        "url": f"{wire.api}/repos/{repo.full_name}/labels/{found.name}",
        "name": found.name,
        "color": found.color,
        "default": False,
        "description": found.description,
        **wire.detail(archived_at=None, archived_by=None),
    }


def milestone(wire: Wire, repo: Repository, found: Milestone) -> Json:
    """A milestone with its counts."""
    items = [item for item in repo.issues.values() if item.milestone is found]
    address = f"{wire.api}/repos/{repo.full_name}/milestones/{found.number}"
    return {
        "url": address,
        "html_url": f"{wire.html}/{repo.full_name}/milestone/{found.number}",
        "labels_url": f"{address}/labels",
        "id": found.id,
        "node_id": node_id("MI", found.id, repo.id),
        "number": found.number,
        "title": found.title,
        "description": found.description,
        "creator": user(wire, found.creator),
        "open_issues": sum(1 for item in items if item.state == "open"),
        "closed_issues": sum(1 for item in items if item.state != "open"),
        "state": found.state,
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
        "due_on": stamp(found.due_on),
        "closed_at": stamp(found.closed_at),
    }


def association(author: Account) -> str:
    """Relation of an author to the repository."""
    return "NONE" if author.deleted_at is not None else "CONTRIBUTOR" if author.kind == "Bot" else "MEMBER"


def issue(wire: Wire, repo: Repository, item: Issue) -> Json:
    """An issue; for a pull request the form in which issue endpoints and comments show it."""
    address = f"{wire.api}/repos/{repo.full_name}/issues/{item.number}"
    kind = "pull" if isinstance(item, Pull) else "issues"
    return {
        "url": address,
        "html_url": f"{wire.html}/{repo.full_name}/{kind}/{item.number}",
        "id": item.id,
        "node_id": node_id("PR" if isinstance(item, Pull) else "I", item.id, repo.id),
        "number": item.number,
        "title": item.title,
        "user": user(wire, item.user),
        "labels": [label(wire, repo, found) for found in item.labels],
        "state": item.state,
        "locked": item.locked,
        "assignee": user(wire, item.assignees[0]) if item.assignees else None,
        "assignees": [user(wire, found) for found in item.assignees],
        "milestone": milestone(wire, repo, item.milestone) if item.milestone is not None else None,
        "comments": len(item.comments),
        "created_at": stamp(item.created_at),
        "updated_at": stamp(item.updated_at),
        "closed_at": stamp(item.closed_at),
        "author_association": association(item.user),
        "active_lock_reason": None,
        "body": item.body,
        "state_reason": item.state_reason,
        "type": _issue_type(item),
        "sub_issues_summary": _children(item),
        **_pull_marks(wire, repo, item),
        **wire.detail(
            repository_url=f"{wire.api}/repos/{repo.full_name}",
            reactions=reactions(address),
            performed_via_github_app=None,
        ),
        **wire.links(
            address,
            {
                "labels_url": "/labels{/name}",
                "comments_url": "/comments",
                "events_url": "/events",
                "timeline_url": "/timeline",
            },
        ),
        **({"parent_issue_url": _parent(wire, repo, item)} if item.parent is not None else {}),
    }


def reactions(address: str) -> Json:
    """Reactions, of which the fake has none."""
    kinds = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
    return {"url": f"{address}/reactions", "total_count": 0, **dict.fromkeys(kinds, 0)}


def comment(wire: Wire, repo: Repository, item: Issue, found: Comment) -> Json:
    """A comment of an issue or pull request."""
    address = f"{wire.api}/repos/{repo.full_name}/issues"
    kind = "pull" if isinstance(item, Pull) else "issues"
    return {
        "url": f"{address}/comments/{found.id}",
        "html_url": f"{wire.html}/{repo.full_name}/{kind}/{item.number}#issuecomment-{found.id}",
        "issue_url": f"{address}/{item.number}",
        "id": found.id,
        "node_id": node_id("IC", found.id, repo.id),
        "user": user(wire, found.user),
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
        "body": found.body,
        "author_association": association(found.user),
        "performed_via_github_app": None,
        **wire.detail(reactions=reactions(f"{address}/comments/{found.id}")),
    }


def closed_by(wire: Wire, item: Issue) -> Json:
    """Who closed it: only the single-issue endpoint and lists of the API tell."""
    return {"closed_by": user_or_none(wire, item.closed_by)}


def _parent(wire: Wire, repo: Repository, item: Issue) -> str:
    assert item.parent is not None
    return f"{wire.api}/repos/{repo.full_name}/issues/{item.parent.number}"


def _issue_type(item: Issue) -> Json | None:
    if item.type is None:
        return None
    number = 20_000_000 + sum(item.type.encode())
    return {
        "id": number,
        "node_id": node_id("IT", number),
        "name": item.type,
        "description": None,
        "color": "gray",
        "is_enabled": True,
    }


def _children(item: Issue) -> Json:
    done = sum(1 for child in item.children if child.state != "open")
    total = len(item.children)
    return {"total": total, "completed": done, "percent_completed": round(100 * done / total) if total else 0}


def _pull_marks(wire: Wire, repo: Repository, item: Issue) -> Json:
    if not isinstance(item, Pull):
        return {}
    page = f"{wire.html}/{repo.full_name}/pull/{item.number}"
    return {
        "draft": item.draft,
        "pull_request": {
            "url": f"{wire.api}/repos/{repo.full_name}/pulls/{item.number}",
            "html_url": page,
            "diff_url": page + ".diff",
            "patch_url": page + ".patch",
            "merged_at": stamp(item.merged_at),
        },
    }

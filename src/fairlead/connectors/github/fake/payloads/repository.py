"""Repositories."""

from __future__ import annotations

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.names import epoch, node_id, stamp
from fairlead.connectors.github.fake.payloads.user import user
from fairlead.connectors.github.fake.payloads.wire import Json, Wire

_REST = {
    "forks_url": "/forks", "keys_url": "/keys{/key_id}", "collaborators_url": "/collaborators{/collaborator}",
    "teams_url": "/teams", "hooks_url": "/hooks", "issue_events_url": "/issues/events{/number}",
    "events_url": "/events", "assignees_url": "/assignees{/user}", "branches_url": "/branches{/branch}",
    "tags_url": "/tags", "blobs_url": "/git/blobs{/sha}", "git_tags_url": "/git/tags{/sha}",
    "git_refs_url": "/git/refs{/sha}", "trees_url": "/git/trees{/sha}", "statuses_url": "/statuses/{sha}",
    "languages_url": "/languages", "stargazers_url": "/stargazers", "contributors_url": "/contributors",
    "subscribers_url": "/subscribers", "subscription_url": "/subscription", "commits_url": "/commits{/sha}",
    "git_commits_url": "/git/commits{/sha}", "comments_url": "/comments{/number}",
    "issue_comment_url": "/issues/comments{/number}", "contents_url": "/contents/{+path}",
    "compare_url": "/compare/{base}...{head}", "merges_url": "/merges", "archive_url": "/{archive_format}{/ref}",
    "downloads_url": "/downloads", "issues_url": "/issues{/number}", "pulls_url": "/pulls{/number}",
    "milestones_url": "/milestones{/number}", "notifications_url": "/notifications{?since,all,participating}",
    "labels_url": "/labels{/name}", "releases_url": "/releases{/id}", "deployments_url": "/deployments",
}  # fmt: skip


def repository(wire: Wire, repo: Repository) -> Json:
    """A repository as it stands."""
    address = f"{wire.api}/repos/{repo.full_name}"
    key = ("repository", repo.id, repo.full_name, repo.archived, repo.default_branch, repo.private)
    fixed = wire.kept(key, lambda: _fixed(wire, repo, address))
    return {
        **fixed,
        "updated_at": stamp(repo.updated_at),
        "pushed_at": stamp(repo.pushed_at),
        **({} if wire.slim else _counts(repo)),
    }


def pushed_repository(wire: Wire, repo: Repository) -> Json:
    """The form inside push events, where two of the times are epoch seconds."""
    return {
        **repository(wire, repo),
        "created_at": epoch(repo.created_at),
        "pushed_at": epoch(repo.pushed_at),
        **wire.detail(stargazers=0, master_branch=repo.default_branch, organization=repo.owner.login),
    }


def brief_repository(wire: Wire, repo: Repository) -> Json:
    """The short form inside check runs' pull requests and minimal lists."""
    return {"id": repo.id, "url": f"{wire.api}/repos/{repo.full_name}", "name": repo.name}


def _fixed(wire: Wire, repo: Repository, address: str) -> Json:
    page = f"{wire.html}/{repo.full_name}"
    return {
        "id": repo.id,
        "node_id": node_id("R", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "private": repo.private,
        "owner": user(wire, repo.owner),
        "html_url": page,
        "fork": repo.fork,
        "created_at": stamp(repo.created_at),
        "language": repo.language,
        "archived": repo.archived,
        "disabled": False,
        "visibility": "private" if repo.private else "public",
        "default_branch": repo.default_branch,
        **wire.detail(**_constant(repo, page)),
        **wire.links(address, {"url": "", **_REST}),
    }


def _counts(repo: Repository) -> Json:
    opened = sum(1 for item in repo.issues.values() if item.state == "open")
    return {"open_issues_count": opened, "open_issues": opened, "size": 4 * len(repo.commits)}


def _constant(repo: Repository, page: str) -> Json:
    return {
        "description": repo.description,
        "git_url": page.replace("https:", "git:") + ".git",
        "ssh_url": f"git@github.com:{repo.full_name}.git",
        "clone_url": page + ".git",
        "svn_url": page,
        "homepage": None,
        "stargazers_count": 0,
        "watchers_count": 0,
        "has_issues": True,
        "has_projects": True,
        "has_downloads": True,
        "has_wiki": False,
        "has_pages": False,
        "has_discussions": False,
        "forks_count": 0,
        "mirror_url": None,
        "license": None,
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": list(repo.topics),
        "forks": 0,
        "watchers": 0,
    }

"""Commits, in the three forms that GitHub has: push events, the commits API, and check suites."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fairlead.connectors.github.fake.code import Commit, FileChange, Repository, Signature
from fairlead.connectors.github.fake.names import node_id, sha_of, stamp
from fairlead.connectors.github.fake.payloads.user import user_or_none
from fairlead.connectors.github.fake.payloads.wire import Json, Wire
from fairlead.connectors.github.fake.state import Account

_UNSIGNED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}

ByAddress = Mapping[str, Account]
"""Verified e-mail address -> account: how the host finds whose commit it is."""


def pushed_commit(wire: Wire, repo: Repository, commit: Commit, people: ByAddress, distinct: bool) -> Json:
    """A commit inside a push event: no parents and no line counts, only paths by what happened to them."""
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "distinct": distinct,
        "message": commit.message,
        "timestamp": zoned(commit.author.at),
        "url": f"{wire.html}/{repo.full_name}/commit/{commit.sha}",
        "author": _person(commit.author, people),
        "committer": _person(commit.committer, people),
        "added": [file.path for file in commit.files if file.status == "added"],
        "removed": [file.path for file in commit.files if file.status == "removed"],
        "modified": [file.path for file in commit.files if file.status not in ("added", "removed")],
    }


def api_commit(wire: Wire, repo: Repository, commit: Commit, people: ByAddress, files: bool = False) -> Json:
    """A commit of the commits API; with `files` the form of a single commit."""
    address = f"{wire.api}/repos/{repo.full_name}"
    page = f"{wire.html}/{repo.full_name}/commit/{commit.sha}"
    found: Json = {
        "sha": commit.sha,
        "commit": {
            "author": _signed(commit.author),
            "committer": _signed(commit.committer),
            "message": commit.message,
            **wire.detail(
                tree={"sha": commit.tree, "url": f"{address}/git/trees/{commit.tree}"},
                url=f"{address}/git/commits/{commit.sha}",
                comment_count=0,
                verification=_UNSIGNED,
            ),
        },
        "html_url": page,
        "author": user_or_none(wire, people.get(commit.author.email.lower())),
        "committer": user_or_none(wire, people.get(commit.committer.email.lower())),
        "parents": [
            {
                "sha": parent,
                **wire.links(f"{address}/commits/{parent}", {"url": ""}),
                **wire.detail(html_url=f"{wire.html}/{repo.full_name}/commit/{parent}"),
            }
            for parent in commit.parents
        ],
        **wire.detail(node_id=node_id("C", int(commit.sha[:11], 16), repo.id)),
        **wire.links(f"{address}/commits/{commit.sha}", {"url": "", "comments_url": "/comments"}),
    }
    if files:
        total = commit.additions + commit.deletions
        found["stats"] = {"total": total, "additions": commit.additions, "deletions": commit.deletions}
        found["files"] = [changed_file(wire, repo, file, commit.sha) for file in commit.files]
    return found


def changed_file(wire: Wire, repo: Repository, file: FileChange, sha: str) -> Json:
    """A file of a commit or pull request with its line counts."""
    page = f"{wire.html}/{repo.full_name}"
    return {
        "sha": sha_of(sha, file.path),
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": f"{page}/blob/{sha}/{file.path}",
        "raw_url": f"{page}/raw/{sha}/{file.path}",
        "contents_url": f"{wire.api}/repos/{repo.full_name}/contents/{file.path}?ref={sha}",
        **({"previous_filename": file.previous} if file.previous else {}),
    }


def simple_commit(commit: Commit) -> Json:
    """The form inside check suites and workflow runs."""
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": stamp(commit.committer.at),
        "author": {"name": commit.author.name, "email": commit.author.email},
        "committer": {"name": commit.committer.name, "email": commit.committer.email},
    }


def zoned(moment: datetime) -> str:
    """A time with its offset, as commits carry it."""
    return moment.isoformat(timespec="seconds")


def _signed(signature: Signature) -> Json:
    return {"name": signature.name, "email": signature.email, "date": stamp(signature.at)}


def _person(signature: Signature, people: ByAddress) -> Json:
    known = people.get(signature.email.lower())
    login = {"username": known.login} if known is not None and known.deleted_at is None else {}
    return {"name": signature.name, "email": signature.email, **login}

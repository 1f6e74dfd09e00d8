"""Routes about repositories, commits, refs and contents."""

from __future__ import annotations

import base64
import hashlib

from fairlead.connectors.github.fake.api.call import Answer, Call, Listing, Refusal, Route, route
from fairlead.connectors.github.fake.code import Commit, Repository, summed
from fairlead.connectors.github.fake.payloads.commit import api_commit, changed_file
from fairlead.connectors.github.fake.payloads.pull import simple_pull
from fairlead.connectors.github.fake.payloads.repository import repository
from fairlead.connectors.github.fake.payloads.wire import Json


def _repository(call: Call) -> Answer:
    return {**repository(call.wire, call.repo), "network_count": 0, "subscribers_count": 0}


def _commits(call: Call) -> Answer:
    repo = call.repo
    if not repo.order:
        raise Refusal(409, "Git Repository is empty.")
    start = repo.resolve(call.word("sha", repo.default_branch))
    if start is None:
        raise Refusal(404, "Not Found")
    found = _newest_first(repo, start)
    since, until, path, author = call.time("since"), call.time("until"), call.word("path"), call.word("author")
    if since is not None:
        found = [one for one in found if one.committer.at >= since]
    if until is not None:
        found = [one for one in found if one.committer.at <= until]
    if path:
        found = [one for one in found if any(file.path.startswith(path) for file in one.files)]
    if author:
        found = [one for one in found if author in (one.author.email, _login(call, one))]
    return Listing(found, lambda one: api_commit(call.wire, repo, one, call.fake.by_address))


def _newest_first(repo: Repository, start: str) -> list[Commit]:
    reachable = repo.at_bits(repo.commits[start].ancestors)
    return sorted(reachable, key=lambda one: (one.committer.at, one.index), reverse=True)


def _login(call: Call, commit: Commit) -> str | None:
    known = call.fake.by_address.get(commit.author.email.lower())
    return known.login if known is not None else None


def commit_of(call: Call) -> Commit:
    """The commit that the path names by hash, short hash, branch or tag."""
    repo, ref = call.repo, call.parts["ref"]
    sha = repo.resolve(ref)
    if sha is None and len(ref) >= 7:
        sha = next((full for full in repo.commits if full.startswith(ref)), None)
    if sha is None:
        raise Refusal(422, f"No commit found for SHA: {ref}")
    return repo.commits[sha]


def _commit(call: Call) -> Answer:
    return api_commit(call.wire, call.repo, commit_of(call), call.fake.by_address, files=True)


def _compare(call: Call) -> Answer:
    repo = call.repo
    base, _, head = call.parts["range"].partition("...")
    first, last = repo.resolve(base), repo.resolve(head)
    if first is None or last is None:
        raise Refusal(404, "Not Found")
    ahead, behind = repo.between(first, last), repo.between(last, first)
    status = "diverged" if ahead and behind else "ahead" if ahead else "behind" if behind else "identical"
    common = repo.merge_base(first, last) or first
    shown = [api_commit(call.wire, repo, one, call.fake.by_address) for one in ahead[:250]]
    return {
        "status": status,
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "base_commit": api_commit(call.wire, repo, repo.commits[first], call.fake.by_address),
        "merge_base_commit": api_commit(call.wire, repo, repo.commits[common], call.fake.by_address),
        "commits": shown,
        "files": [changed_file(call.wire, repo, file, last) for file in summed(ahead)],
    }


def _pulls_of_commit(call: Call) -> Answer:
    repo, sha = call.repo, commit_of(call).sha
    found = [one for one in repo.pulls.values() if sha in one.commits or sha == one.merge_sha]
    return Listing(found, lambda one: simple_pull(call.wire, repo, one))


def _tip(call: Call, sha: str) -> Json:
    return {"sha": sha, "url": f"{call.wire.api}/repos/{call.repo.full_name}/commits/{sha}"}


def _branches(call: Call) -> Answer:
    repo = call.repo
    return Listing(
        sorted(repo.branches),
        lambda name: {
            "name": name,
            "commit": _tip(call, repo.branches[name]),
            "protected": name == repo.default_branch,
        },
    )


def _branch(call: Call) -> Answer:
    repo, name = call.repo, call.parts["branch"]
    if name not in repo.branches:
        raise Refusal(404, "Branch not found")
    tip = api_commit(call.wire, repo, repo.commits[repo.branches[name]], call.fake.by_address)
    return {"name": name, "commit": tip, "protected": name == repo.default_branch}


def _tags(call: Call) -> Answer:
    repo = call.repo
    address = f"{call.wire.api}/repos/{repo.full_name}"
    return Listing(
        sorted(repo.tags, reverse=True),
        lambda name: {
            "name": name,
            "commit": _tip(call, repo.tags[name]),
            "zipball_url": f"{address}/zipball/refs/tags/{name}",
            "tarball_url": f"{address}/tarball/refs/tags/{name}",
            "node_id": f"REF_{name}",
        },
    )


def _contents(call: Call) -> Answer:
    repo, path = call.repo, call.parts["path"]
    text = repo.contents.get(path)
    if text is None:
        raise Refusal(404, "Not Found")
    raw = text.encode()
    # git's own hash of a blob, so that a client may compare it.
    sha = hashlib.sha1(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()
    address = f"{call.wire.api}/repos/{repo.full_name}"
    page = f"{call.wire.html}/{repo.full_name}/blob/{repo.default_branch}/{path}"
    return {
        "type": "file",
        "encoding": "base64",
        "size": len(raw),
        "name": path.rpartition("/")[2],
        "path": path,
        "content": base64.encodebytes(raw).decode(),
        "sha": sha,
        "url": f"{address}/contents/{path}?ref={repo.default_branch}",
        "git_url": f"{address}/git/blobs/{sha}",
        "html_url": page,
        "download_url": None,
        "_links": {"self": f"{address}/contents/{path}", "git": f"{address}/git/blobs/{sha}", "html": page},
    }


_REPO = "/repos/{owner}/{repo}"
ROUTES: tuple[Route, ...] = (
    route(_REPO, _repository),
    route(f"{_REPO}/commits", _commits),
    route(f"{_REPO}/commits/{{ref}}/pulls", _pulls_of_commit),
    route(f"{_REPO}/commits/{{ref}}", _commit),
    route(f"{_REPO}/compare/{{range:rest}}", _compare),
    route(f"{_REPO}/branches", _branches),
    route(f"{_REPO}/branches/{{branch:rest}}", _branch),
    route(f"{_REPO}/tags", _tags),
    route(f"{_REPO}/contents/{{path:rest}}", _contents),
)

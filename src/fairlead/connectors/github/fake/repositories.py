"""Driver calls about repositories, branches, tags and pushes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fairlead.connectors.github.fake.code import Commit, FileChange, Repository, Signature
from fairlead.connectors.github.fake.names import ZERO_SHA, sha_of
from fairlead.connectors.github.fake.payloads.commit import pushed_commit
from fairlead.connectors.github.fake.payloads.repository import pushed_repository
from fairlead.connectors.github.fake.people import People
from fairlead.connectors.github.fake.state import Account


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit to be made on top of a branch."""

    message: str
    files: tuple[FileChange, ...]
    author: Signature
    committer: Signature | None = None
    """Differs from the author after a rebase, or for commits made by the host."""
    merges: str | None = None
    """Second parent, for a merge commit."""


class Repositories(People):
    """Repositories with their commits."""

    def create_repository(
        self,
        name: str,
        *,
        by: str,
        at: datetime,
        files: dict[str, str] | None = None,
        language: str | None = None,
        description: str | None = None,
        private: bool = True,
    ) -> Repository:
        """A new repository with a first commit on `main` (`repository`, action `created`, then a `push`)."""
        repo = Repository(self.counter.next("repository"), name, self.org, at, at, at, description, language)
        repo.private = private
        repo.contents = dict(files or {"README.md": f"# {name}\n"})
        self.repositories[name] = repo
        self.emit("repository", self.account(by), at, repo, {"action": "created"})
        made = tuple(FileChange(path, text.count("\n") or 1, 0, "added") for path, text in repo.contents.items())
        self.push(repo, "main", [NewCommit("Initial commit", made, self.signature(by, at))], by=by, at=at)
        return repo

    def signature(self, login: str, at: datetime, email: str | None = None, name: str | None = None) -> Signature:
        """How somebody signs commits; the address may be one that the host does not know."""
        account = self.account(login)
        address = email or account.email or f"{account.id}+{login}@users.noreply.github.com"
        return Signature(name or account.name or login, address, at)

    def rename_repository(self, old: str, new: str, *, by: str, at: datetime) -> Repository:
        """The repository goes by another name; the old address redirects (`repository`, action `renamed`)."""
        repo = self.repositories.pop(old)
        self.moved[repo.full_name.lower()] = repo.id
        repo.former_names.append(old)
        repo.name, repo.updated_at = new, at
        self.repositories[new] = repo
        payload = {"action": "renamed", "changes": {"repository": {"name": {"from": old}}}}
        self.emit("repository", self.account(by), at, repo, payload)
        return repo

    def set_default_branch(self, repo: Repository, branch: str, *, by: str, at: datetime) -> None:
        """Another branch becomes the default (`repository`, action `edited`)."""
        changes = {"default_branch": {"from": repo.default_branch}}
        repo.default_branch, repo.updated_at = branch, at
        self.emit("repository", self.account(by), at, repo, {"action": "edited", "changes": changes})

    def archive_repository(self, name: str, *, by: str, at: datetime) -> None:
        """The repository becomes read-only (`repository`, action `archived`)."""
        repo = self.repository(name)
        repo.archived, repo.updated_at = True, at
        self.emit("repository", self.account(by), at, repo, {"action": "archived"})

    def delete_repository(self, name: str, *, by: str, at: datetime) -> None:
        """The repository is gone (`repository`, action `deleted`)."""
        repo = self.repositories.pop(name)
        repo.deleted = True
        self.emit("repository", self.account(by), at, repo, {"action": "deleted"})

    def make_commit(self, repo: Repository, parents: tuple[str, ...], new: NewCommit) -> Commit:
        """Puts a commit into the graph; nothing points to it yet."""
        committer = new.committer or new.author
        tree = sha_of(*(repo.commits[parent].tree for parent in parents), *(repr(file) for file in new.files))
        who = f"{new.author} {committer}"
        sha = sha_of("commit", repo.owner.login, str(repo.id), tree, *parents, who, new.message)
        if sha in repo.commits:
            return repo.commits[sha]
        index = len(repo.order)
        ancestors = 1 << index
        for parent in parents:
            ancestors |= repo.commits[parent].ancestors
        made = Commit(sha, tree, parents, new.author, committer, new.message, new.files, index, ancestors)
        repo.commits[sha] = made
        repo.order.append(made)
        return made

    def push(
        self,
        repo: Repository,
        branch: str,
        commits: Sequence[NewCommit],
        *,
        by: str | None,
        at: datetime,
        onto: str | None = None,
        force: bool = False,
    ) -> str:
        """Commits on top of a branch, a new branch from `onto`, or with `force` a rewritten one (`push`).

        Gives the new head. Open pull requests from this branch follow (`pull_request`, action `synchronize`).
        """
        before = repo.branches.get(branch, ZERO_SHA)
        head = onto if onto is not None and (force or before == ZERO_SHA) else before
        for new in commits:
            first = () if head == ZERO_SHA else (head,)
            parents = (*first, new.merges) if new.merges is not None else first
            head = self.make_commit(repo, parents, new).sha
        self.move_branch(repo, branch, head, by=by, at=at, forced=force)
        return head

    def move_branch(
        self, repo: Repository, branch: str, head: str, *, by: str | None, at: datetime, forced: bool = False
    ) -> None:
        """Points a branch to a commit and tells about it (`create` for a new one, `push`)."""
        sender = self.account(by) if by is not None else None
        before = repo.branches.get(branch, ZERO_SHA)
        others = [sha for name, sha in repo.branches.items() if name != branch]
        repo.branches[branch] = head
        repo.pushed_at = repo.updated_at = at
        if before == ZERO_SHA and len(repo.branches) > 1:
            self.emit("create", sender, at, repo, self._ref_payload(repo, branch, "branch"))
        self._push_event(repo, f"refs/heads/{branch}", before, head, others, sender, at, forced)
        self.branch_moved(repo, branch, before, head, sender, at, forced)

    def branch_moved(
        self, repo: Repository, branch: str, before: str, after: str, by: Account | None, at: datetime, forced: bool
    ) -> None:
        """Hook for the parts that follow branches."""

    def delete_branch(self, repo: Repository, branch: str, *, by: str, at: datetime) -> None:
        """Removes a branch (`delete`, and a `push` to nothing)."""
        before = repo.branches.pop(branch)
        sender = self.account(by)
        self._push_event(repo, f"refs/heads/{branch}", before, ZERO_SHA, [], sender, at, False)
        payload = {"ref": branch, "ref_type": "branch", "pusher_type": "user"}
        self.emit("delete", sender, at, repo, payload)
        self.branch_gone(repo, branch, at)

    def branch_gone(self, repo: Repository, branch: str, at: datetime) -> None:
        """Hook for the parts that follow branches."""

    def tag(self, repo: Repository, name: str, sha: str, *, by: str, at: datetime) -> None:
        """A lightweight tag (`create` and `push`)."""
        repo.tags[name] = sha
        repo.pushed_at = at
        sender = self.account(by)
        self.emit("create", sender, at, repo, self._ref_payload(repo, name, "tag"))
        self._push_event(repo, f"refs/tags/{name}", ZERO_SHA, sha, list(repo.branches.values()), sender, at, False)

    def _ref_payload(self, repo: Repository, ref: str, kind: str) -> dict[str, object]:
        return {
            "ref": ref,
            "ref_type": kind,
            "master_branch": repo.default_branch,
            "description": repo.description,
            "pusher_type": "user",
        }

    def _push_event(
        self,
        repo: Repository,
        ref: str,
        before: str,
        after: str,
        others: list[str],
        sender: Account | None,
        at: datetime,
        forced: bool,
    ) -> None:
        """The `push` payload: at most 2,048 commits, as GitHub sends; `distinct` if no other branch holds them."""
        gone = after == ZERO_SHA
        # A new branch has no `before`: GitHub lists what no other branch holds yet.
        if gone:
            fresh: list[Commit] = []
        elif before == ZERO_SHA:
            fresh = repo.outside(after, others)
        else:
            fresh = repo.between(before, after)
        held = 0
        for other in others:
            held |= repo.commits[other].ancestors
        listed = [
            pushed_commit(self.wire, repo, commit, self.by_address, not held >> commit.index & 1)
            for commit in fresh[-2048:]
        ]
        start = before[:12] if before != ZERO_SHA else after[:12]
        head = None if gone else pushed_commit(self.wire, repo, repo.commits[after], self.by_address, True)
        name = sender.login if sender is not None else "deploy key"
        payload = {
            "ref": ref,
            "before": before,
            "after": after,
            "repository": pushed_repository(self.wire, repo),
            "pusher": {"name": name, "email": sender.email if sender is not None else None},
            "created": before == ZERO_SHA,
            "deleted": gone,
            "forced": forced,
            "base_ref": None,
            "compare": f"{self.wire.html}/{repo.full_name}/compare/{start}...{after[:12]}",
            "commits": listed,
            "head_commit": head,
        }
        self.emit("push", sender, at, repo, payload)

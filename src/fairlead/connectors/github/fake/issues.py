"""Driver calls about issues."""

from __future__ import annotations

from datetime import datetime

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.payloads.issue import issue
from fairlead.connectors.github.fake.payloads.repository import repository
from fairlead.connectors.github.fake.state import Issue
from fairlead.connectors.github.fake.threads import Threads


class Issues(Threads):
    """Issues and their hierarchy."""

    def open_issue(
        self,
        repo: Repository,
        title: str,
        *,
        by: str,
        at: datetime,
        body: str | None = None,
        labels: tuple[str, ...] = (),
        assignees: tuple[str, ...] = (),
        type: str | None = None,  # the host's own word
    ) -> Issue:
        """A new issue (`issues`, action `opened`)."""
        author = self.account(by)
        item = Issue(
            id=self.counter.next("issue"), number=repo.take_number(), title=title, body=body, user=author,
            created_at=at, updated_at=at, type=type,
        )  # fmt: skip
        item.labels = [self.label(repo, name) for name in labels]
        item.assignees = [self.account(login) for login in assignees]
        repo.issues[item.number] = item
        self.thread_event(repo, item, "opened", by, at, {})
        self.tell_first_marks(repo, item, author, at)
        return item

    def close_issue(self, repo: Repository, item: Issue, *, by: str, at: datetime, reason: str = "completed") -> None:
        """Closes an issue (`closed`); the reason is `completed`, `not_planned` or `duplicate`."""
        item.state, item.state_reason, item.closed_at, item.closed_by = "closed", reason, at, self.account(by)
        self._mark(item, "closed", item.closed_by, at).state = reason
        self.thread_event(repo, item, "closed", by, at, {})

    def reopen_issue(self, repo: Repository, item: Issue, *, by: str, at: datetime) -> None:
        """Opens a closed issue again (`reopened`)."""
        item.state, item.state_reason, item.closed_at, item.closed_by = "open", "reopened", None, None
        self._mark(item, "reopened", self.account(by), at)
        self.thread_event(repo, item, "reopened", by, at, {})

    def delete_issue(self, repo: Repository, item: Issue, *, by: str, at: datetime) -> None:
        """Removes an issue for good (`deleted`); the API answers 410 from now on."""
        item.deleted = True
        del repo.issues[item.number]
        repo.deleted_issues.add(item.number)
        self.thread_event(repo, item, "deleted", by, at, {})

    def add_sub_issue(self, repo: Repository, parent: Issue, child: Issue, *, by: str, at: datetime) -> None:
        """Puts an issue below another (`sub_issues`, both directions)."""
        parent.children.append(child)
        child.parent = parent
        self._mark(child, "parent_issue_added", self.account(by), at)
        self._mark(parent, "sub_issue_added", self.account(by), at)
        child.updated_at = parent.updated_at = at
        payload = {
            "sub_issue_id": child.id,
            "sub_issue": issue(self.wire, repo, child),
            "sub_issue_repo": repository(self.wire, repo),
            "parent_issue_id": parent.id,
            "parent_issue": issue(self.wire, repo, parent),
        }
        sender = self.account(by)
        self.emit("sub_issues", sender, at, repo, {"action": "sub_issue_added", **payload})
        about_parent = {**payload, "parent_issue_repo": payload["sub_issue_repo"]}
        self.emit("sub_issues", sender, at, repo, {"action": "parent_issue_added", **about_parent})

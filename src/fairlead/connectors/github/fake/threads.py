"""Driver calls that issues and pull requests share: comments, labels, assignment, titles."""

from __future__ import annotations

from datetime import datetime

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.names import stamp
from fairlead.connectors.github.fake.payloads.issue import comment, issue, label, milestone
from fairlead.connectors.github.fake.payloads.pull import pull
from fairlead.connectors.github.fake.payloads.user import user
from fairlead.connectors.github.fake.payloads.wire import Json
from fairlead.connectors.github.fake.repositories import Repositories
from fairlead.connectors.github.fake.state import Account, Comment, Issue, Milestone, Pull, TimelineItem


class Threads(Repositories):
    """What happens in a conversation."""

    def comment(self, repo: Repository, item: Issue, body: str, *, by: str, at: datetime) -> Comment:
        """A comment in the conversation (`issue_comment`, action `created`)."""
        author = self.account(by)
        found = Comment(self.counter.next("comment"), author, body, at, at)
        item.comments.append(found)
        self._comment_event("created", repo, item, found, by, at, {})
        return found

    def edit_comment(
        self, repo: Repository, item: Issue, found: Comment, body: str, *, by: str, at: datetime
    ) -> None:
        """Another text (`issue_comment`, action `edited`)."""
        changes = {"body": {"from": found.body}}
        found.body, found.updated_at = body, at
        self._comment_event("edited", repo, item, found, by, at, {"changes": changes})

    def delete_comment(self, repo: Repository, item: Issue, found: Comment, *, by: str, at: datetime) -> None:
        """It is gone for good (`issue_comment`, action `deleted`)."""
        item.comments.remove(found)
        self._comment_event("deleted", repo, item, found, by, at, {})

    def _comment_event(
        self, action: str, repo: Repository, item: Issue, found: Comment, by: str, at: datetime, more: Json
    ) -> None:
        item.updated_at = at
        told = {"issue": issue(self.wire, repo, item), "comment": comment(self.wire, repo, item, found)}
        self.emit("issue_comment", self.account(by), at, repo, {"action": action, **told, **more})

    def add_label(self, repo: Repository, item: Issue, name: str, *, by: str, at: datetime) -> None:
        """Adds a label (`labeled`)."""
        found = self.label(repo, name)
        if found in item.labels:
            return
        item.labels.append(found)
        self._mark(item, "labeled", self.account(by), at).label = found
        self.thread_event(repo, item, "labeled", by, at, {"label": label(self.wire, repo, found)})

    def remove_label(self, repo: Repository, item: Issue, name: str, *, by: str, at: datetime) -> None:
        """Takes a label off (`unlabeled`)."""
        found = repo.labels[name]
        item.labels.remove(found)
        self._mark(item, "unlabeled", self.account(by), at).label = found
        self.thread_event(repo, item, "unlabeled", by, at, {"label": label(self.wire, repo, found)})

    def rename_label(self, repo: Repository, name: str, new: str, *, by: str, at: datetime) -> None:
        """Gives a label another name (`label`, action `edited`): what bears it has it at once, no date moves."""
        found = repo.labels.pop(name)
        found.name = new
        repo.labels[new] = found
        payload = {"action": "edited", "label": label(self.wire, repo, found), "changes": {"name": {"from": name}}}
        self.emit("label", self.account(by), at, repo, payload)

    def delete_label(self, repo: Repository, name: str, *, by: str, at: datetime) -> None:
        """Deletes a label (`label`, action `deleted`): all that bore it loses it, and no date moves."""
        found = repo.labels.pop(name)
        for item in repo.issues.values():
            item.labels = [one for one in item.labels if one is not found]
        self.emit("label", self.account(by), at, repo, {"action": "deleted", "label": label(self.wire, repo, found)})

    def assign(self, repo: Repository, item: Issue, login: str, *, by: str, at: datetime) -> None:
        """Makes somebody responsible (`assigned`)."""
        who = self.account(login)
        item.assignees.append(who)
        self._mark(item, "assigned", self.account(by), at).subject = who
        self.thread_event(repo, item, "assigned", by, at, {"assignee": user(self.wire, who)})

    def unassign(self, repo: Repository, item: Issue, login: str, *, by: str, at: datetime) -> None:
        """Takes the responsibility off (`unassigned`)."""
        who = self.account(login)
        item.assignees.remove(who)
        self._mark(item, "unassigned", self.account(by), at).subject = who
        self.thread_event(repo, item, "unassigned", by, at, {"assignee": user(self.wire, who)})

    def retitle(self, repo: Repository, item: Issue, title: str, *, by: str, at: datetime) -> None:
        """Changes the title (`edited`)."""
        mark = self._mark(item, "renamed", self.account(by), at)
        mark.before, mark.after = item.title, title
        changes = {"title": {"from": item.title}}
        item.title = title
        self.thread_event(repo, item, "edited", by, at, {"changes": changes})

    def rewrite(self, repo: Repository, item: Issue, body: str, *, by: str, at: datetime) -> None:
        """Changes the text (`edited`); the timeline keeps nothing of it."""
        changes = {"body": {"from": item.body or ""}}
        item.body = body
        self.thread_event(repo, item, "edited", by, at, {"changes": changes})

    def create_milestone(
        self, repo: Repository, title: str, *, by: str, at: datetime, due: datetime | None = None
    ) -> Milestone:
        """A new milestone (`milestone`, action `created`)."""
        number = len(repo.milestones) + 1
        creator = self.account(by)
        found = Milestone(self.counter.next("milestone"), number, title, creator, at, at, due_on=due)
        repo.milestones[number] = found
        payload = {"action": "created", "milestone": milestone(self.wire, repo, found)}
        self.emit("milestone", creator, at, repo, payload)
        return found

    def move_milestone(
        self, repo: Repository, found: Milestone, due: datetime | None, *, by: str, at: datetime
    ) -> None:
        """Another date, or none (`milestone`, action `edited`); the API keeps nothing of the one before."""
        changes = {"due_on": {"from": stamp(found.due_on)}}
        found.due_on, found.updated_at = due, at
        payload = {"action": "edited", "changes": changes, "milestone": milestone(self.wire, repo, found)}
        self.emit("milestone", self.account(by), at, repo, payload)

    def close_milestone(self, repo: Repository, found: Milestone, *, by: str, at: datetime) -> None:
        """It is over (`milestone`, action `closed`)."""
        found.state, found.closed_at, found.updated_at = "closed", at, at
        payload = {"action": "closed", "milestone": milestone(self.wire, repo, found)}
        self.emit("milestone", self.account(by), at, repo, payload)

    def set_milestone(self, repo: Repository, item: Issue, found: Milestone, *, by: str, at: datetime) -> None:
        """Puts an item under a milestone (`milestoned`)."""
        if item.milestone:
            self.clear_milestone(repo, item, by=by, at=at)
        item.milestone = found
        self._mark(item, "milestoned", self.account(by), at).milestone = found.title
        self.thread_event(repo, item, "milestoned", by, at, {"milestone": milestone(self.wire, repo, found)})

    def clear_milestone(self, repo: Repository, item: Issue, *, by: str, at: datetime) -> None:
        """Takes an item out of its milestone (`demilestoned`)."""
        found, item.milestone = item.milestone, None
        assert found is not None
        self._mark(item, "demilestoned", self.account(by), at).milestone = found.title
        self.thread_event(repo, item, "demilestoned", by, at, {"milestone": milestone(self.wire, repo, found)})

    def tell_first_marks(self, repo: Repository, item: Issue, author: Account, at: datetime) -> None:
        """Labels and assignees of a new item: GitHub tells each once more, as if it were added after the opening."""
        for found in item.labels:
            self._mark(item, "labeled", author, at).label = found
            self.thread_event(repo, item, "labeled", author.login, at, {"label": label(self.wire, repo, found)})
        for who in item.assignees:
            self._mark(item, "assigned", author, at).subject = who
            self.thread_event(repo, item, "assigned", author.login, at, {"assignee": user(self.wire, who)})

    def thread_event(self, repo: Repository, item: Issue, action: str, by: str, at: datetime, more: Json) -> None:
        """Sends `issues` or `pull_request` with the present state of the item."""
        item.updated_at = max(item.updated_at, at)
        sender = self.account(by)
        if isinstance(item, Pull):
            payload = {"action": action, "number": item.number, "pull_request": pull(self.wire, repo, item), **more}
            self.emit("pull_request", sender, at, repo, payload)
        else:
            self.emit("issues", sender, at, repo, {"action": action, "issue": issue(self.wire, repo, item), **more})

    def _mark(self, item: Issue, event: str, actor: Account | None, at: datetime) -> TimelineItem:
        found = TimelineItem(self.counter.next("event"), event, actor, at)
        item.timeline.append(found)
        return found

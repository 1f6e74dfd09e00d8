"""Driver calls about pull requests."""

from __future__ import annotations

from datetime import datetime

from fairlead.connectors.github.fake.code import Commit, Repository, Signature, summed
from fairlead.connectors.github.fake.issues import Issues
from fairlead.connectors.github.fake.names import ZERO_SHA, sha_of
from fairlead.connectors.github.fake.payloads.commit import simple_commit
from fairlead.connectors.github.fake.payloads.pull import simple_pull
from fairlead.connectors.github.fake.payloads.review import review, review_comment
from fairlead.connectors.github.fake.payloads.user import team as team_payload
from fairlead.connectors.github.fake.payloads.user import user
from fairlead.connectors.github.fake.repositories import NewCommit
from fairlead.connectors.github.fake.state import Account, Pull, Review, ReviewComment

WEB_FLOW = ("GitHub", "noreply@github.com")
"""How GitHub signs commits that its pages make."""


class Pulls(Issues):
    """Pull requests from opening to merging."""

    def open_pull(
        self,
        repo: Repository,
        title: str,
        *,
        head: str,
        by: str,
        at: datetime,
        base: str | None = None,
        body: str | None = None,
        draft: bool = False,
        labels: tuple[str, ...] = (),
    ) -> Pull:
        """A pull request from a pushed branch (`pull_request`, action `opened`)."""
        base = base or repo.default_branch
        head_sha = repo.branches[head]
        item = Pull(
            id=self.counter.next("issue"), pull_id=self.counter.next("pull"), number=repo.take_number(), title=title,
            body=body, user=self.account(by), created_at=at, updated_at=at, draft=draft, base_ref=base,
            base_sha=repo.branches[base], head_ref=head, head_sha=head_sha,
        )  # fmt: skip
        item.commits = [commit.sha for commit in repo.between(item.base_sha, head_sha)]
        # GitHub shows the hash of a trial merge as if the pull request were merged already
        item.merge_sha = _trial_merge(item)
        item.labels = [self.label(repo, name) for name in labels]
        repo.issues[item.number] = item
        self.thread_event(repo, item, "opened", by, at, {})
        self.tell_first_marks(repo, item, item.user, at)
        return item

    def branch_moved(
        self, repo: Repository, branch: str, before: str, after: str, by: Account | None, at: datetime, forced: bool
    ) -> None:
        """Open pull requests from the branch get its commits (`synchronize`)."""
        for item in repo.issues.values():
            # a closed pull request keeps the head that it had: pushes to its branch do not reach it
            if not isinstance(item, Pull) or item.state != "open" or item.head_ref != branch or before == ZERO_SHA:
                continue
            item.head_sha = after
            item.commits = [commit.sha for commit in repo.between(repo.branches[item.base_ref], after)]
            item.merge_sha = _trial_merge(item)
            if forced:
                mark = self._mark(item, "head_ref_force_pushed", by, at)
                mark.before, mark.after = before, after
            sender = by.login if by is not None else item.user.login
            self.thread_event(repo, item, "synchronize", sender, at, {"before": before, "after": after})

    def branch_gone(self, repo: Repository, branch: str, at: datetime) -> None:
        """Marks the pull requests whose branch is no more."""
        for item in repo.issues.values():
            if isinstance(item, Pull) and item.head_ref == branch and not item.head_deleted:
                item.head_deleted = True
                self._mark(item, "head_ref_deleted", item.merged_by or item.user, at)

    def request_review(self, repo: Repository, item: Pull, login: str, *, by: str, at: datetime) -> None:
        """Asks a person for a review (`review_requested`)."""
        who = self.account(login)
        if who not in item.requested:
            item.requested.append(who)
        self._mark(item, "review_requested", self.account(by), at).subject = who
        self.thread_event(repo, item, "review_requested", by, at, {"requested_reviewer": user(self.wire, who)})

    def request_team(self, repo: Repository, item: Pull, slug: str, *, by: str, at: datetime) -> None:
        """Asks a team for a review (`review_requested`)."""
        found = self.teams[slug]
        if found not in item.requested_teams:
            item.requested_teams.append(found)
        self._mark(item, "review_requested", self.account(by), at).team = found
        more = {"requested_team": team_payload(self.wire, found, self.org)}
        self.thread_event(repo, item, "review_requested", by, at, more)

    def drop_request(self, repo: Repository, item: Pull, login: str, *, by: str, at: datetime) -> None:
        """Takes a request for a review back (`review_request_removed`)."""
        who = self.account(login)
        item.requested.remove(who)
        self._mark(item, "review_request_removed", self.account(by), at).subject = who
        self.thread_event(repo, item, "review_request_removed", by, at, {"requested_reviewer": user(self.wire, who)})

    def drop_team(self, repo: Repository, item: Pull, slug: str, *, by: str, at: datetime) -> None:
        """Takes a request to a team back (`review_request_removed`)."""
        found = self.teams[slug]
        item.requested_teams.remove(found)
        self._mark(item, "review_request_removed", self.account(by), at).team = found
        more = {"requested_team": team_payload(self.wire, found, self.org)}
        self.thread_event(repo, item, "review_request_removed", by, at, more)

    def review(
        self,
        repo: Repository,
        item: Pull,
        state: str,
        *,
        by: str,
        at: datetime,
        body: str | None = None,
        lines: tuple[tuple[str, int, str], ...] = (),
    ) -> Review:
        """Submits a review with its comments on lines, each (path, line, text) (`pull_request_review`)."""
        author = self.account(by)
        found = Review(self.counter.next("review"), author, state, body, item.head_sha, at)
        for path, line, text in lines:
            number = self.counter.next("review_comment")
            found.comments.append(ReviewComment(number, author, text, path, line, item.head_sha, found.id, at, at))
        item.reviews.append(found)
        # with the review the request is gone, without an event of its own
        if author in item.requested:
            item.requested.remove(author)
        self._mark(item, "reviewed", author, at).review = found
        item.updated_at = at
        # events about a review carry a pull request without its numbers of lines and files
        shown = simple_pull(self.wire, repo, item)
        payload = {"action": "submitted", "review": review(self.wire, repo, item, found, True), "pull_request": shown}
        self.emit("pull_request_review", author, at, repo, payload)
        # each comment is a delivery of its own beside that of the review
        for line_comment in found.comments:
            told = review_comment(self.wire, repo, item, line_comment)
            payload = {"action": "created", "comment": told, "pull_request": shown}
            self.emit("pull_request_review_comment", author, at, repo, payload)
        return found

    def reply(
        self, repo: Repository, item: Pull, to: ReviewComment, text: str, *, by: str, at: datetime
    ) -> ReviewComment:
        """An answer below a comment on a line; like on GitHub it is a review of its own (`commented`)."""
        made = self.review(repo, item, "commented", by=by, at=at, lines=((to.path, to.line, text),))
        made.comments[0].reply_to = to.id
        return made.comments[0]

    def dismiss_review(self, repo: Repository, item: Pull, found: Review, *, by: str, at: datetime) -> None:
        """Takes the weight off a review (`pull_request_review`, action `dismissed`)."""
        mark = self._mark(item, "review_dismissed", self.account(by), at)
        mark.review, mark.state = found, found.state
        # from here on nothing but the timeline tells what it had been
        found.state = "dismissed"
        item.updated_at = at
        told = review(self.wire, repo, item, found, True)
        payload = {"action": "dismissed", "review": told, "pull_request": simple_pull(self.wire, repo, item)}
        self.emit("pull_request_review", self.account(by), at, repo, payload)

    def set_draft(self, repo: Repository, item: Pull, draft: bool, *, by: str, at: datetime) -> None:
        """Makes a draft of it, or says that it is ready (`converted_to_draft`, `ready_for_review`)."""
        item.draft = draft
        # the timeline and the webhook call the same act by two names
        self._mark(item, "convert_to_draft" if draft else "ready_for_review", self.account(by), at)
        self.thread_event(repo, item, "converted_to_draft" if draft else "ready_for_review", by, at, {})

    def retarget(self, repo: Repository, item: Pull, base: str, *, by: str, at: datetime) -> None:
        """Sends it to another branch (`edited` with `changes.base`)."""
        changes = {"base": {"ref": {"from": item.base_ref}, "sha": {"from": item.base_sha}}}
        mark = self._mark(item, "base_ref_changed", self.account(by), at)
        mark.before, mark.after = item.base_ref, base
        item.base_ref, item.base_sha = base, repo.branches[base]
        item.commits = [commit.sha for commit in repo.between(item.base_sha, item.head_sha)]
        self.thread_event(repo, item, "edited", by, at, {"changes": changes})

    def enable_auto_merge(self, repo: Repository, item: Pull, *, by: str, at: datetime) -> None:
        """Lets the host merge it as soon as it may (`auto_merge_enabled`)."""
        item.auto_merge = self.account(by)
        self._mark(item, "auto_merge_enabled", item.auto_merge, at)
        self.thread_event(repo, item, "auto_merge_enabled", by, at, {})

    def close_pull(self, repo: Repository, item: Pull, *, by: str, at: datetime) -> None:
        """Closes it without merging (`closed`)."""
        item.state, item.closed_at, item.closed_by = "closed", at, self.account(by)
        self._mark(item, "closed", item.closed_by, at)
        self.thread_event(repo, item, "closed", by, at, {})

    def reopen_pull(self, repo: Repository, item: Pull, *, by: str, at: datetime) -> None:
        """Opens a closed one again (`reopened`)."""
        item.state, item.closed_at, item.closed_by = "open", None, None
        self._mark(item, "reopened", self.account(by), at)
        self.thread_event(repo, item, "reopened", by, at, {})

    def conflict(self, item: Pull, conflicting: bool = True) -> None:
        """The base branch moved so that it no longer merges; GitHub sends nothing, later payloads show it."""
        item.conflicting = conflicting

    def enqueue(self, repo: Repository, item: Pull, *, by: str, at: datetime) -> None:
        """Puts it into the merge queue (`enqueued`; `merge_group`, action `checks_requested`)."""
        item.queued_at = at
        self._mark(item, "added_to_merge_queue", self.account(by), at)
        self.thread_event(repo, item, "enqueued", by, at, {})
        trial = self._queue_commit(repo, item, at)
        base = repo.branches[item.base_ref]
        group = {
            "head_sha": trial.sha,
            # branches of the queue are pushed and deleted like any other, and must count as nobody's work
            "head_ref": f"refs/heads/gh-readonly-queue/{item.base_ref}/pr-{item.number}-{base}",
            "base_sha": base,
            "base_ref": f"refs/heads/{item.base_ref}",
            "head_commit": simple_commit(trial),
        }
        self.emit("merge_group", self.account(by), at, repo, {"action": "checks_requested", "merge_group": group})

    def dequeue(self, repo: Repository, item: Pull, *, by: str, at: datetime, reason: str = "CI_FAILURE") -> None:
        """Takes it out of the merge queue (`dequeued`)."""
        item.queued_at = None
        self._mark(item, "removed_from_merge_queue", self.account(by), at)
        self.thread_event(repo, item, "dequeued", by, at, {"reason": reason})

    def merge(self, repo: Repository, item: Pull, *, by: str, at: datetime, how: str = "merge") -> str:
        """Merges by `merge`, `squash` or `rebase` (`push` to the base, then `closed`); gives the merge commit."""
        # The host sends the `closed` event with the state of the base before the push.
        item.base_sha = repo.branches[item.base_ref]
        head = {"merge": self._merged, "squash": self._squashed, "rebase": self._rebased}[how](repo, item, by, at)
        if item.queued_at is not None:
            item.queued_at = None
            self.thread_event(repo, item, "dequeued", by, at, {"reason": "MERGE"})
        self.move_branch(repo, item.base_ref, head, by=by, at=at)
        item.state, item.merged_at, item.closed_at, item.merge_sha = "closed", at, at, head
        item.merged_by = item.closed_by = self.account(by)
        mark = self._mark(item, "merged", item.merged_by, at)
        mark.commit, mark.ref = head, item.base_ref
        self._mark(item, "closed", item.merged_by, at)
        self.thread_event(repo, item, "closed", by, at, {})
        return head

    def _web(self, at: datetime) -> Signature:
        return Signature(*WEB_FLOW, at)

    def _queue_commit(self, repo: Repository, item: Pull, at: datetime) -> Commit:
        message = f"Merge pull request #{item.number} from {self.org.login}/{item.head_ref}"
        new = NewCommit(message, (), self._web(at), merges=item.head_sha)
        return self.make_commit(repo, (repo.branches[item.base_ref], item.head_sha), new)

    def _merged(self, repo: Repository, item: Pull, by: str, at: datetime) -> str:
        message = f"Merge pull request #{item.number} from {self.org.login}/{item.head_ref}\n\n{item.title}"
        new = NewCommit(message, (), self.signature(by, at), self._web(at), merges=item.head_sha)
        return self.make_commit(repo, (repo.branches[item.base_ref], item.head_sha), new).sha

    def _squashed(self, repo: Repository, item: Pull, _by: str, at: datetime) -> str:
        found = [repo.commits[sha] for sha in item.commits]
        lines = [f"* {commit.message.splitlines()[0]}" for commit in found] if len(found) > 1 else []
        authors = {(commit.author.name, commit.author.email) for commit in found}
        own = found[0].author
        others = sorted(f"Co-authored-by: {name} <{mail}>" for name, mail in authors if mail != own.email)
        parts = [f"{item.title} (#{item.number})", "\n".join(lines), "\n".join(others)]
        new = NewCommit(
            "\n\n".join(part for part in parts if part),
            tuple(summed(found)),
            Signature(own.name, own.email, at),
            self._web(at),
        )
        return self.make_commit(repo, (repo.branches[item.base_ref],), new).sha

    def _rebased(self, repo: Repository, item: Pull, by: str, at: datetime) -> str:
        head = repo.branches[item.base_ref]
        for sha in item.commits:
            old = repo.commits[sha]
            again = NewCommit(old.message, old.files, old.author, self.signature(by, at))
            head = self.make_commit(repo, (head,), again).sha
        return head


def _trial_merge(item: Pull) -> str:
    """Hash of the test merge that GitHub shows as `merge_commit_sha` while a pull request is open."""
    return sha_of("trial", item.base_sha, item.head_sha)

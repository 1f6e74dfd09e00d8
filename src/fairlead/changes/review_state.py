"""Where a change stands in its review, moved by one event at a time, and the rules that say whose turn that makes it.

A bot's or an agent's comment, label or review moves nothing. Whoever spoke last hands the turn to the other side:
a reviewer's words to the author, the author's push, answer or new request back to that reviewer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from fairlead.changes.history import CHECK_ENDED, CHECK_STARTED, Happening

TurnWord = Literal["author", "reviewer", "any_reviewer", "ci", "merge_queue", "nobody_knows"]

Party = tuple[str | None, str | None]
"""An account, or a team of which anybody will do."""

FAILED = frozenset({"failure", "error"})
_RUNNING: frozenset[None] = frozenset({None})
_WHOLE = "checks"
"""Stands for the sum of all checks where a tool tells only that."""


class Verdict(NamedTuple):
    """Whose turn it is, and why."""

    turn: TurnWord
    parties: tuple[Party, ...]
    why: str
    """Key of a phrase: `turn.<why>`."""
    detail: str | None = None
    """What the phrase names, like the check that failed."""


class ReviewState:
    """Everything about a change that decides whose turn it is."""

    __slots__ = (
        "_kinds", "_members", "answered", "approved", "author", "auto_merge", "blocking", "checks", "comments",
        "conflicting", "draft", "ever", "head", "host_blocks", "known", "open", "queued", "requested", "reviews",
        "teams",
    )  # fmt: skip

    def __init__(
        self, author: str | None, kinds: Mapping[str, str], members: Mapping[str, frozenset[str]], draft: bool
    ) -> None:
        self._kinds = kinds
        self._members = members
        self.author = author
        self.draft = draft
        self.open = True
        self.known = True
        """Whether events are known from which turns can follow."""
        self.queued = self.auto_merge = self.conflicting = self.host_blocks = False
        self.head: str | None = None
        self.checks: dict[str | None, dict[str, str | None]] = {}
        """Commit -> check -> result, `None` while it runs."""
        self.requested: dict[str, None] = {}
        self.teams: dict[str, None] = {}
        self.blocking: dict[str, None] = {}
        """Reviewers whose changes are wanted and not yet answered."""
        self.comments: dict[str, None] = {}
        """Reviewers whose words without a verdict are not yet answered."""
        self.answered: dict[str, bool] = {}
        """Reviewers whom the author has answered -> whether they had wanted changes."""
        self.approved: dict[str, None] = {}
        self.ever: set[str] = set()
        """Everybody who was asked or has reviewed."""
        self.reviews: dict[str, str] = {}
        """Review -> reviewer, for dismissals."""

    def is_human(self, account: str | None) -> bool:
        """Whether an account is a person; a deleted account (`None`) is nobody whose turn it could be."""
        return account is not None and self._kinds.get(account, "human") == "human"

    def move(self, happening: Happening) -> bool:
        """Takes in one event; tells whether it may have moved anything."""
        handler = _HANDLERS.get(happening[3])
        if handler is None:
            return False
        return handler(self, happening) is not False

    def verdict(self) -> Verdict:
        """Whose turn it is now."""
        if self.draft:
            return Verdict("author", ((self.author, None),), "draft")
        if self.queued:
            return Verdict("merge_queue", (), "queued")
        return self._work_for_author() or self._review_wanted() or self._ready_to_merge() or self._nobody_asked()

    def _work_for_author(self) -> Verdict | None:
        mine = ((self.author, None),)
        if self.conflicting:
            return Verdict("author", mine, "conflict")
        if (failed := self._check_with(FAILED)) is not None:
            return Verdict("author", mine, "checks_failed", failed)
        if self.blocking:
            return Verdict("author", mine, "changes_requested")
        if self.comments and not self.approved:
            return Verdict("author", mine, "comments")
        return None

    def _review_wanted(self) -> Verdict | None:
        """Those who are awaited: nobody any more once somebody has approved, unless the host still insists."""
        if not (self.requested or self.answered or self.teams):
            return None
        again = [account for account, blocked in self.answered.items() if blocked or not self.approved]
        if any(self.answered.values()) and self.approved:
            return Verdict("reviewer", _accounts(again), "answered")
        if self.approved and not self.host_blocks:
            return None
        # Who was asked and has only commented since is in both, and waits once.
        awaited = _accounts(list(dict.fromkeys([*self.requested, *again])))
        if self.teams:
            awaited += tuple((None, team) for team in self.teams)
        if not awaited:
            return None
        return Verdict("reviewer", awaited, "answered" if again else "review_requested")

    def _ready_to_merge(self) -> Verdict | None:
        if not self.approved:
            return None
        running = self._check_with(_RUNNING)
        if running is not None:
            return Verdict("ci", (), "checks_running", running)
        if self.auto_merge:
            return Verdict("merge_queue", (), "auto_merge")
        return Verdict("author", ((self.author, None),), "approved")

    def _nobody_asked(self) -> Verdict:
        if not self.known:
            return Verdict("nobody_knows", (), "no_events")
        return Verdict("any_reviewer", (), "nobody_asked")

    def _check_with(self, results: frozenset[str] | frozenset[None]) -> str | None:
        """Name of the first check of the head with such a result."""
        found = self.checks.get(self.head)
        if not found:
            return None
        for name, result in found.items():
            if result in results:
                return name
        return None

    # --- events ---

    def _closed(self, _: Happening) -> None:
        self.open = self.queued = False

    def _reopened(self, _: Happening) -> None:
        self.open = True

    def _opened(self, happening: Happening) -> None:
        self.head = happening.sha or self.head

    def _drafted(self, _: Happening) -> None:
        self.draft = True

    def _ready(self, _: Happening) -> None:
        self.draft = False

    def _pushed(self, happening: Happening) -> None:
        self.head = happening.sha
        # An update by a bot brings new checks, but is nobody's answer to a review.
        if happening.actor is None or happening.actor == self.author or self.is_human(happening.actor):
            self._author_answers()

    def _requested(self, happening: Happening) -> bool:
        if happening.team is not None:
            self.teams[happening.team] = None
            return True
        return self.ask(happening.subject)

    def ask(self, who: str | None) -> bool:
        """Somebody's review is asked for, maybe again; an agent's or the author's own moves nothing."""
        if who is None or not self.is_human(who) or who == self.author:
            return False
        for held in (self.blocking, self.comments, self.answered, self.approved):
            held.pop(who, None)
        self.requested[who] = None
        self.ever.add(who)
        return True

    def _unrequested(self, happening: Happening) -> None:
        self.requested.pop(happening.subject or "", None)
        self.teams.pop(happening.team or "", None)

    def _approves(self, happening: Happening) -> bool:
        return self._reviews(happening, self.approved)

    def _blocks(self, happening: Happening) -> bool:
        return self._reviews(happening, self.blocking)

    def _reviews(self, happening: Happening, verdicts: dict[str, None]) -> bool:
        who = happening.actor
        if who is None or who == self.author or not self.is_human(who):
            return False
        for held in (self.blocking, self.comments, self.answered, self.approved):
            held.pop(who, None)
        verdicts[who] = None
        self._has_reviewed(who, happening.review)
        return True

    def _comments(self, happening: Happening) -> bool:
        """A review without verdict, or a comment of somebody who takes part in the review."""
        who = happening.actor
        if who is None or not self.is_human(who):
            return False
        if who == self.author:
            return self._author_answers()
        is_review = happening.kind == "reviewed" or happening.review is not None
        asked = self.ever or self.teams
        if not is_review and asked and who not in self.ever and not self._speaks_for_team(who):
            return False
        if who in self.approved:
            return False
        # Whoever wanted changes and speaks again still wants them.
        (self.blocking if self.answered.pop(who, False) or who in self.blocking else self.comments)[who] = None
        if is_review:
            self._has_reviewed(who, happening.review)
        else:
            self.ever.add(who)
        return True

    def _has_reviewed(self, who: str, review: str | None) -> None:
        self.ever.add(who)
        self.requested.pop(who, None)
        for team in [team for team in self.teams if self._may_answer_for(team, who)]:
            del self.teams[team]
        if review is not None:
            self.reviews[review] = who

    def _may_answer_for(self, team: str, who: str) -> bool:
        """A team is content with any of its members; of one whose members are unknown anybody may be one."""
        members = self._members.get(team)
        return members is None or who in members

    def _speaks_for_team(self, who: str) -> bool:
        return any(self._may_answer_for(team, who) for team in self.teams)

    def _dismissed(self, happening: Happening) -> None:
        who = self.reviews.get(happening.review or "") or happening.subject or ""
        self.blocking.pop(who, None)
        self.comments.pop(who, None)
        self.answered.pop(who, None)
        if who in self.approved:
            # An approval that fell away, mostly by a push, has to be given again.
            del self.approved[who]
            self.answered[who] = False

    def _author_answers(self) -> bool:
        if not self.blocking and not self.comments:
            return False
        self.answered.update(dict.fromkeys(self.comments, False))
        self.answered.update(dict.fromkeys(self.blocking, True))
        self.blocking.clear()
        self.comments.clear()
        return True

    def _queue(self, _: Happening) -> None:
        self.queued = True

    def _dequeue(self, _: Happening) -> None:
        self.queued = False

    def _auto_merge(self, happening: Happening) -> None:
        self.auto_merge = happening.kind == "auto_merge_enabled"

    def _conflicts(self, happening: Happening) -> None:
        self.conflicting = happening.kind == "conflicting"

    def _check(self, happening: Happening) -> bool:
        result = happening.team if happening.kind == CHECK_ENDED else None
        self.checks.setdefault(happening.sha, {})[happening.subject or _WHOLE] = result or (
            "neutral" if happening.kind == CHECK_ENDED else None
        )
        return happening.sha == self.head

    def _sum_of_checks(self, happening: Happening) -> None:
        result = "failure" if happening.kind == "checks_failed" else "success"
        self.checks.setdefault(happening.sha or self.head, {})[_WHOLE] = result


def _accounts(accounts: list[str]) -> tuple[Party, ...]:
    return tuple((account, None) for account in accounts)


_HANDLERS: dict[str, Callable[[ReviewState, Happening], bool | None]] = {
    "opened": ReviewState._opened,
    "closed": ReviewState._closed,
    "merged": ReviewState._closed,
    "reopened": ReviewState._reopened,
    "drafted": ReviewState._drafted,
    "ready": ReviewState._ready,
    "pushed": ReviewState._pushed,
    "force_pushed": ReviewState._pushed,
    "review_requested": ReviewState._requested,
    "review_request_removed": ReviewState._unrequested,
    "approved": ReviewState._approves,
    "changes_requested": ReviewState._blocks,
    "reviewed": ReviewState._comments,
    "commented": ReviewState._comments,
    "review_dismissed": ReviewState._dismissed,
    "queued": ReviewState._queue,
    "dequeued": ReviewState._dequeue,
    "auto_merge_enabled": ReviewState._auto_merge,
    "auto_merge_disabled": ReviewState._auto_merge,
    "conflicting": ReviewState._conflicts,
    "mergeable": ReviewState._conflicts,
    "checks_failed": ReviewState._sum_of_checks,
    "checks_passed": ReviewState._sum_of_checks,
    CHECK_STARTED: ReviewState._check,
    CHECK_ENDED: ReviewState._check,
}

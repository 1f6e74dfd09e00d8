"""Random histories on the fake, and the ways in which their records are heard of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from fairlead.connectors.github.connector import CONNECTOR
from fairlead.connectors.github.fake.api.desk import Desk
from fairlead.connectors.github.fake.code import FileChange, Repository
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.repositories import NewCommit
from fairlead.connectors.github.fake.state import Issue, Pull
from fairlead.connectors.kit.connector import Delivery, Options, Page
from fairlead.connectors.kit.sync_suite import Reader, World
from fairlead.model.patch import Patch

START = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
OPTIONS = Options(source="github")
PEOPLE = ("mira", "jonas", "sahar")


@dataclass
class Team:
    """A small team at work: each step of a history takes a few minutes."""

    fake: FakeGitHub = field(default_factory=lambda: FakeGitHub("harbor-co", secret="s3cret"))
    minutes: int = 0

    def __post_init__(self) -> None:
        for login in PEOPLE:
            self.fake.add_user(login, name=login.title(), at=self.later(), emails=(f"{login}@harbor.example",))
        for slug in ("github-actions", "review-robin"):
            self.fake.add_bot(slug, name=slug, at=self.later())
        self.repo: Repository = self.fake.create_repository("tides", by="mira", at=self.later())
        self.fake.create_team("core", name="Core", by="mira", at=self.later())
        self.milestone = self.fake.create_milestone(self.repo, "Autumn", by="mira", at=self.later())

    def later(self) -> datetime:
        self.minutes += 3
        return START + timedelta(minutes=self.minutes)

    def commit(self, words: str, by: str, at: datetime) -> NewCommit:
        path = f"tides/{words.replace(' ', '_')}.py"
        return NewCommit(words, (FileChange(path, 3, 1),), self.fake.signature(by, at))

    def pulls(self, state: str = "open") -> list[Pull]:
        return [pull for pull in self.repo.pulls.values() if pull.state == state and not pull.merged_at]

    def issues(self) -> list[Issue]:
        return [item for item in self.repo.issues.values() if not isinstance(item, Pull)]


Act = Callable[[Team, str, int], None]
"""Somebody does something to one of the things that there are."""


def _open_pull(team: Team, by: str, n: int) -> None:
    branch, at = f"work/{team.minutes}", team.later()
    head = team.repo.branches["main"]
    team.fake.push(team.repo, branch, [team.commit(f"step {team.minutes}", by, at)], by=by, at=at, onto=head)
    body = f"Fixes #{n + 1}" if n % 2 else None
    team.fake.open_pull(team.repo, "Next step", head=branch, by=by, at=team.later(), body=body, draft=n % 3 == 0)


def _on_pull(act: Callable[[Team, Pull, str, int], None]) -> Act:
    def step(team: Team, by: str, n: int) -> None:
        if pulls := team.pulls():
            act(team, pulls[n % len(pulls)], by, n)

    return step


def _on_issue(act: Callable[[Team, Issue, str, int], None]) -> Act:
    def step(team: Team, by: str, n: int) -> None:
        if issues := team.issues():
            act(team, issues[n % len(issues)], by, n)

    return step


def _push_more(team: Team, pull: Pull, by: str, _n: int) -> None:
    at = team.later()
    new = team.commit(f"more {team.minutes}", by, at)
    team.fake.push(team.repo, pull.head_ref, [new], by=by, at=at)


def _review(team: Team, pull: Pull, by: str, n: int) -> None:
    state = ("approved", "changes_requested", "commented")[n % 3]
    lines = (("tides/level.py", 3, "why?"),) if n % 2 else ()
    team.fake.review(team.repo, pull, state, by=by, at=team.later(), body="hm" if n % 2 else None, lines=lines)


def _dismiss(team: Team, pull: Pull, by: str, _n: int) -> None:
    standing = [review for review in pull.reviews if review.state in ("approved", "changes_requested")]
    if standing:
        team.fake.dismiss_review(team.repo, pull, standing[-1], by=by, at=team.later())


def _request(team: Team, pull: Pull, by: str, n: int) -> None:
    login = PEOPLE[n % 3]
    if team.fake.account(login) not in pull.requested and login != pull.user.login:
        team.fake.request_review(team.repo, pull, login, by=by, at=team.later())


def _drop_request(team: Team, pull: Pull, by: str, _n: int) -> None:
    if pull.requested:
        team.fake.drop_request(team.repo, pull, pull.requested[0].login, by=by, at=team.later())


def _merge(team: Team, pull: Pull, by: str, n: int) -> None:
    if not pull.draft:
        team.fake.merge(team.repo, pull, by=by, at=team.later(), how=("merge", "squash", "rebase")[n % 3])


def _reopen_pull(team: Team, by: str, n: int) -> None:
    if closed := team.pulls("closed"):
        team.fake.reopen_pull(team.repo, closed[n % len(closed)], by=by, at=team.later())


def _queue(team: Team, pull: Pull, by: str, _n: int) -> None:
    if pull.queued_at is None and not pull.draft:
        team.fake.enqueue(team.repo, pull, by=by, at=team.later())
    elif pull.queued_at is not None:
        team.fake.dequeue(team.repo, pull, by=by, at=team.later())


def _build(team: Team, pull: Pull, by: str, n: int) -> None:
    run = team.fake.queue_run(
        team.repo, "ci", sha=pull.head_sha, branch=pull.head_ref, jobs=("test", "lint"), event="pull_request", by=by,
        at=team.later(), pulls=(pull.number,),
    )  # fmt: skip
    team.fake.start_run(team.repo, run, at=team.later())
    if n % 4:
        results = {"test": ("success", "failure")[n % 2], "lint": "success"}
        team.fake.finish_run(team.repo, run, results, at=team.later())


def _check(team: Team, pull: Pull, by: str, _n: int) -> None:
    team.fake.check(
        team.repo,
        "review-robin",
        "robin",
        sha=pull.head_sha,
        branch=pull.head_ref,
        conclusion="neutral",
        at=team.later(),
    )
    team.fake.status(team.repo, pull.head_sha, "legacy/ci", "success", by=by, at=team.later())


def _deploy(team: Team, by: str, n: int) -> None:
    found = team.fake.deploy(team.repo, ref="main", environment="production", by=by, at=team.later())
    team.fake.deployment_status(team.repo, found, "in_progress", by=by, at=team.later())
    if n % 3:
        team.fake.deployment_status(team.repo, found, ("success", "failure")[n % 2], by=by, at=team.later())


def _release(team: Team, by: str, _n: int) -> None:
    tag = f"v1.{team.minutes}"
    team.fake.release(team.repo, tag, sha=team.repo.branches["main"], by=by, at=team.later(), name=tag, body="notes")


def _alert(team: Team, by: str, n: int) -> None:
    kind = ("dependabot", "code_scanning", "secret_scanning")[n % 3]
    found = team.fake.open_alert(
        team.repo,
        kind,
        rule="rule/1",
        title="Old left-pad",
        severity="high",
        path="a.lock",
        at=team.later(),
        package="p",
    )
    if n % 2:
        team.fake.fix_alert(team.repo, found, at=team.later(), by=by)


def _toggle_issue(team: Team, item: Issue, by: str, n: int) -> None:
    if item.state == "open":
        team.fake.close_issue(team.repo, item, by=by, at=team.later(), reason=("completed", "not_planned")[n % 2])
    else:
        team.fake.reopen_issue(team.repo, item, by=by, at=team.later())


def _label(team: Team, item: Issue, by: str, n: int) -> None:
    name = ("type: bug", "size/S")[n % 2]
    if name in {label.name for label in item.labels}:
        team.fake.remove_label(team.repo, item, name, by=by, at=team.later())
    else:
        team.fake.add_label(team.repo, item, name, by=by, at=team.later())


def _assign(team: Team, item: Issue, by: str, n: int) -> None:
    login = PEOPLE[n % 3]
    if team.fake.account(login) in item.assignees:
        team.fake.unassign(team.repo, item, login, by=by, at=team.later())
    else:
        team.fake.assign(team.repo, item, login, by=by, at=team.later())


def _move_milestone(team: Team, by: str, n: int) -> None:
    at = team.later()
    if n == 0:
        team.fake.close_milestone(team.repo, team.milestone, by=by, at=at)
    else:
        due = at + timedelta(days=n) if n > 1 else None
        team.fake.move_milestone(team.repo, team.milestone, due, by=by, at=at)


ACTS: Sequence[Act] = (
    _open_pull, _open_pull,
    lambda team, by, n: team.fake.open_issue(team.repo, f"Issue {n}", by=by, at=team.later(), body="boom") and None,
    _on_pull(_push_more), _on_pull(_review), _on_pull(_review), _on_pull(_dismiss), _on_pull(_request),
    _on_pull(_drop_request), _on_pull(_merge), _on_pull(_queue), _on_pull(_build), _on_pull(_check),
    _on_pull(lambda team, pull, by, n: team.fake.set_draft(team.repo, pull, not pull.draft, by=by, at=team.later())),
    _on_pull(lambda team, pull, by, n: team.fake.close_pull(team.repo, pull, by=by, at=team.later())),
    _on_pull(lambda team, pull, by, n: team.fake.comment(team.repo, pull, "ok", by=by, at=team.later()) and None),
    _on_pull(_label), _on_pull(_assign), _reopen_pull, _deploy, _release, _alert,
    _on_pull(lambda team, pull, by, n: team.fake.retitle(team.repo, pull, f"Title {n}", by=by, at=team.later())),
    _on_issue(_toggle_issue), _on_issue(_label), _on_issue(_assign),
    _on_issue(lambda team, item, by, n: team.fake.comment(team.repo, item, "Yes", by=by, at=team.later()) and None),
    _on_issue(
        lambda team, item, by, n: team.fake.set_milestone(team.repo, item, team.milestone, by=by, at=team.later())
        if item.milestone is None
        else None
    ),
    _move_milestone,
)  # fmt: skip


def told_by_webhooks(team: Team) -> list[Patch]:
    """What all webhooks of a history say."""
    return [patch for sent in world_of(team).deliveries for patch in CONNECTOR.read(sent, OPTIONS).patches]


def told_by(pages: Iterable[Page]) -> list[Patch]:
    """What pages of the API say."""
    found: list[Patch] = []
    for page in pages:
        found += CONNECTOR.read(Delivery(page.kind, page.headers, page.body, page.delivery), OPTIONS).patches
    return found


def world_of(team: Team, desk: Desk | None = None) -> World:
    """A history with both ways of hearing of it, asked about long after."""
    desk = desk or Desk(team.fake)
    desk.sign_in.tokens["a token"] = "mira"
    deliveries = [
        Delivery(sent.event, {name.lower(): value for name, value in sent.headers.items()}, sent.body, sent.guid)
        for sent in team.fake.hook.sent
    ]
    return World(
        desk, deliveries, START + timedelta(days=30), OPTIONS, {"token": "a token"},
        {"repositories": ["harbor-co/tides"]}, refusable="/deployments", cursor='"(after|items)":"',
        happens=lambda at: team.fake.open_issue(team.repo, "Leak", by="mira", at=at),
    )  # fmt: skip


def reader_of(team: Team) -> Reader:
    """A sync of it."""
    return Reader(CONNECTOR, world_of(team))

"""A small organisation in which everything happens once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from fairlead.connectors.github.fake.api.desk import Desk
from fairlead.connectors.github.fake.code import FileChange, Repository
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.repositories import NewCommit
from fairlead.connectors.github.fake.state import Pull
from fairlead.connectors.kit.fake.transport import FakeTransport

T0 = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
SECRET = "pepper and salt"
TOKEN = "ghp_kim"


def at(minutes: float) -> datetime:
    """So many minutes into the story."""
    return T0 + timedelta(minutes=minutes)


@dataclass
class Small:
    """The organisation with what tests want to name."""

    fake: FakeGitHub
    repo: Repository
    desk: Desk
    squashed: Pull
    rebased: Pull
    merged: Pull
    opened: Pull

    def client(self, token: str = TOKEN) -> httpx.Client:
        """A client that is signed in."""
        return httpx.Client(
            transport=FakeTransport(self.desk),
            base_url="https://api.github.com",
            headers={"authorization": f"Bearer {token}"},
        )


def commit(
    fake: FakeGitHub, login: str, text: str, minute: float, *paths: str, email: str | None = None
) -> NewCommit:
    """A commit that touches some paths."""
    files = tuple(FileChange(path, 5 + len(path), 2) for path in paths)
    return NewCommit(text, files, fake.signature(login, at(minute)))


def branch(fake: FakeGitHub, repo: Repository, name: str, login: str, minute: float, commits: int = 2) -> None:
    """Pushes a branch with some commits."""
    made = [commit(fake, login, f"{name} {n}", minute - 10 + n, f"src/{name}{n}.py") for n in range(commits)]
    fake.push(repo, name, made, by=login, at=at(minute), onto=repo.branches["main"])


def play(slim: bool = False) -> Small:
    """A week of three people, a bot and an agent."""
    fake = FakeGitHub("acme", secret=SECRET, seed=3, slim=slim)
    for login, name in (("kim", "Kim Lee"), ("omar", "عمر"), ("lea", "Léa 🚢"), ("gone", "Gone Girl")):
        fake.add_user(login, name=name, at=T0, emails=(f"{login}@acme.example",))
    for slug in ("github-actions", "dependabot", "reviewbot", "github-advanced-security"):
        fake.add_bot(slug, name=slug, at=T0)
    repo = fake.create_repository(
        "payments", by="kim", at=at(1), files={"README.md": "# payments\n", ".github/CODEOWNERS": "* @acme/pay\n"}
    )
    fake.create_team("pay", name="Pay", by="kim", at=at(2))
    fake.add_member("pay", "omar", by="kim", at=at(3))
    fake.add_member("pay", "lea", by="kim", at=at(3))
    fake.remove_member("pay", "lea", by="kim", at=at(4))
    fake.give_team("pay", "payments", by="kim", at=at(4))
    squashed = _squashed(fake, repo)
    rebased = _simple(fake, repo, "tidy", "omar", 300, "rebase")
    merged = _simple(fake, repo, "wide", "lea", 400, "merge")
    opened = _opened(fake, repo)
    _work(fake, repo)
    _ships(fake, repo, merged)
    desk = Desk(fake, now=lambda: NOW)
    desk.sign_in.tokens[TOKEN] = "kim"
    return Small(fake, repo, desk, squashed, rebased, merged, opened)


def _squashed(fake: FakeGitHub, repo: Repository) -> Pull:
    """A change with all that a change can go through."""
    branch(fake, repo, "feature", "kim", 20, commits=3)
    item = fake.open_pull(repo, "Fast refunds", head="feature", by="kim", at=at(22), body=None, draft=True)
    fake.retitle(repo, item, "Faster refunds", by="kim", at=at(23))
    fake.set_draft(repo, item, False, by="kim", at=at(30))
    fake.request_review(repo, item, "omar", by="kim", at=at(31))
    fake.request_review(repo, item, "lea", by="kim", at=at(31))
    fake.request_team(repo, item, "pay", by="kim", at=at(31))
    fake.drop_request(repo, item, "lea", by="kim", at=at(32))
    fake.add_label(repo, item, "refunds", by="kim", at=at(33))
    fake.assign(repo, item, "kim", by="kim", at=at(34))
    fake.unassign(repo, item, "kim", by="kim", at=at(35))
    lines = (("src/feature0.py", 3, "Why 3?"),)
    review = fake.review(repo, item, "changes_requested", by="omar", at=at(60), body="One thing", lines=lines)
    fake.reply(repo, item, review.comments[0], "Because.", by="kim", at=at(65))
    fake.comment(repo, item, "I will look.", by="reviewbot[bot]", at=at(66))
    more = commit(fake, "kim", "Answer", 70, "src/feature0.py")
    head = fake.push(repo, "feature", [more], by="kim", at=at(71))
    again = [commit(fake, "kim", "All of it", 80, "src/feature0.py", "src/other.py")]
    fake.push(repo, "feature", again, by="kim", at=at(81), onto=repo.branches["main"], force=True)
    fake.dismiss_review(repo, item, review, by="kim", at=at(90))
    fake.status(repo, item.head_sha, "ci/legacy", "success", by="kim", at=at(91), text="fine")
    run = fake.queue_run(
        repo, "ci", sha=item.head_sha, branch="feature", jobs=("unit", "lint"), event="pull_request", by="kim",
        at=at(92), pulls=(item.number,),
    )  # fmt: skip
    fake.start_run(repo, run, at=at(93))
    fake.finish_run(repo, run, {"unit": "failure"}, at=at(99))
    fake.rerun(repo, run, by="omar", at=at(100))
    fake.start_run(repo, run, at=at(101))
    fake.finish_run(repo, run, {}, at=at(107))
    fake.check(repo, "reviewbot", "style", sha=item.head_sha, branch="feature", conclusion="neutral", at=at(108))
    fake.review(repo, item, "approved", by="omar", at=at(110))
    fake.enable_auto_merge(repo, item, by="kim", at=at(111))
    fake.enqueue(repo, item, by="kim", at=at(112))
    fake.merge(repo, item, by="kim", at=at(120), how="squash")
    fake.delete_branch(repo, "feature", by="kim", at=at(121))
    assert head != item.head_sha
    return item


def _simple(fake: FakeGitHub, repo: Repository, name: str, login: str, minute: float, how: str) -> Pull:
    branch(fake, repo, name, login, minute)
    item = fake.open_pull(repo, f"Make it {name}", head=name, by=login, at=at(minute + 1))
    fake.review(repo, item, "approved", by="kim", at=at(minute + 30), body="ok")
    fake.merge(repo, item, by="kim", at=at(minute + 40), how=how)
    fake.delete_branch(repo, name, by="kim", at=at(minute + 41))
    return item


def _opened(fake: FakeGitHub, repo: Repository) -> Pull:
    """Open, of somebody whose account is deleted; one more that was closed and opened again."""
    branch(fake, repo, "left", "gone", 500)
    item = fake.open_pull(repo, "Left behind", head="left", by="gone", at=at(501))
    fake.review(repo, item, "commented", by="gone", at=at(502), body="note to myself")
    fake.close_pull(repo, item, by="gone", at=at(510))
    fake.reopen_pull(repo, item, by="gone", at=at(511))
    fake.delete_user("gone", at=at(520))
    fake.conflict(item)
    fake.comment(repo, item, "Who takes this?", by="kim", at=at(530))
    return item


def _work(fake: FakeGitHub, repo: Repository) -> None:
    goal = fake.create_milestone(repo, "Spring", by="kim", at=at(600), due=at(90000))
    epic = fake.open_issue(
        repo, "Refunds", by="kim", at=at(601), type="Feature", labels=("epic",), assignees=("lea",)
    )
    part = fake.open_issue(repo, "Refund e-mail", by="lea", at=at(602), body="text")
    fake.set_milestone(repo, part, goal, by="kim", at=at(603))
    fake.add_sub_issue(repo, epic, part, by="kim", at=at(604))
    fake.comment(repo, part, "Soon.", by="omar", at=at(605))
    fake.close_issue(repo, part, by="lea", at=at(700))
    fake.reopen_issue(repo, part, by="lea", at=at(701))
    fake.close_issue(repo, part, by="lea", at=at(702), reason="not_planned")
    spam = fake.open_issue(repo, "Spam", by="lea", at=at(710))
    fake.delete_issue(repo, spam, by="kim", at=at(711))
    fake.remove_label(repo, epic, "epic", by="kim", at=at(712))


def _ships(fake: FakeGitHub, repo: Repository, merged: Pull) -> None:
    for minute in (800, 900):
        made = fake.deploy(repo, ref="main", environment="production", by="kim", at=at(minute))
        fake.deployment_status(repo, made, "in_progress", by="kim", at=at(minute + 1))
        fake.deployment_status(repo, made, "success", by="kim", at=at(minute + 5), description="done")
    assert merged.merge_sha is not None
    fake.release(repo, "v1.0.0", sha=merged.merge_sha, by="kim", at=at(910), name="One", body="First")
    for kind, severity in (("dependabot", "critical"), ("code_scanning", "high"), ("secret_scanning", "high")):
        found = fake.open_alert(
            repo,
            kind,
            rule="CVE-2026-1",
            title="Bad thing",
            severity=severity,
            path="req.txt",
            at=fake.now,
            package="x",
        )
        if kind != "dependabot":
            fake.fix_alert(repo, found, at=fake.now, by="kim")
    shed = fake.create_repository("shed", by="kim", at=at(940))
    fake.rename_repository("shed", "barn", by="kim", at=at(950))
    fake.archive_repository("barn", by="kim", at=at(951))
    attic = fake.create_repository("attic", by="kim", at=at(952))
    fake.delete_repository(attic.name, by="kim", at=at(953))
    assert shed.former_names == ["shed"]

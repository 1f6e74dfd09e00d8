"""What is written to GitLab, on a fake of it."""

from __future__ import annotations

from datetime import timedelta

from tests.connectors.gitlab.histories import SECRET, START

from fairlead.connectors.gitlab.act import harmless
from fairlead.connectors.gitlab.connector import CONNECTOR
from fairlead.connectors.gitlab.fake.gitlab import FakeGitLab
from fairlead.connectors.kit.acting_suite import ActingSuite, Case, Stage
from fairlead.connectors.kit.connector import Options
from fairlead.model.acts import (
    Assign,
    Comment,
    CreateIssue,
    DeleteComment,
    EditIssue,
    Label,
    Merge,
    OpenIncident,
    RequestReview,
    Rerun,
    Transition,
    WithdrawReview,
)  # fmt: skip

_CHANGE, _ISSUE = "gitlab:harbor/web/berths!1", "gitlab:harbor/web/berths#1"
_PLACE, _WHERE = "gitlab:harbor/web/berths", "harbor/web/berths"


class TestActing(ActingSuite):
    connector = CONNECTOR

    def stage(self) -> Stage:
        fake = FakeGitLab(secret=SECRET, token="glpat-harbor", requests_a_minute=1_000_000)
        mira, jonas = (fake.add_user(name, name, f"{name}@harbor.example") for name in ("mira", "jonas"))
        project = fake.add_project("harbor/web/berths", START)
        fake.push(project, mira, START, "First light")
        sha = fake.push(project, mira, START, "Work on it", "topic")
        change = fake.open_change(project, mira, START, "Berth map", "Why", sha)
        fake.ask(change, mira, mira, START)
        issue = fake.open_issue(project, mira, START, "Doubly booked", body="Twice")
        fake.label(issue, "bug", mira, START)
        fake.assign(issue, jonas, mira, START)
        note = fake.comment(issue, "Mine", mira, START)
        run = fake.pipeline(project, sha, "topic", mira, START, change)
        fake.finish(run, "failed", START + timedelta(minutes=9))
        now = START + timedelta(hours=1)
        fake.turn(lambda: now)
        return Stage(
            fake,
            now,
            Options("gitlab"),
            {"token": fake.token},
            {"url": "https://gitlab.example"},
            {
                "comment": Case(
                    Comment(subject=_CHANGE, body="Waits.\n\n/close\n @jonas?"), "comment harbor", "delete_comment"
                ),
                "delete_comment": Case(DeleteComment(subject=_ISSUE, comment=str(note["id"])), "delete_comment"),
                "label": Case(Label(subject=_ISSUE, add=("blocked", "bug")), "label blocked", "unlabel blocked"),
                "unlabel": Case(Label(subject=_ISSUE, remove=("bug", "gone")), "unlabel bug", "label bug"),
                "request_review": Case(
                    RequestReview(subject=_CHANGE, reviewers=("gitlab:@jonas",)),
                    "assign_reviewer jonas",
                    "unassign_reviewer jonas",
                ),
                "withdraw_review": Case(
                    WithdrawReview(subject=_CHANGE, reviewers=("gitlab:@mira",)), "unassign_reviewer mira"
                ),
                "assign": Case(Assign(subject=_CHANGE, add=("gitlab:@jonas",)), "assign jonas", "unassign jonas"),
                "unassign": Case(Assign(subject=_ISSUE, remove=("gitlab:@jonas",)), "unassign jonas", "assign jonas"),
                "transition": Case(Transition(subject=_ISSUE, to="Closed"), "close harbor", "reopen harbor"),
                "create_issue": Case(
                    CreateIssue(place=_PLACE, title="Log in by badge", body="/close", labels=("bug",),
                                assignees=("gitlab:@jonas",)),
                    f"issue {_WHERE}#2",
                    f"close {_WHERE}#2",
                    facts={"gitlab:@jonas": {"handle": "jonas", "external_id": str(jonas["id"])}},
                ),
                "open_incident": Case(
                    OpenIncident(place=_PLACE, title="Dark"), f"issue {_WHERE}#2", f"close {_WHERE}#2"
                ),
                "edit_issue": Case(EditIssue(subject=_ISSUE, title="Booked thrice"), "edit title", "edit title"),
                "due": Case(EditIssue(subject=_ISSUE, due="2026-10-14"), "edit due_date"),
                "rerun": Case(
                    Rerun(subject=f"{_PLACE}/pipeline/{run['pipeline']['id']}"), "retry pipeline"
                ),
                "job": Case(Rerun(subject=f"{_PLACE}/job/{run['job']['id']}"), f"retry job {run['job']['id']}"),
                "merge": Case(Merge(subject=_CHANGE, head_sha=change["sha"]), f"merge {_WHERE}!1"),
            },
        )  # fmt: skip


def test_no_line_of_a_text_is_a_command() -> None:
    assert harmless("/merge\nwell /merge\n  /close\n/ 2") == "\\/merge\nwell /merge\n  \\/close\n/ 2"

"""What is written to GitHub, on a fake of it."""

from __future__ import annotations

from datetime import timedelta

from tests.connectors.github.histories import OPTIONS, Team

from fairlead.connectors.github.connector import CONNECTOR
from fairlead.connectors.github.fake.api.desk import Desk
from fairlead.connectors.kit.acting_suite import ActingSuite, Case, Stage
from fairlead.model.acts import (
    Assign,
    Comment,
    CreateIssue,
    DeleteComment,
    EditIssue,
    Label,
    Merge,
    MoveInto,
    OpenIncident,
    RequestReview,
    Rerun,
    Transition,
    WithdrawReview,
)  # fmt: skip

_REPO = "github:harbor-co/tides"
_PULL, _ISSUE = "github:harbor-co/tides#1", "github:harbor-co/tides#2"


def stage_of(team: Team) -> Stage:
    """A pull request, an issue and a run that failed; one act of each kind on them."""
    fake, repo, at = team.fake, team.repo, team.later
    fake.push(repo, "work/lamp", [team.commit("lamp", "mira", at())], by="mira", at=at())
    pull = fake.open_pull(repo, "Turn the lamp", head="work/lamp", by="mira", at=at())
    issue = fake.open_issue(repo, "The lamp is dark", by="jonas", at=at(), labels=("bug",), body="Since May.")
    fake.assign(repo, issue, "jonas", by="mira", at=at())
    fake.request_team(repo, pull, "core", by="mira", at=at())
    said = fake.comment(repo, issue, "Mine", by="mira", at=at())
    run = fake.queue_run(
        repo, "CI", sha=pull.head_sha, branch="work/lamp", jobs=("test",), event="push", by="mira", at=at()
    )
    fake.finish_run(repo, run, {"test": "failure"}, at=at())
    check = fake.check(
        repo, "review-robin", "robin", sha=pull.head_sha, branch="work/lamp", conclusion="failure", at=at()
    )
    now = at() + timedelta(hours=1)
    desk = Desk(fake, lambda: now)
    desk.sign_in.tokens["t0ken"] = "sahar"
    return Stage(
        desk,
        now,
        OPTIONS,
        {"token": "t0ken"},
        {},
        {
            "comment": Case(
                Comment(subject=_PULL, body="Waits since Monday.\n\n@jonas?"),
                "comment harbor-co/tides#1",
                "delete_comment harbor-co/tides#1",
            ),
            "delete_comment": Case(
                DeleteComment(subject=_ISSUE, comment=str(said.id)), "delete_comment harbor-co/tides#2"
            ),
            "label": Case(
                Label(subject=_ISSUE, add=("blocked", "bug")), "label blocked harbor-co/tides#2", "unlabel blocked"
            ),
            "unlabel": Case(
                Label(subject=_ISSUE, remove=("bug", "gone")), "unlabel bug harbor-co/tides#2", "label bug"
            ),
            "request_review": Case(
                RequestReview(subject=_PULL, reviewers=("github:@jonas",)),
                "request_review jonas harbor-co/tides#1",
                "withdraw_review jonas harbor-co/tides#1",
            ),
            "withdraw_review": Case(
                WithdrawReview(subject=_PULL, teams=("github:@harbor-co/core",)), "withdraw_review @core"
            ),
            "assign": Case(Assign(subject=_ISSUE, add=("github:@sahar",)), "assign sahar", "unassign sahar"),
            "unassign": Case(Assign(subject=_ISSUE, remove=("github:@jonas",)), "unassign jonas", "assign jonas"),
            "transition": Case(
                Transition(subject=_ISSUE, to="Done"), "close harbor-co/tides#2", "reopen harbor-co/tides#2"
            ),
            "create_issue": Case(
                CreateIssue(
                    place="github:harbor-co/tides", title="Oil it", body="Soon", labels=("bug",),
                    assignees=("github:@jonas",),
                ),
                "issue harbor-co/tides#3",
                "close harbor-co/tides#3",
            ),
            "open_incident": Case(
                OpenIncident(place="github:harbor-co/tides", title="No light", body="At all"),
                "issue harbor-co/tides#3",
                "close harbor-co/tides#3",
            ),
            "edit_issue": Case(EditIssue(subject=_ISSUE, title="The lamp is out"), "retitle", "retitle"),
            "move_into": Case(
                MoveInto(subject=_ISSUE, into="github:harbor-co/tides/milestone/1"),
                "milestone Autumn",
                "demilestone",
            ),
            "rerun": Case(Rerun(subject=f"{_REPO}/run/{run.id}/1"), f"rerun {run.id}"),
            "rerun of a job": Case(Rerun(subject=f"{_REPO}/job/{run.jobs[0].id}"), f"rerun {run.id}"),
            "check again": Case(Rerun(subject=f"{_REPO}/check/{check.id}"), f"rerequest {check.id}", unsure=True),
            "merge": Case(Merge(subject=_PULL, head_sha=pull.head_sha), "merge harbor-co/tides#1"),
        },
    )  # fmt: skip


class TestActing(ActingSuite):
    connector = CONNECTOR
    read = {"repositories": ["harbor-co/tides"]}

    def stage(self) -> Stage:
        return stage_of(Team())

"""What is written to Jira, on a fake of it, in both editions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fairlead.connectors.jira.act import plan
from fairlead.connectors.jira.connector import CONNECTOR
from fairlead.connectors.jira.fake import FakeJira
from fairlead.connectors.kit.acting_suite import ActingSuite, Case, Stage
from fairlead.connectors.kit.connector import Options
from fairlead.model.acts import Assign, Comment, CreateIssue, DeleteComment, EditIssue, Label, MoveInto, Transition
from fairlead.model.errors import Skip

START = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
_BODY = "Waits for {code}you{code}.\n\n[~admin] !http://evil.example/x.png!"


def _stage(*, cloud: bool) -> Stage:
    fake = FakeJira(secret="s3cret", user="bot@acme.example", token="t0ken", cloud=cloud)
    kim, noor = fake.add_user("Kim Adler", "kim@acme.example"), fake.add_user("Noor Haddad", "noor@acme.example")
    fake.add_project("ACME")
    first, second = (fake.add_sprint("ACME", name, START, START + timedelta(days=14), START) for name in "AB")
    issue = fake.create("ACME", "Pay by card", kim, START)
    fake.change(issue, kim, START, assignee=kim, labels=["bug"], sprint=first)
    said = fake.comment(issue, "Mine", kim, START)
    now = START + timedelta(hours=1)
    fake.turn(lambda: now)
    ids = {
        who["displayName"].split()[0].lower(): f"jira:@{who.get('accountId') or who['key']}" for who in (kim, noor)
    }
    facts: dict[str, Any] = {ids[name]: {"handle": "" if cloud else name} for name in ids}
    cases = {
        "comment": Case(Comment(subject="jira:ACME-1", body=_BODY), "comment ACME-1", "delete_comment ACME-1"),
        "delete_comment": Case(DeleteComment(subject="jira:ACME-1", comment=said["id"]), "delete_comment ACME-1"),
        "label": Case(Label(subject="jira:ACME-1", add=("blocked",), remove=("bug",)), "edit labels", "edit labels"),
        "assign": Case(Assign(subject="jira:ACME-1", add=(ids["noor"],)), "assign", "assign", facts),
        "unassign": Case(Assign(subject="jira:ACME-1", remove=(ids["kim"],)), "assign nobody", "assign", facts),
        "transition": Case(Transition(subject="jira:ACME-1", to="done"), "status Done", "status To Do"),
        "create_issue": Case(
            CreateIssue(
                place="jira:ACME",
                title="Pay  by\ncard",
                body=_BODY,
                type="Bug",
                labels=("bug",),
                assignees=(ids["kim"],),
            ),
            "create ACME-2",
            facts=facts,
        ),
        "edit_issue": Case(EditIssue(subject="jira:ACME-1", title="Pay by phone"), "edit summary", "edit summary"),
        "move_into": Case(
            MoveInto(subject="jira:ACME-1", into=f"jira:sprint/{second['id']}"),
            f"sprint {second['id']} ACME-1",
            f"sprint {first['id']} ACME-1",
        ),
        "move_out": Case(
            MoveInto(subject="jira:ACME-1", into="sprint"), "sprint none ACME-1", f"sprint {first['id']} ACME-1"
        ),
        "text": Case(EditIssue(subject="jira:ACME-1", body=_BODY, due="2026-10-14"), "edit description"),
    }
    secrets = {"token": "t0ken", **({"user": "bot@acme.example"} if cloud else {})}
    settings = {"url": fake.base, "user": "bot@acme.example"} if cloud else {"url": "https://jira.acme.example"}
    return Stage(fake, now, Options("jira"), secrets, settings, cases)


class TestCloud(ActingSuite):
    connector = CONNECTOR

    def stage(self) -> Stage:
        return _stage(cloud=True)


class TestDataCenter(ActingSuite):
    connector = CONNECTOR

    def stage(self) -> Stage:
        return _stage(cloud=False)


def test_a_status_that_cannot_be_reached_is_told_with_those_that_can() -> None:
    stage = _stage(cloud=True)
    case = Case(Transition(subject="jira:ACME-1", to="Shipped"), "")
    with pytest.raises(Skip) as told:
        CONNECTOR.act(stage.request(case))  # type: ignore[attr-defined]
    assert "In Progress, Done" in told.value.hint


def test_texts_are_words_and_no_markup() -> None:
    for cloud in (True, False):
        stage = _stage(cloud=cloud)
        [call] = plan(stage.request(stage.cases["comment"]))
        if cloud:
            marks = [
                part for block in call.body["body"]["content"] for part in block["content"] if part["type"] != "text"
            ]
            assert not marks
        else:
            assert call.body["body"] == "Waits for \\{code}you\\{code}.\n\n\\[~admin] \\!http://evil.example/x.png\\!"

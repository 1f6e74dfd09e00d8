"""What GitHub refuses, and what is so already: each by its remedy, and nothing done twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.connectors.github.histories import Team
from tests.connectors.github.test_acting import stage_of

from fairlead.connectors.github.act import act, plan
from fairlead.connectors.kit.acting_suite import Case, Stage
from fairlead.connectors.kit.fake.call import Request
from fairlead.model.acts import Act, Assign, Comment, CreateIssue, EditIssue, Merge, RequestReview, Rerun, Transition
from fairlead.model.errors import Denied, Skip

_PULL, _ISSUE = "github:harbor-co/tides#1", "github:harbor-co/tides#2"


def _writes(stage: Stage) -> list[Request]:
    return [one for one in stage.desk.seen if one.method != "GET"]


def _try(stage: Stage, what: Act, **more: object) -> object:
    return act(stage.request(Case(what, ""), **more))


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (Merge(subject=_PULL, head_sha="f" * 40), "head moved"),
        (RequestReview(subject=_PULL, reviewers=("github:@mira",)), "author"),
        (RequestReview(subject=_PULL, reviewers=("github:@nobody",)), "collaborator"),
        (Assign(subject=_ISSUE, add=("github:@nobody",)), "nobody"),
        (Transition(subject=_ISSUE, to="In review"), "no status"),
        (EditIssue(subject=_ISSUE, due="2026-10-14"), "due"),
        (CreateIssue(place="github:harbor-co/tides", title="x", assignees=("github:@nobody",)), "nobody"),
        (Comment(subject="github:harbor-co/tides", body="x"), "neither"),
        (Comment(subject="github:acme/..#1", body="x"), "neither"),
        (Rerun(subject="github:harbor-co/tides@abc"), "runs again"),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(what: Act, words: str) -> None:
    stage = stage_of(Team())
    with pytest.raises((Skip, Denied), match=words):
        _try(stage, what)
    assert not stage.desk.effects


def test_whoever_has_answered_is_not_asked_again() -> None:
    team = Team()
    stage = stage_of(team)
    pull = team.repo.pulls[1]
    # the answer to a request is lost, and the reviewer is quicker than the next try
    team.fake.request_review(team.repo, pull, "jonas", by="sahar", at=team.later())
    team.fake.review(team.repo, pull, "commented", by="jonas", at=team.later(), body="Why?")
    found = act(stage.request(stage.cases["request_review"], tried=True))
    assert found.done and found.found and not _writes(stage)
    # a push after that is something new to look at
    team.fake.push(team.repo, "work/lamp", [team.commit("more", "mira", team.later())], by="mira", at=team.later())
    assert not act(stage.request(stage.cases["request_review"])).found


def test_a_closed_change_is_not_reviewed_and_an_old_run_not_run_again() -> None:
    team = Team()
    stage = stage_of(team)
    team.fake.close_pull(team.repo, team.repo.pulls[1], by="mira", at=team.later())
    with pytest.raises(Skip, match="closed"):
        act(stage.request(stage.cases["request_review"]))
    [run] = team.repo.runs.values()
    team.fake.rerun(team.repo, run, by="jonas", at=team.later())
    # somebody else was quicker
    assert act(stage.request(stage.cases["rerun"])).found
    assert not stage.desk.effects


def test_a_short_limit_is_waited_for_and_a_long_one_is_not() -> None:
    stage = stage_of(Team())
    slept: list[float] = []
    stage.desk.limits.burst(2, retry_after_s=7)
    done = act(replace(stage.request(stage.cases["comment"]), sleep=slept.append))
    assert done.done and slept == [7, 7]
    assert stage.count("comment") == 1


def test_an_app_writes_in_its_own_name_once_it_may() -> None:
    stage = stage_of(Team())
    from fairlead.connectors.github.fake.api.signin import key_pair

    private, public = key_pair()
    app = stage.desk.sign_in.register(77, "fairlead", public)
    stage.settings, stage.secrets = {"app_id": "77"}, {"private_key": private}
    with pytest.raises(Denied, match="not accessible by integration") as told:
        act(stage.request(stage.cases["comment"]))
    assert "issues" in told.value.hint
    app.permissions = {**app.permissions, "issues": "write"}
    assert act(stage.request(stage.cases["comment"])).done
    assert stage.desk.fake.repository("tides").issues[1].comments[0].user.login == "fairlead[bot]"


def test_nothing_in_a_text_is_hidden_from_whoever_approves_it() -> None:
    stage = stage_of(Team())
    body = "Merge \u202eecno\u202c this\u200b<!-- /merge --> now\U000e0041"
    [call] = plan(stage.request(Case(Comment(subject=_PULL, body=body), "")))
    shown = call.body["body"]
    assert shown.startswith("Merge ecno this&lt;!-- /merge --> now\n\n<!-- fairlead:")
    assert shown.count("<!--") == 1


def test_somebody_who_quotes_our_mark_has_not_done_it() -> None:
    team = Team()
    stage = stage_of(team)
    case = stage.cases["comment"]
    [call] = plan(stage.request(case))
    quoted = "".join(f"> {line}\n" for line in call.body["body"].splitlines())
    team.fake.comment(team.repo, team.repo.pulls[1], quoted, by="jonas", at=team.later())
    assert not act(stage.request(case, tried=True)).found
    assert stage.count("comment") == 1

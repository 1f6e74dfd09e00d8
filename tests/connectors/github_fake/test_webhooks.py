"""What leaves the fake is what GitHub sends: shape, signature, order, and the words of the documentation."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter

import pytest
from githubkit.webhooks import parse, verify
from githubkit_schemas.latest import models
from pydantic import TypeAdapter
from tests.connectors.github_fake.small import SECRET, Small, at, play

from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.hooks import Sent, only


def _events(small: Small, event: str, action: str = "") -> list[dict]:
    return [json.loads(one.body) for one in small.fake.hook.sent if one.event == event and action in ("", one.action)]


def test_every_payload_fits_the_model_that_is_made_from_githubs_own_schema(small: Small) -> None:
    wrong = []
    for sent in small.fake.hook.sent:
        try:
            _check(sent)
        except Exception as fault:
            wrong.append((sent.event, sent.action, str(fault)[:600]))
    assert not wrong, wrong[:3]


def _check(sent: Sent) -> None:
    """Checks against the model of this event and action; building all models of an event takes much longer."""
    name = "Webhook" + "".join(part.capitalize() for part in f"{sent.event}_{sent.action}".split("_") if part)
    model = getattr(models, name, None)
    if model is None:
        parse(sent.event, sent.body)
    else:
        TypeAdapter(model).validate_json(sent.body)


def test_signatures_are_those_of_the_raw_bytes(small: Small) -> None:
    for sent in small.fake.hook.sent[:40]:
        expected = hmac.new(SECRET.encode(), sent.body, hashlib.sha256).hexdigest()
        assert sent.headers["X-Hub-Signature-256"] == f"sha256={expected}"
        assert verify(SECRET, sent.body, sent.headers["X-Hub-Signature-256"])
        assert sent.headers["User-Agent"].startswith("GitHub-Hookshot/")
        assert sent.headers["X-GitHub-Event"] == sent.event


def test_ids_are_unique_and_times_never_go_back(small: Small) -> None:
    guids = Counter(sent.guid for sent in small.fake.hook.sent)
    assert max(guids.values()) == 1
    times = [sent.at for sent in small.fake.hook.sent]
    assert times == sorted(times)


def test_a_push_lists_new_commits_and_says_which_are_new_to_the_repository(small: Small) -> None:
    pushes = {payload["after"]: payload for payload in _events(small, "push") if "/heads/" in payload["ref"]}
    merge = pushes[small.merged.merge_sha]
    assert [commit["distinct"] for commit in merge["commits"]] == [False, False, True]
    assert isinstance(merge["repository"]["pushed_at"], int)
    assert "parents" not in merge["commits"][0]
    squash = pushes[small.squashed.merge_sha]
    assert len(squash["commits"]) == 1
    assert squash["head_commit"]["message"].startswith("Faster refunds (#1)")
    assert squash["head_commit"]["committer"] == {"name": "GitHub", "email": "noreply@github.com"}


def test_a_rebase_keeps_authors_and_makes_new_commits(small: Small) -> None:
    pushes = {payload["after"]: payload for payload in _events(small, "push")}
    rebase = pushes[small.rebased.merge_sha]
    assert [commit["author"]["username"] for commit in rebase["commits"]] == ["omar", "omar"]
    assert not {commit["id"] for commit in rebase["commits"]} & set(small.rebased.commits)


def test_a_force_push_says_so(small: Small) -> None:
    forced = [payload for payload in _events(small, "push") if payload["forced"]]
    assert [payload["ref"] for payload in forced] == ["refs/heads/feature"]
    assert [len(payload["commits"]) for payload in forced] == [1]


def test_a_pull_request_tells_its_state_at_each_moment(small: Small) -> None:
    opened = _events(small, "pull_request", "opened")[0]["pull_request"]
    assert (opened["draft"], opened["commits"], opened["merged"], opened["state"]) == (True, 3, False, "open")
    closed = _events(small, "pull_request", "closed")[0]["pull_request"]
    assert (closed["merged"], closed["merge_commit_sha"]) == (True, small.squashed.merge_sha)
    assert closed["changed_files"] == 2
    team = [one for one in _events(small, "pull_request", "review_requested") if "requested_team" in one]
    assert team[0]["requested_team"]["slug"] == "pay"
    assert "requested_reviewer" not in team[0]


def test_deleted_users_are_ghosts_or_nobody(small: Small) -> None:
    told = next(one for one in _events(small, "issue_comment") if one["issue"]["title"] == "Left behind")
    assert told["issue"]["user"]["login"] == "ghost"
    assert told["issue"]["user"]["id"] == 10137


def test_the_same_story_makes_the_same_bytes() -> None:
    first, second = (play().fake.hook.sent for _ in range(2))
    assert [sent.body for sent in first] == [sent.body for sent in second]
    assert [sent.headers for sent in first] == [sent.headers for sent in second]


def test_slim_payloads_say_the_same_with_fewer_bytes(small: Small) -> None:
    slim = play(slim=True).fake.hook.sent
    full = small.fake.hook.sent
    assert len(slim) == len(full)
    assert sum(len(sent.body) for sent in slim) < 0.4 * sum(len(sent.body) for sent in full)
    for thin, fat in zip(slim, full, strict=True):
        assert _missing(json.loads(thin.body), json.loads(fat.body)) == []


def _missing(thin: object, fat: object, path: str = "") -> list[str]:
    """Where a slim payload says something that the full one does not say, or says it differently."""
    if isinstance(thin, dict) and isinstance(fat, dict):
        return [fault for key in thin for fault in _missing(thin[key], fat.get(key, "absent"), f"{path}.{key}")]
    if isinstance(thin, list) and isinstance(fat, list) and len(thin) == len(fat):
        return [fault for one, other in zip(thin, fat, strict=True) for fault in _missing(one, other, f"{path}[]")]
    return [] if thin == fat else [path]


@pytest.mark.parametrize(("wanted", "left"), [({"push"}, {"push"}), ({"issues.closed"}, {"issues"})])
def test_a_hook_gets_only_what_it_subscribed_to(wanted: set[str], left: set[str]) -> None:
    fake = FakeGitHub("acme", secret="s", wants=only(wanted))
    fake.add_user("kim", name="Kim", at=at(0))
    repo = fake.create_repository("a", by="kim", at=at(0))
    item = fake.open_issue(repo, "x", by="kim", at=at(1))
    fake.close_issue(repo, item, by="kim", at=at(2))
    assert {sent.event for sent in fake.hook.sent} == left


def test_listeners_hear_each_delivery_as_it_is_made() -> None:
    heard: list[Sent] = []
    fake = FakeGitHub("acme", secret="s")
    fake.hook.listeners.append(heard.append)
    fake.add_user("kim", name="Kim", at=at(0))
    fake.create_repository("a", by="kim", at=at(0))
    assert [sent.event for sent in heard] == ["repository", "push"]

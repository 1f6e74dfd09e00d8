"""The API over the same history: githubkit reads it, pages join, nothing that a webhook told is missing."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator

import httpx
import pytest
from githubkit import GitHub, TokenAuthStrategy
from tests.connectors.github_fake.small import TOKEN, Small

from fairlead.connectors.kit.fake.transport import FakeTransport

REPO = {"owner": "acme", "repo": "payments"}


@pytest.fixture
def kit(small: Small) -> GitHub[TokenAuthStrategy]:
    """githubkit on the fake; it checks every answer against GitHub's own OpenAPI description."""
    return GitHub(TokenAuthStrategy(TOKEN), transport=FakeTransport(small.desk), http_cache=False, auto_retry=False)


def _pages(client: httpx.Client, path: str, **query: str) -> Iterator[httpx.Response]:
    """Follows `Link` to the end."""
    answer = client.get(path, params=query)
    while True:
        assert answer.status_code == 200, answer.text
        yield answer
        following = answer.links.get("next")
        if following is None:
            return
        answer = client.get(following["url"])


def test_githubkit_parses_every_kind_of_object(kit: GitHub[TokenAuthStrategy], small: Small) -> None:
    rest, number = kit.rest, small.squashed.number
    sha = small.squashed.head_sha
    assert rest.users.get_authenticated().parsed_data.login == "kim"
    assert [repo.name for repo in rest.repos.list_for_org("acme").parsed_data] == ["barn", "payments"]
    assert rest.repos.get(**REPO).parsed_data.default_branch == "main"
    assert [team.slug for team in rest.teams.list("acme").parsed_data] == ["pay"]
    assert [one.login for one in rest.teams.list_members_in_org("acme", "pay").parsed_data] == ["omar"]
    pull = rest.pulls.get(**REPO, pull_number=number).parsed_data
    assert (pull.merged, pull.head.sha) == (True, sha)
    states = [one.state for one in rest.pulls.list_reviews(**REPO, pull_number=number).parsed_data]
    assert states == ["DISMISSED", "COMMENTED", "APPROVED"]
    assert len(rest.pulls.list_review_comments(**REPO, pull_number=number).parsed_data) == 2
    assert len(rest.pulls.list_files(**REPO, pull_number=number).parsed_data) == 2
    assert len(rest.issues.list_comments(**REPO, issue_number=number).parsed_data) == 1
    assert len(rest.pulls.list_commits(**REPO, pull_number=number).parsed_data) == 1
    assert rest.repos.get_commit(**REPO, ref=sha).parsed_data.stats.total > 0  # type: ignore[union-attr]
    assert len(rest.issues.list_for_repo(**REPO, state="all").parsed_data) == 6
    runs = rest.actions.list_workflow_runs_for_repo(**REPO).parsed_data
    assert [(run.run_attempt, run.conclusion) for run in runs.workflow_runs] == [(2, "success")]
    first = rest.actions.get_workflow_run_attempt(**REPO, run_id=runs.workflow_runs[0].id, attempt_number=1)
    assert first.parsed_data.conclusion == "failure"
    jobs = rest.actions.list_jobs_for_workflow_run(**REPO, run_id=runs.workflow_runs[0].id, filter_="all")
    assert [job.run_attempt for job in jobs.parsed_data.jobs] == [1, 1, 2, 2]
    assert rest.checks.list_for_ref(**REPO, ref=sha).parsed_data.total_count == 3
    assert rest.repos.get_combined_status_for_ref(**REPO, ref=sha).parsed_data.state == "success"
    assert len(rest.repos.list_deployments(**REPO).parsed_data) == 2
    assert [one.tag_name for one in rest.repos.list_releases(**REPO).parsed_data] == ["v1.0.0"]
    assert [one.name for one in rest.repos.list_tags(**REPO).parsed_data] == ["v1.0.0"]
    assert len(rest.issues.list_milestones(**REPO).parsed_data) == 1
    assert len(rest.dependabot.list_alerts_for_repo(**REPO).parsed_data) == 1
    assert len(rest.code_scanning.list_alerts_for_repo(**REPO).parsed_data) == 1
    assert rest.secret_scanning.list_alerts_for_repo(**REPO).parsed_data[0].state == "resolved"
    # GitHub says `line-commented` where its own description says `line_commented`, so this one is read as plain JSON.
    events = [one["event"] for one in rest.issues.list_events_for_timeline(**REPO, issue_number=number).json()]
    assert events.count("line-commented") == 2
    assert {"committed", "reviewed", "commented", "renamed", "review_dismissed", "merged"} <= set(events)


def test_webhooks_and_api_tell_one_history(small: Small) -> None:
    client = small.client()
    told: dict[str, dict] = {}
    for sent in small.fake.hook.sent:
        payload = json.loads(sent.body)
        if sent.event == "pull_request":
            told[payload["pull_request"]["url"]] = payload["pull_request"]
    told.pop(f"https://api.github.com/repos/acme/payments/pulls/{small.opened.number}")
    assert len(told) == 3
    for url, last in told.items():
        now = client.get(url).json()
        for key in (
            "state",
            "merged_at",
            "merge_commit_sha",
            "head",
            "title",
            "labels",
            "additions",
            "commits",
            "user",
        ):
            seen, said = now[key], last[key]
            if key == "head":
                seen, said = seen["sha"], said["sha"]
            assert seen == said, (url, key)


def test_deployments_become_inactive_in_the_api_and_no_webhook_says_so(small: Small) -> None:
    client = small.client()
    ids = [one["id"] for one in client.get("/repos/acme/payments/deployments").json()]
    lists = [client.get(f"/repos/acme/payments/deployments/{number}/statuses").json() for number in ids]
    states = [[one["state"] for one in found] for found in lists]
    assert states == [["success", "in_progress"], ["inactive", "success", "in_progress"]]
    sent = [json.loads(one.body) for one in small.fake.hook.sent if one.event == "deployment_status"]
    assert "inactive" not in {payload["deployment_status"]["state"] for payload in sent}


@pytest.mark.parametrize("size", [1, 3, 100])
def test_pages_join_to_the_whole_list(small: Small, size: int) -> None:
    client = small.client()
    found = [
        one["sha"]
        for page in _pages(client, "/repos/acme/payments/commits", per_page=str(size))
        for one in page.json()
    ]
    assert len(found) == len(set(found))
    reachable = small.repo.commits[small.repo.branches["main"]].ancestors.bit_count()
    assert len(found) == reachable


def test_links_name_first_previous_next_and_last(small: Small) -> None:
    answer = small.client().get("/repos/acme/payments/commits", params={"per_page": "2", "page": "2"})
    assert set(answer.links) == {"first", "prev", "next", "last"}
    assert "page=3" in answer.links["next"]["url"]


def test_a_page_that_did_not_change_costs_nothing(small: Small) -> None:
    client = small.client()
    first = client.get("/repos/acme/payments/issues")
    spent = int(first.headers["x-ratelimit-used"])
    again = client.get("/repos/acme/payments/issues", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert int(again.headers["x-ratelimit-used"]) == spent
    other = client.get("/repos/acme/payments/issues", headers={"if-none-match": 'W/"old"'})
    assert (other.status_code, int(other.headers["x-ratelimit-used"])) == (200, spent + 1)


def test_since_sort_and_direction(small: Small) -> None:
    client = small.client()
    late = client.get("/repos/acme/payments/issues", params={"since": "2026-03-02T18:00:00Z", "state": "all"}).json()
    assert {one["title"] for one in late} == {"Refunds", "Refund e-mail"}
    up = client.get("/repos/acme/payments/pulls", params={"state": "all", "sort": "updated"}).json()
    assert [one["updated_at"] for one in up] == sorted(one["updated_at"] for one in up)
    down = client.get("/repos/acme/payments/pulls", params={"state": "all"}).json()
    assert [one["number"] for one in down] == sorted((one["number"] for one in down), reverse=True)


@pytest.mark.parametrize(
    ("created", "count"),
    [(">=2026-03-02", 1), ("<2026-03-02", 0), ("2026-03-02", 1), ("2026-03-01..2026-03-03", 1), ("*..2026-03-01", 0)],
)
def test_runs_are_found_by_date(small: Small, created: str, count: int) -> None:
    answer = small.client().get("/repos/acme/payments/actions/runs", params={"created": created})
    assert answer.json()["total_count"] == count


def test_what_is_gone_and_what_has_moved(small: Small) -> None:
    client = small.client()
    assert client.get("/repos/acme/payments/issues/7").status_code == 410
    assert client.get("/repos/acme/attic").status_code == 404
    moved = client.get("/repos/acme/shed/commits", params={"per_page": "1"})
    assert moved.status_code == 301
    there = client.get(moved.headers["location"])
    assert there.status_code == 200
    assert "acme/barn" in there.json()[0]["html_url"]
    assert client.get("/repos/acme/barn").json()["archived"] is True
    assert client.get("/users/gone").status_code == 404


def test_reviews_of_deleted_users_have_no_user(small: Small) -> None:
    number = small.opened.number
    client = small.client()
    assert [one["user"] for one in client.get(f"/repos/acme/payments/pulls/{number}/reviews").json()] == [None]
    assert client.get(f"/repos/acme/payments/pulls/{number}").json()["user"]["login"] == "ghost"
    assert client.get(f"/repos/acme/payments/pulls/{number}").json()["mergeable_state"] == "dirty"


def test_contents_are_base64_with_gits_own_hash(small: Small) -> None:
    found = small.client().get("/repos/acme/payments/contents/.github/CODEOWNERS").json()
    assert base64.b64decode(found["content"]) == b"* @acme/pay\n"
    assert found["sha"] == hashlib.sha1(b"blob 12\0* @acme/pay\n").hexdigest()


def test_compare_counts_both_sides(small: Small) -> None:
    head = small.opened.head_sha
    found = small.client().get(f"/repos/acme/payments/compare/main...{head}").json()
    assert (found["status"], found["ahead_by"], found["total_commits"]) == ("ahead", 2, 2)
    assert found["merge_base_commit"]["sha"] == small.opened.base_sha


def test_an_enterprise_server_has_its_api_below_a_prefix(small: Small) -> None:
    with httpx.Client(
        transport=FakeTransport(small.desk), base_url="https://git.acme.example/api/v3",
        headers={"authorization": f"token {TOKEN}"},
    ) as client:  # fmt: skip
        found = client.get("/repos/acme/payments", params={"per_page": "1"}).json()
    assert found["url"] == "https://git.acme.example/api/v3/repos/acme/payments"

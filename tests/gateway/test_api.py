"""The API on a real history: what it answers, to whom, and what it keeps to itself."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from fairlead.gateway.app import create_apps
from fairlead.store import quarantine, rereads


@pytest.fixture
def apps(services: Any) -> Any:
    return create_apps(services)


@pytest.fixture
def owner(apps: Any) -> TestClient:
    return TestClient(apps.operator, base_url="http://localhost")


def bearer(apps: Any, secret: str) -> TestClient:
    return TestClient(apps.network, base_url="http://localhost", headers={"authorization": f"Bearer {secret}"})


def person(apps: Any, who: str, role: str, team: str = "*", scopes: tuple[str, ...] = ("read",)) -> TestClient:
    """A token of an invited person."""
    session = apps.access.sign_in(apps.access.invite(who, role, team))
    viewer = apps.access.by_session(session)
    return bearer(apps, apps.access.mint(viewer, "test", scopes)[1])


def test_webhooks_become_rows(owner: TestClient) -> None:
    answer = owner.get("/api/v1/records/changes", params={"state": "merged"}).json()
    assert [row["id"] for row in answer["rows"]] == ["github:acme/payments#1"]
    assert answer["rows"][0]["title"] == "Change 1 🚀 <script>"
    assert answer["next"] is None
    one = owner.get("/api/v1/records/changes/github:acme/payments%232").json()
    assert one["state"] == "open"


def test_paging_and_csv(owner: TestClient) -> None:
    first = owner.get("/api/v1/records/changes", params={"limit": 1}).json()
    second = owner.get(first["next"]).json()
    assert [row["number"] for row in first["rows"] + second["rows"]] == [1, 2]
    assert second["next"] is None
    text = owner.get("/api/v1/records/changes", params={"format": "csv"})
    assert text.headers["content-type"].startswith("text/csv")
    assert len(text.text.strip().splitlines()) == 3


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/records/nothing", 404),
        ("/records/changes/github:acme%2Fpayments%2399", 404),
        ("/records/changes?colour=red", 422),
        ("/records/changes?limit=0", 422),
        ("/records/changes?limit=x", 422),
        ("/records/warehouse_state", 404),
        ("/records/changes%22;drop table changes", 404),
        ("/nothing", 404),
        ("/figures/no_such_figure", 422),
    ],
)
def test_wrong_questions_are_answered_in_words(owner: TestClient, path: str, status: int) -> None:
    answer = owner.get(f"/api/v1{path}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"]


def test_a_filter_is_a_value_and_never_sql(owner: TestClient) -> None:
    answer = owner.get("/api/v1/records/changes", params={"state": "open' or '1'='1"})
    assert answer.json()["rows"] == []


def test_person_columns_are_for_owners_and_recorded(apps: Any, owner: TestClient) -> None:
    row = owner.get("/api/v1/records/changes").json()["rows"][0]
    assert row["author"] == "github:@kim"
    entry = owner.get("/api/v1/access-log").json()[0]
    assert (entry["who"], entry["how"]) == ("operator", "api")
    assert "changes.author" in entry["columns"]
    member = person(apps, "person:kim", "member", scopes=("read", "sql"))
    hidden = member.get("/api/v1/records/changes").json()["rows"][0]
    assert "author" not in hidden
    assert member.get("/api/v1/records/changes?author=github:@kim").status_code == 422
    assert "github:@kim" not in member.get("/api/v1/records/people").text
    refused = member.post("/api/v1/sql", json={"query": "select author from changes"})
    assert refused.status_code in (403, 422)
    assert member.post("/api/v1/sql", json={"query": "select number from changes order by all"}).json()["rows"] == [
        {"number": 1},
        {"number": 2},
    ]


def test_sql_reads_and_nothing_else(owner: TestClient) -> None:
    asked = owner.post("/api/v1/sql", json={"query": "select author, count(*) as n from changes group by all"})
    assert asked.json()["rows"] == [{"author": "github:@kim", "n": 2}]
    noted = owner.get("/api/v1/access-log").json()[0]
    assert (noted["how"], noted["row_count"]) == ("sql", 1)
    assert noted["columns"] == ["changes.author"]
    owner.post("/api/v1/sql", json={"query": "select * from changes"})
    about = ("assignees", "author", "head_repository", "merged_by", "requested_reviewers")
    everybody = [f"changes.{name}" for name in about]
    assert owner.get("/api/v1/access-log").json()[0]["columns"] == everybody
    owner.post("/api/v1/sql", json={"query": "select title from changes where number = 1"})
    assert owner.get("/api/v1/access-log").json()[0]["columns"] == []
    for query in ("delete from changes", "copy changes to '/tmp/x'", "select * from read_csv('/etc/passwd')"):
        assert owner.post("/api/v1/sql", json={"query": query}).status_code == 403


def test_roles_and_scopes(apps: Any) -> None:
    viewer = person(apps, "person:noor", "viewer")
    assert viewer.get("/api/v1/brief").status_code == 200
    assert viewer.get("/api/v1/quarantine").status_code == 403
    assert viewer.post("/api/v1/quarantine/replay").status_code == 403
    assert viewer.get("/api/v1/users").status_code == 403
    answer = viewer.post("/api/v1/sql", json={"query": "select 1"})
    assert answer.status_code == 403
    assert "member" in answer.json()["title"]
    manager = person(apps, "person:kim", "manager")
    assert "scope `write`" in manager.post("/api/v1/quarantine/replay").json()["title"]


def test_an_owner_of_one_team_owns_nothing_else(apps: Any) -> None:
    lead = person(apps, "person:kim", "owner", "team:payments", scopes=("read", "sql", "admin"))
    assert lead.get("/api/v1/users").status_code == 403
    assert "author" not in lead.get("/api/v1/records/changes").json()["rows"][0]
    invited = lead.post(
        "/api/v1/users/invite", json={"person": "person:noor", "role": "member", "team": "team:payments"}
    )
    assert invited.status_code == 201
    beyond = lead.post("/api/v1/users/invite", json={"person": "person:noor", "role": "owner"})
    assert beyond.status_code == 403


def test_an_owner_of_one_team_gets_no_link_that_signs_in_as_somebody_else(apps: Any, owner: TestClient) -> None:
    chief = person(apps, "person:noor", "owner", scopes=("read", "admin"))
    lead = person(apps, "person:kim", "owner", "team:payments", scopes=("read", "admin"))

    def invite(role: str) -> Any:
        body = {"person": "person:noor", "role": role, "team": "team:payments"}
        return lead.post("/api/v1/users/invite", json=body)

    for role in ("manager", "viewer"):
        answer = invite(role)
        assert answer.status_code == 201
        assert answer.json()["link"] is None
        assert "already sign in" in answer.json()["note"]
    assert chief.get("/api/v1/me").json()["roles"] == {"*": "owner", "team:payments": "manager"}
    own = {"person": "person:kim", "role": "owner", "team": "team:payments"}
    assert "/sign-in/" in chief.post("/api/v1/users/invite", json=own).json()["link"]
    owner.post("/api/v1/users/disable", json={"person": "person:noor"})
    assert invite("owner").status_code == 403
    users = {user["person"]: user for user in owner.get("/api/v1/users").json()}
    assert users["person:noor"]["disabled_at"]
    assert users["person:noor"]["roles"]["team:payments"] == "manager"


def test_a_role_is_taken_by_owners_of_the_team_alone(apps: Any, owner: TestClient) -> None:
    """And what they take survives in the log."""
    person(apps, "person:noor", "member", "team:payments")
    manager = person(apps, "person:kim", "manager", "team:payments", scopes=("read", "admin"))
    asked = {"person": "person:noor", "team": "team:payments"}
    assert manager.post("/api/v1/users/withdraw", json=asked).status_code == 403
    assert owner.post("/api/v1/users/withdraw", json=asked).status_code == 200
    users = {user["person"]: user for user in owner.get("/api/v1/users").json()}
    assert users["person:noor"]["roles"] == {}
    assert owner.post("/api/v1/users/withdraw", json=asked).status_code == 422


def test_invitation_to_token_to_the_end(apps: Any, owner: TestClient) -> None:
    made = owner.post("/api/v1/users/invite", json={"person": "person:noor", "role": "manager"}).json()
    path = made["link"].partition("://")[2].partition("/")[2]
    browser = TestClient(apps.network, base_url="http://localhost", follow_redirects=False)
    assert browser.post(f"/{path}").status_code == 303
    me = browser.get("/api/v1/me").json()
    assert (me["person"], me["name"], me["roles"]) == ("person:noor", "Noor Haddad", {"*": "manager"})
    apps.access.by_session(browser.cookies["fairlead"])
    token = person(apps, "person:noor", "manager", scopes=("read", "write"))
    [held] = token.get("/api/v1/tokens").json()
    assert "hash" not in held
    assert token.post("/api/v1/tokens", json={"name": "wider", "scopes": ["sql"]}).status_code == 403
    assert token.post("/api/v1/tokens", json={"name": "odd", "scopes": ["fly"]}).status_code == 422
    assert owner.post("/api/v1/users/disable", json={"person": "person:noor"}).status_code == 200
    assert token.get("/api/v1/me").status_code == 401
    assert browser.get("/api/v1/me").status_code == 401


def test_a_revoked_token_opens_nothing(apps: Any) -> None:
    token = person(apps, "person:kim", "member")
    [held] = token.get("/api/v1/tokens").json()
    assert token.delete(f"/api/v1/tokens/{held['id']}").status_code == 204
    assert token.get("/api/v1/me").status_code == 401


def test_guessing_tokens_is_slow(apps: Any) -> None:
    statuses = [bearer(apps, f"fl_{number}").get("/api/v1/me").status_code for number in range(40)]
    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_only_known_people_are_invited(owner: TestClient) -> None:
    answer = owner.post("/api/v1/users/invite", json={"person": "person:nobody", "role": "member"})
    assert (answer.status_code, answer.json()["title"]) == (422, "no person `person:nobody`")
    answer = owner.post("/api/v1/users/invite", json={"person": "person:kim", "role": "king"})
    assert answer.status_code == 422


def test_state_of_the_data(owner: TestClient, acme: Any) -> None:
    sources = {source["name"]: source for source in owner.get("/api/v1/sources").json()}
    assert sources["github"]["configured"]
    assert sources["github"]["last_event_at"]
    assert sources["github"]["covers"]["repository"] > 0
    assert sources["github"]["checked"] is None, "no tool was asked here"
    assert sources["quiet"]["last_event_at"] is None
    quality = owner.get("/api/v1/quality").json()
    assert quality["consumers"]["ingest"] == {"at": len(acme.hook.sent), "behind": 0}
    assert {row["kind"] for row in quality["received"]} >= {"push", "pull_request", "pull_request_review"}


def test_what_failed_is_seen_and_read_again(apps: Any, services: Any, owner: TestClient, acme: Any) -> None:
    tool = TestClient(apps.network, base_url="http://localhost")
    body = b'{"action": "opened", "pull_request": 7}'
    headers = acme.hook.headers("pull_request", "11111111-0000-4000-8000-000000000000", body)
    assert tool.post("/hooks/github", content=body, headers=headers).status_code == 202
    services.catch_up()
    [held] = owner.get("/api/v1/quarantine").json()["rows"]
    assert held["error"]
    assert owner.get("/api/v1/sources").json()[0]["quarantined"] == 1
    # Sent again by hand at the tool: not a mere duplicate, since it was never read.
    assert tool.post("/hooks/github", content=body, headers=headers).json() == {"status": "again"}
    with services.database.read() as tx:
        assert rereads.asked(tx) == [held["raw_seq"]]
        assert quarantine.is_open(tx, held["raw_seq"])
    assert owner.post("/api/v1/quarantine/replay").json() == {"asked": 1}


def test_secrets_of_sources(apps: Any, acme: Any) -> None:
    tool = TestClient(apps.network, base_url="http://localhost", raise_server_exceptions=False)
    sent = acme.hook.sent[0]
    assert tool.post("/hooks/github", content=sent.body, headers=dict(sent.headers)).status_code == 200
    quiet = tool.post("/hooks/quiet", content=sent.body, headers=dict(sent.headers))
    assert (quiet.status_code, quiet.json()["status"]) == (401, "refused")
    lost = tool.post("/hooks/lost", content=sent.body, headers=dict(sent.headers))
    assert lost.status_code == 500
    assert "NOT_SET" not in lost.text
    assert tool.post("/events/github", content=sent.body, headers=dict(sent.headers)).status_code == 404


def test_figures_and_reports(owner: TestClient) -> None:
    brief = owner.get("/api/v1/brief").json()
    assert brief["kind"] == "brief"
    figures = owner.get("/api/v1/figures/dora?from=2026-02-01&to=2026-04-01").json()
    assert figures
    assert owner.get("/api/v1/brief?format=md").headers["content-type"].startswith("text/markdown")
    assert owner.get("/api/v1/triage?format=html").headers["content-type"].startswith("text/html")


def test_the_description_names_every_route(owner: TestClient) -> None:
    described = owner.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.")
    for path, methods in described["paths"].items():
        for method, about in methods.items():
            assert about.get("description"), f"{method} {path}"


def test_probes_and_numbers(apps: Any, acme: Any) -> None:
    client = TestClient(apps.network, base_url="http://10.0.0.7:8484")
    sent = acme.hook.sent[0]
    client.post("/hooks/github", content=sent.body, headers=dict(sent.headers))
    client.post("/hooks/github", content=b"{}", headers=dict(sent.headers))
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").json() == {"log": "ok", "store": "ok"}
    text = client.get("/metrics").text
    assert 'fairlead_webhooks_total{outcome="duplicate",source="github"} 1' in text
    assert 'fairlead_webhooks_total{outcome="refused",source="github"} 1' in text
    assert "fairlead_log_position" in text
    assert "kim" not in text
    elsewhere = {"host": "rebound.example"}
    assert client.get("/metrics", headers=elsewhere).status_code == 421
    assert client.get("/healthz", headers=elsewhere).status_code == 200

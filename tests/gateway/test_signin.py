"""Who gets in, how, and what another site cannot do in their name."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.flows.ways import templates

from fairlead.gateway.access import csrf_token
from fairlead.gateway.app import create_apps, sign_in_link
from fairlead.gateway.hosts import Hosts
from fairlead.gateway.limits import RateLimit


@pytest.fixture
def services(home: Any) -> Any:
    """Nobody has come yet."""
    return home()


@pytest.fixture
def apps(services: Any) -> Any:
    return create_apps(services)


def browser(apps: Any, host: str = "localhost") -> TestClient:
    return TestClient(apps.network, base_url=f"http://{host}", follow_redirects=False)


def signed_in(apps: Any, secret: str = "") -> TestClient:
    client = browser(apps)
    assert client.post(f"/sign-in/{secret or apps.access.operator_link()}").status_code == 303
    return client


def word(client: TestClient) -> str:
    return csrf_token(client.cookies["fairlead"])


def test_a_link_lets_in_once(apps: Any, services: Any) -> None:
    link = sign_in_link(services, apps, 8484)
    assert link.startswith("http://localhost:8484/sign-in/")
    path = link.removeprefix("http://localhost:8484")
    client = browser(apps)
    # A preview of the link does not use it up.
    assert client.get(path).status_code == 200
    assert client.get(path).status_code == 200
    entered = client.post(path)
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert client.get("/api/v1/me").json()["person"] == "operator"
    assert browser(apps).post(path).status_code == 403


def test_strangers_see_the_door_only(apps: Any) -> None:
    client = browser(apps)
    assert client.get("/").headers["location"] == "/sign-in"
    assert client.get("/people").headers["location"] == "/sign-in"
    answer = client.get("/api/v1/records/changes")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert client.post("/api/v1/sql", json={"query": "select 1"}).status_code == 401
    assert client.get("/local/verbs/brief").status_code in (401, 404)
    assert client.post("/local/verbs/sql", json={"query": "select 1"}).status_code == 401


def test_verbs_are_for_the_socket_only(apps: Any) -> None:
    client = signed_in(apps)
    answer = client.post("/local/verbs/sql", json={"query": "select 1"}, headers={"x-csrf-token": word(client)})
    assert answer.status_code in (404, 405)
    operator = TestClient(apps.operator, base_url="http://localhost")
    assert "1" in operator.post("/local/verbs/sql", json={"query": "select 1 as one", "form": "json"}).text


def test_signing_out_ends_the_session(apps: Any) -> None:
    client = signed_in(apps)
    cookie = client.cookies["fairlead"]
    assert client.post("/sign-out", data={"csrf": word(client)}).status_code == 303
    again = browser(apps)
    again.cookies.set("fairlead", cookie)
    assert again.get("/api/v1/me").status_code == 401


def test_a_form_without_its_word_does_nothing(apps: Any) -> None:
    client = signed_in(apps)
    assert client.post("/sign-out").status_code == 403
    assert client.post("/sign-out", data={"csrf": "0" * 64}).status_code == 403
    assert client.post("/sign-out", data={"csrf": "é"}).status_code == 403
    other = signed_in(apps)
    assert client.post("/sign-out", data={"csrf": word(other)}).status_code == 403
    assert client.get("/api/v1/me").status_code == 200


def test_every_route_that_changes_something_wants_the_word(apps: Any) -> None:
    client = signed_in(apps)
    unsafe = [
        (re.sub(r"{[^}]+}", "x", path), method)
        for path, methods in templates(apps.network)
        for method in methods - {"GET", "HEAD", "OPTIONS"}
    ]
    # What tools send to, and the door itself, are open to strangers.
    stranger = browser(apps)
    closed = [(path, method) for path, method in unsafe if stranger.request(method, path).status_code == 401]
    assert len(closed) >= 15
    for path, method in closed:
        assert (path, client.request(method, path).status_code) == (path, 403)


def test_a_method_that_a_page_does_not_take_is_told_as_that(apps: Any) -> None:
    client = signed_in(apps)
    for method in ("PUT", "DELETE", "PATCH"):
        for path in ("/", "/delivery", "/people/links", "/api/v1/records", "/api/v1/records/changes", "/api/v1/sql"):
            answer = client.request(method, path)
            assert (path, answer.status_code) == (path, 405)
            assert answer.headers["allow"]
    assert client.post("/delivery").status_code == 405
    assert client.delete("/no-such-page").status_code == 404
    assert browser(apps).delete("/delivery").status_code == 401, "a stranger learns nothing"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_site_cannot_act(apps: Any, headers: dict[str, str]) -> None:
    client = signed_in(apps)
    assert client.post("/sign-out", data={"csrf": word(client)}, headers=headers).status_code == 403
    assert browser(apps).post("/sign-in/whatever", headers=headers).status_code == 403


def test_other_names_are_not_answered(apps: Any) -> None:
    assert browser(apps, "evil.example").get("/sign-in").status_code == 421
    assert browser(apps, "127.0.0.1:8484").get("/sign-in").status_code == 200
    assert browser(apps, "[::1]:8484").get("/sign-in").status_code == 200


def test_behind_a_proxy_with_https(home: Any) -> None:
    apps = create_apps(home('\n[server]\npublic_url = "https://fairlead.acme.example"\n'))
    client = TestClient(apps.network, base_url="https://fairlead.acme.example", follow_redirects=False)
    entered = client.post(
        f"/sign-in/{apps.access.operator_link()}", headers={"origin": "https://fairlead.acme.example"}
    )
    assert entered.headers["set-cookie"].startswith("__Host-fairlead=")
    assert "Secure" in entered.headers["set-cookie"]
    assert entered.headers["strict-transport-security"]
    assert client.get("/api/v1/me").status_code == 200


def test_guessing_links_is_slow(apps: Any) -> None:
    client = browser(apps)
    statuses = [client.post(f"/sign-in/guess-{number}").status_code for number in range(15)]
    assert statuses[:10] == [403] * 10
    assert set(statuses[10:]) == {429}


def test_pages_may_run_only_what_is_ours(apps: Any) -> None:
    for path in ("/sign-in", "/healthz", "/api/v1/me", "/hooks/nobody"):
        headers = browser(apps).get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_the_sign_in_page_holds_no_markup_of_the_link(apps: Any) -> None:
    answer = browser(apps).get("/sign-in/%22%3E%3Cscript%3E")
    assert "<script>" not in answer.text
    assert not re.search(r"<style|style=|<script(?! src)|onclick", answer.text)


def test_rate_limit_fills_again() -> None:
    at = [0.0]
    limit = RateLimit(3, 60.0, now=lambda: at[0])
    assert [limit.take("a") for _ in range(3)] == [0.0] * 3
    assert limit.take("a") == pytest.approx(20.0)
    assert limit.take("b") == 0.0
    at[0] = 19.9
    assert limit.take("a") > 0
    at[0] = 20.1
    assert limit.take("a") == 0.0
    assert limit.wait("a") > 0


@pytest.mark.parametrize(
    ("host", "admitted"),
    [
        ("localhost", True),
        ("LOCALHOST:8484", True),
        ("127.0.0.1:1", True),
        ("[::1]:8484", True),
        ("fairlead.acme.example", True),
        ("fairlead.acme.example.", True),
        ("fairlead.acme.example.evil.example", False),
        ("evil.example", False),
        ("", False),
        ("[::1", False),
        ("localhost@evil.example", False),
        ("127.0.0.1.evil.example", False),
    ],
)
def test_hosts(host: str, admitted: bool) -> None:
    assert Hosts("0.0.0.0", "https://fairlead.acme.example").admits(host) is admitted


def test_a_session_ends_by_time(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    services = home()
    apps = create_apps(services)
    client = signed_in(apps)
    later = services.clock.now() + timedelta(days=15)
    monkeypatch.setattr(type(services.clock), "now", lambda self: later)
    assert client.get("/api/v1/me").status_code == 401

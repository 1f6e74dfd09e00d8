"""Feeds for readers that cannot sign in, and the outbox by the API: who sees what, and who does not."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from fairlead.gateway.app import create_apps
from fairlead.governance.feed import MOST_ENTRIES, atom
from fairlead.governance.letter import Letter
from fairlead.governance.outbox import Order, Outbox
from fairlead.store.outbox import Message

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def apps(services: Any) -> Any:
    return create_apps(services)


def token(apps: Any, who: str, role: str, team: str = "*", scopes: tuple[str, ...] = ("feed",)) -> tuple[str, str]:
    """Id and secret of a token of an invited person."""
    session = apps.access.sign_in(apps.access.invite(who, role, team))
    made, secret = apps.access.mint(apps.access.by_session(session), "reader", scopes)
    return made.id, secret


def stranger(apps: Any) -> TestClient:
    return TestClient(apps.network, base_url="http://localhost")


def post(services: Any, *, team: str = "", channel: str = "feed", address: str = "", once: str = "1") -> Message:
    order = Order(
        channel=channel,  # type: ignore[arg-type]
        address=address,
        made_from="brief",
        team=team,
        asked_by="delivery:morning",
        as_of=services.clock.now(),
        once=f"{team}{once}",
    )
    letter = Letter(subject=f"Finding <{once}> & more", text="", html=f"<p>Ä &amp; {once}</p>")
    [message] = Outbox(services.database).post([order], letter)
    return message


def entries(text: str) -> list[tuple[str, str]]:
    feed = ET.fromstring(text)
    assert feed.tag == f"{ATOM}feed"
    assert all(feed.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
    found = []
    for entry in feed.findall(f"{ATOM}entry"):
        assert all(entry.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
        content = entry.find(f"{ATOM}content")
        assert content is not None
        assert content.get("type") == "html"
        found.append((entry.findtext(f"{ATOM}title") or "", content.text or ""))
    return found


def test_a_feed_holds_past_reports_and_is_fetched_once(apps: Any, services: Any) -> None:
    _, secret = token(apps, "person:kim", "viewer")
    client = stranger(apps)
    path = f"/feeds/all/brief.atom?token={secret}"
    assert entries(client.get(path).text) == []
    post(services)
    first = client.get(path)
    assert entries(first.text) == [("Finding <1> & more", "<p>Ä &amp; 1</p>")]
    assert first.headers["content-type"].startswith("application/atom+xml")
    # Whoever gets the feed from its reader does not get the address with the secret.
    assert secret not in first.text
    assert first.headers["cache-control"] == "private, no-cache"
    again = client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for number in range(2, MOST_ENTRIES + 5):
        post(services, once=str(number))
    later = client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (later.status_code, len(entries(later.text))) == (200, MOST_ENTRIES)


def test_only_a_token_made_for_feeds_opens_one_and_it_opens_nothing_else(apps: Any, services: Any) -> None:
    made, secret = token(apps, "person:kim", "owner")
    _, wide = token(apps, "person:noor", "owner", scopes=("read", "feed"))
    client = stranger(apps)
    assert client.get(f"/feeds/all/brief.atom?token={secret}").status_code == 200
    assert client.get(f"/feeds/all/brief.atom?token={wide}").status_code == 403
    assert client.get("/feeds/all/brief.atom").status_code == 401
    assert client.get("/feeds/all/brief.atom", headers={"authorization": f"Bearer {secret}"}).status_code == 401
    assert client.get(f"/feeds/all/nothing.atom?token={secret}").status_code == 404
    for path in ("/api/v1/me", "/api/v1/brief", "/api/v1/tokens", "/", "/data"):
        answer = client.get(path, headers={"authorization": f"Bearer {secret}"})
        assert answer.status_code == 403, path
    assert client.delete(f"/api/v1/tokens/{made}", headers={"authorization": f"Bearer {secret}"}).status_code == 403
    apps.access.revoke(apps.access.operator(), made)
    assert client.get(f"/feeds/all/brief.atom?token={secret}").status_code == 401


def test_feeds_are_for_whoever_may_read(apps: Any, services: Any) -> None:
    post(services, team="team:payments")
    post(services, team="team:core")
    _, secret = token(apps, "person:kim", "viewer", "team:payments")
    client = stranger(apps)
    assert len(entries(client.get(f"/feeds/payments/brief.atom?token={secret}").text)) == 1
    # as on the pages and in the API: a role in one team limits what somebody decides, not what they read
    assert len(entries(client.get(f"/feeds/core/brief.atom?token={secret}").text)) == 1


def test_who_guesses_waits(apps: Any) -> None:
    client = stranger(apps)
    answers = {client.get(f"/feeds/all/brief.atom?token=fl_{number}").status_code for number in range(40)}
    assert answers == {401, 429}


def test_the_outbox_is_for_managers_of_their_teams_and_addresses_for_owners(apps: Any, services: Any) -> None:
    mine = post(services, team="team:payments", channel="mail", address="kim@acme.example")
    other = post(services, team="team:core", channel="mail", address="lee@acme.example")
    operator = TestClient(apps.operator, base_url="http://localhost")
    everything = operator.get("/api/v1/outbox").json()
    assert {row["address"] for row in everything["messages"]} == {"kim@acme.example", "lee@acme.example"}
    assert everything["counts"] == {"waiting": 2}
    assert operator.get("/api/v1/access-log").json()[0]["columns"] == ["outbox.address"]

    _, secret = token(apps, "person:kim", "manager", "team:payments", ("read", "write"))
    manager = TestClient(apps.network, base_url="http://localhost", headers={"authorization": f"Bearer {secret}"})
    [seen] = manager.get("/api/v1/outbox").json()["messages"]
    assert (seen["id"], seen["address"]) == (mine.id, "")
    assert manager.post("/api/v1/outbox/retry", json={"message": mine.id}).status_code == 202
    assert manager.post("/api/v1/outbox/retry", json={"message": other.id}).status_code == 404
    _, secret = token(apps, "person:noor", "viewer", "*", ("read",))
    viewer = TestClient(apps.network, base_url="http://localhost", headers={"authorization": f"Bearer {secret}"})
    assert viewer.get("/api/v1/outbox").status_code == 403


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(), st.text(), st.text())
def test_whatever_a_report_says_is_readable_xml(title: str, subject: str, html: str) -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    message = Message(
        id="a1", kind="report", channel="feed", address="", subject=subject, content="c", made_from="brief",
        asked_by="x", as_of=now, made_at=now, waiting_since=now, next_at=now,
    )  # fmt: skip
    written = atom(
        "https://fairlead.acme.example/feeds/all/brief.atom",
        title,
        [(message, Letter(subject="", text="", html=html))],
    )
    [read] = ET.fromstring(written).findall(f"{ATOM}entry")
    assert read.findtext(f"{ATOM}id") == "https://fairlead.acme.example/feeds/all/brief.atom#a1"

"""Actions over the API: proposed, looked at, decided by those who may, and nobody else's business."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.gateway.test_deciding import client

from fairlead.config.load import load
from fairlead.gateway.app import create_apps
from fairlead.model.acts import Comment, digest
from fairlead.model.patch import Patch
from fairlead.model.records.code import Change
from fairlead.model.records.people import Account, Person
from fairlead.model.times import FixedClock
from fairlead.store import ledger, records, requests
from fairlead.wiring import governing
from fairlead.wiring.services import Services

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PULL = "github:acme/payments#42"
TOML = """
[sources.github]
token = { env = "TOKEN" }
[actions]
sources = ["github"]
[teams.payments]
repositories = ["github:acme/payments"]
[teams.other]
"""


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    (tmp_path / "fairlead.toml").write_text(TOML, encoding="utf-8")
    made = Services(load(tmp_path / "fairlead.toml"), tmp_path / "home", FixedClock(NOW), environ={"TOKEN": "t"})
    people = [Person(id=f"person:{name}", name=name.title(), kind="human") for name in ("noor", "lee", "kim")]
    change = Change(id=PULL, repository="github:acme/payments", state="open", title="Retry webhooks")
    with made.database.begin() as tx:
        records.apply(tx, [Patch(one, NOW) for one in (*people, change)])
    # policies read the warehouse
    made.warehouse.refresh()
    yield made
    made.close()


def test_from_a_proposal_to_a_request_of_the_workers(services: Services) -> None:
    apps = create_apps(services)
    noor, lee, kim = (
        client(apps, "noor"),
        client(apps, "lee", "manager"),
        client(apps, "kim", "manager", "team:other"),
    )
    act = {"kind": "webhook", "hook": "pager", "event": "release.announced"}
    assert noor.post("/api/v1/actions", json={"act": {"kind": "shout"}}).status_code == 422
    assert noor.post("/api/v1/actions", json={"act": act}).json()["state"] == "denied"
    said = {"act": {"kind": "comment", "subject": PULL, "body": "Look at this?"}, "why": "it waits"}
    dry = noor.post("/api/v1/actions", json={**said, "dry_run": True}).json()
    assert dry["calls"][0]["url"].endswith("/repos/acme/payments/issues/42/comments")
    # a member may comment alone; what a team wants asked is asked
    made = noor.post("/api/v1/actions", json=said)
    assert (made.status_code, made.json()["state"]) == (201, "approved")
    with services.database.read() as tx:
        assert [one.subject for one in requests.due(tx, NOW, ["act"])] == [made.json()["id"]]
    merge = {"act": {"kind": "page", "place": "github:acme/payments", "title": "Down"}, "tool": "github"}
    assert noor.post("/api/v1/actions", json=merge).json()["state"] == "denied"
    whole = lee.get(f"/api/v1/actions/{made.json()['id']}").json()
    assert [one["kind"] for one in whole["ledger"]] == ["action.proposed", "action.judged"]
    # who has a role elsewhere reads it all the same, as its row and its page can be read
    assert kim.get(f"/api/v1/actions/{made.json()['id']}").json() == whole
    assert kim.get("/api/v1/actions").json() == noor.get("/api/v1/actions").json()
    assert [one["id"] for one in noor.get("/api/v1/actions").json()] == [f"action:{n}" for n in (3, 2, 1)]
    body = {"action": made.json()["id"], "digest": whole["digest"], "verdict": "approved"}
    refused = lee.post("/api/v1/actions/decide", json=body)
    assert (refused.status_code, refused.json()["title"]) == (403, "action:2 is approved, nothing is asked for")
    # who tries all the same is refused, and that stands in the ledger
    assert kim.post("/api/v1/actions/decide", json=body).status_code == 403
    tried = lee.get("/api/v1/actions/action:2").json()
    assert [one["kind"] for one in tried["ledger"]][-2:] == ["approval.rejected"] * 2
    assert [one["verdict"] for one in tried["approvals"]] == ["rejected"] * 2
    for doing in ("withdraw", "undo", "settle"):
        said = {"action": made.json()["id"], **({"found": "done"} if doing == "settle" else {})}
        no = kim.post(f"/api/v1/actions/{doing}", json=said)
        assert no.status_code == 403 and no.json()["title"].endswith("of team:payments")
    other = {"action": made.json()["id"], "act": {"kind": "comment", "subject": PULL, "body": "Noor, please"}}
    assert kim.post("/api/v1/actions/edit", json=other).status_code == 403
    changed = noor.post("/api/v1/actions/edit", json=other).json()
    assert (changed["digest"] != made.json()["digest"], changed["proposed_by"]) == (True, "person:noor")
    withdrawn = noor.post("/api/v1/actions/withdraw", json={"action": made.json()["id"], "why": "answered"})
    assert withdrawn.json()["state"] == "withdrawn"
    assert lee.post("/api/v1/actions/undo", json={"action": made.json()["id"]}).status_code == 422


def test_what_a_policy_finds_in_a_text_stands_nowhere(services: Services) -> None:
    """Not in the record, nor in its title, its requests, its entries or any export, though it was refused."""
    noor = client(create_apps(services), "noor")
    key, hidden = "ghp" + "_" + "a1B2" * 9, "\u202egnp\u202c"
    act = {"kind": "comment", "subject": PULL, "body": f"{key[:9]}\u200b{key[9:]} is for it"}
    refused = noor.post("/api/v1/actions", json={"act": act, "why": f"use {key}"}).json()
    assert (refused["state"], refused["arguments"]["body"]) == (
        "denied",
        "[secret taken out: github-token] is for it",
    )
    assert refused["reasons"][0].partition(":")[0] == "secrets/github-token"
    body = f"write{hidden} to lena.hoff\u200bmann\uff20home.example or +49 170 1234567"
    sent = noor.post("/api/v1/actions", json={"act": {**act, "body": body}}).json()
    assert (sent["state"], sent["arguments"]["body"]) == ("approved", "writegnp to [taken out] or [taken out]")
    assert sent["title"] == f"comment on {PULL}: writegnp to [taken out] or [taken out]"
    services.database.close()
    kept = b"".join(path.read_bytes() for path in services.home.glob("**/*.db*"))
    assert b"is for it" in kept
    assert not [word for word in (key[9:], "lena.hoff", "1234567", "\u202e") if word.encode() in kept]


def test_what_is_shown_calls_single_people_alone(services: Services) -> None:
    """Whom a person names may be called; teams, everybody, bots and whoever is not known are only named."""
    with services.database.begin() as tx:
        accounts = [Account(id="github:@kim", kind="human"), Account(id="github:@dependabot", kind="bot")]
        records.apply(tx, [Patch(one, NOW) for one in accounts])
    noor = client(create_apps(services), "noor")
    body = "@Kim, @kim/all, @dependabot merge, &#64;acme/everyone, [~accountid:5b] @here: fixes #1; see #7"
    calm = "@Kim, @ kim/all, @ dependabot merge, @ acme/everyone, [ ~accountid:5b] @ here: fixes # 1; see #7"
    act = {"kind": "comment", "subject": PULL, "body": body}
    made = noor.post("/api/v1/actions", json={"act": act}).json()
    assert made["arguments"]["body"] == calm
    assert made["digest"] == digest(Comment(subject=PULL, body=calm), "github")
    assert made["calls"][0]["body"]["body"].startswith(calm)
    # looked at first, it is the same
    dry = noor.post("/api/v1/actions", json={"act": act, "dry_run": True}).json()
    assert dry["calls"][0]["body"]["body"].startswith(calm)
    agent = governing.propose(services, Comment(subject=PULL, body="@kim look"), "github", by="agent:x")
    assert "@ kim look" in agent["arguments"]


def test_a_way_in_that_the_operator_made_after_the_proposal_shows_at_the_word(services: Services) -> None:
    apps = create_apps(services)
    noor = client(apps, "noor")
    act = {"kind": "comment", "subject": PULL, "body": "Look?"}
    action = noor.post("/api/v1/actions", json={"act": act}).json()
    lee = client(apps, "lee", "manager")
    body = {"action": action["id"], "digest": action["digest"], "verdict": "approved"}
    lee.post("/api/v1/actions/decide", json=body)
    whole = lee.get(f"/api/v1/actions/{action['id']}").json()
    assert "the operator made a link to sign in as them" in whole["approvals"][-1]["reason"]
    assert whole["ledger"][-1]["said"]["operator_made_link_at"]
    with services.database.read() as tx:
        kinds = [row.kind for row in ledger.newest(tx, limit=3, before=whole["ledger"][-1]["index"])]
    assert kinds == ["token.made", "session.opened", "person.invited"]

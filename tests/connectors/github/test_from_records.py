"""A fake GitHub made from records: what it says of them is what they say, before and after an act."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
from starlette.testclient import TestClient
from tests.connectors.github.histories import OPTIONS, Team

from fairlead.connectors.github.connector import CONNECTOR
from fairlead.connectors.github.fake.api.desk import Desk
from fairlead.connectors.github.fake.from_records import world
from fairlead.connectors.kit.acting import ActRequest
from fairlead.connectors.kit.connector import Delivery
from fairlead.connectors.kit.fake.server import app
from fairlead.connectors.kit.fake.transport import FakeTransport
from fairlead.connectors.kit.sync_suite import said
from fairlead.model.acts import Act, Comment, Merge, RequestReview
from fairlead.model.times import iso

_NEWS = {"updated_at", "requested_reviewers", "labels", "state", "closed_at", "merged_at", "merged_by", "merge_sha"}
"""What acts change."""


def _records() -> tuple[dict[str, list[dict[str, Any]]], Team]:
    """What webhooks of a small history said, as rows by table."""
    team = Team()
    fake, repo, at = team.fake, team.repo, team.later
    fake.push(repo, "lamp", [team.commit("one", "mira", at()), team.commit("two", "jonas", at())], by="mira", at=at())
    pull = fake.open_pull(repo, "Turn the lamp", head="lamp", by="mira", at=at(), body="Why", labels=("slow",))
    fake.set_milestone(repo, pull, team.milestone, by="mira", at=at())
    fake.request_team(repo, pull, "core", by="mira", at=at())
    fake.open_issue(repo, "Dark", by="jonas", at=at(), labels=("bug",))
    done = fake.open_issue(repo, "Done with", by="jonas", at=at())
    fake.close_issue(repo, done, by="jonas", at=at())
    deliveries = [Delivery(one.event, one.headers, one.body, one.guid) for one in fake.hook.sent]
    rows: dict[str, list[dict[str, Any]]] = {}
    for (table, identity), values in said(CONNECTOR, OPTIONS, deliveries).items():
        rows.setdefault(table, []).append({"id": identity, **values})
    return rows, team


def test_the_webhook_of_an_act_changes_what_it_did_and_nothing_besides() -> None:
    rows, team = _records()
    # also from a file, where times are texts and lists are lists
    rows = json.loads(json.dumps(rows, default=lambda value: iso(value)))
    fake = world(rows, secret="s3cret")
    now = team.later() + timedelta(hours=1)
    desk = Desk(fake, lambda: now)
    desk.sign_in.tokens["t0ken"] = "fairlead"
    subject = "github:harbor-co/tides#1"
    [change] = [row for row in rows["changes"] if row["id"] == subject]
    acts: tuple[Act, ...] = (
        Comment(subject=subject, body="Waits."),
        RequestReview(subject=subject, reviewers=("github:@jonas",)),
        Merge(subject=subject, head_sha=change["head_sha"]),
    )
    for act in acts:
        client = httpx.Client(transport=FakeTransport(desk))
        request = ActRequest(act, kind(act), OPTIONS, {}, {"token": "t0ken"}, now, client, lambda _: None)
        assert CONNECTOR.act(request).done  # type: ignore[attr-defined]
    deliveries = [Delivery(one.event, one.headers, one.body, one.guid) for one in fake.hook.sent]
    after = said(CONNECTOR, OPTIONS, deliveries)[("changes", subject)]
    assert after["state"] == "merged" and "github:@jonas" in after["requested_reviewers"]
    same = {key: value for key, value in after.items() if key not in _NEWS}
    shown = json.loads(json.dumps(same, default=lambda value: iso(value)))
    assert shown == {key: change.get(key) for key in shown}
    # numbers of what is closed are not given again
    assert fake.open_issue(fake.repository("tides"), "Next", by="jonas", at=now).number == 4
    assert (
        world(rows, secret="s3cret").repository("tides").branches
        == world(rows, secret="s3cret").repository("tides").branches
    )


def test_over_a_socket_it_tells_what_was_done_to_it_and_breaks_as_it_is_told() -> None:
    rows, _ = _records()
    desk = Desk(world(rows, secret="s3cret"))
    desk.sign_in.tokens["t0ken"] = "fairlead"
    client = TestClient(app(desk), headers={"authorization": "Bearer t0ken"})
    client.post("/-/faults", json={"kind": "done-drop", "method": "write"})
    path = "/repos/harbor-co/tides/issues/1/comments"
    assert client.post(path, json={"body": "Once"}).status_code == 502
    assert client.get("/-/effects").json() == ["comment harbor-co/tides#1"]
    assert [one["body"] for one in client.get(path).json()] == ["Once"]


def kind(act: Act) -> str:
    """A key for it."""
    return type(act).__name__

"""Slack: golden pairs, people by event and by list, signatures, messages posted once, and nothing smuggled in."""

from __future__ import annotations

import hashlib
import hmac
import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.connectors.kit.acting import ActRequest
from fairlead.connectors.kit.connector import Delivery, Options, SyncRequest
from fairlead.connectors.kit.fake.transport import FakeTransport
from fairlead.connectors.kit.suite import ConnectorSuite
from fairlead.connectors.kit.sync_suite import SyncSuite, World
from fairlead.connectors.slack import blocks as kit
from fairlead.connectors.slack.act import act, plan
from fairlead.connectors.slack.connector import CONNECTOR, WINDOW_S, signer
from fairlead.connectors.slack.fake.checks import faults
from fairlead.connectors.slack.fake.slack import FakeSlack
from fairlead.connectors.slack.manifest import SCOPES, manifest
from fairlead.connectors.slack.web import Limits, Web
from fairlead.model.acts import Act, PostMessage, UpdateMessage
from fairlead.model.errors import Abort, Denied, Refused, Retry, Skip

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
OPTIONS = Options(source="slack", values={"channels": ["C07SHIP", "G07CREW"]})


class TestSlack(ConnectorSuite):
    connector = CONNECTOR
    options = OPTIONS
    folder = Path(__file__).parent

    def signed(self, body: bytes, secret: str) -> dict[str, str]:
        stamp = str(int(NOW.timestamp()))
        made = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={made}"}


class TestSync(SyncSuite):
    connector = CONNECTOR

    def world(self, dice: random.Random) -> World:
        moments = iter(NOW + timedelta(minutes=n) for n in range(10_000))
        fake = FakeSlack("s", "xoxb-1", now=lambda: next(moments))
        for n in range(dice.randint(180, 230)):
            more: dict[str, Any] = {"is_restricted": True} if n % 7 == 3 else {"is_bot": True} if n % 50 == 9 else {}
            identity = fake.add_user(f"Deckhand {n}", f"deck{n}@harbor.example", **more)
            # all who joined were told of by event as well
            with fake.held.open() as space:
                joined = space.users[identity]
            fake.event({"type": "team_join", "user": joined, "event_ts": "1.1"})
        told = [Delivery("team_join", one.headers, one.body, str(n)) for n, one in enumerate(fake.sent)]
        with fake.held.open() as space:
            space.most_listed = 20
        return World(fake, told, NOW + timedelta(days=20), Options("slack"), {"token": "xoxb-1"}, cursor=r"cursor=c")


@pytest.fixture
def fake() -> FakeSlack:
    made = FakeSlack("s1gning", "xoxb-1", now=lambda: NOW)
    made.add_channel("ship", [made.add_user("Mira Vos", "mira@harbor.example")])
    return made


def web(fake: FakeSlack, token: str = "xoxb-1", **more: Any) -> Web:
    return Web(httpx.Client(transport=FakeTransport(fake)), token, **more)


def request(fake: FakeSlack, done: Act, *, tried: bool = False, key: str = "act-1") -> ActRequest:
    client = httpx.Client(transport=FakeTransport(fake))
    return ActRequest(done, key, OPTIONS, {}, {"token": "xoxb-1"}, NOW, client, lambda _: None, tried=tried)


def test_a_request_is_good_for_five_minutes_by_any_live_secret_and_for_no_other_body(fake: FakeSlack) -> None:
    body = b"command=%2Fstandup"
    headers = fake.signed(body, "application/x-www-form-urlencoded", NOW)
    edge = timedelta(seconds=WINDOW_S)
    assert signer(headers, body, ["old", "s1gning"], NOW) == "s1gning"
    assert CONNECTOR.verify(headers, body, ["s1gning", "next"], NOW + edge) == "verified"
    for now in (NOW + edge + timedelta(seconds=1), NOW - edge - timedelta(seconds=1)):
        with pytest.raises(Refused, match="at most 300 s"):
            CONNECTOR.verify(headers, body, ["s1gning"], now)
    later = {**headers, "x-slack-request-timestamp": str(int(NOW.timestamp()) + 1)}
    for given_headers, given_body in ((later, body), (headers, body + b" ")):
        with pytest.raises(Refused):
            CONNECTOR.verify(given_headers, given_body, ["s1gning"], NOW)


def test_retries_of_an_event_are_one_and_two_presses_are_two(fake: FakeSlack) -> None:
    mira, ship = next(iter(_users(fake))), _channel(fake)
    fake.say(mira, ship, "hello")
    first = CONNECTOR.envelope(fake.sent[-1].headers, fake.sent[-1].body)
    assert first == CONNECTOR.envelope({"x-slack-retry-num": "1"}, fake.sent[-1].body)
    fake.command(mira, ship, "/standup", "me")
    fake.command(mira, ship, "/standup", "me")
    ids = [CONNECTOR.envelope(one.headers, one.body) for one in fake.sent[-2:]]
    assert {kind for kind, _ in ids} == {"command"}
    assert ids[0] != ids[1]


def test_a_message_says_exactly_what_was_planned_and_calls_nobody(fake: FakeSlack) -> None:
    ship = _channel(fake)
    text = "<!channel> see <https://evil.example|invoice> & @here \u202egpj"
    blocks = ({"type": "section", "text": {"type": "mrkdwn", "text": "<!here> *look*"}},)
    done = PostMessage(channel=f"slack:T0DEMO.{ship}", text=text, blocks=blocks)
    asked = request(fake, done)
    (call,) = plan(asked)
    outcome = act(asked)
    assert outcome.done is True and outcome.undo is None
    (message,) = fake.messages(ship)
    assert (call.body["text"], call.body["blocks"]) == (message.text, message.blocks)
    assert call.body["unfurl_links"] is call.body["unfurl_media"] is False
    assert "<" not in message.text and "@here" not in message.text
    assert "<!" not in message.blocks[0]["text"]["text"]


def test_a_message_to_a_person_goes_to_the_conversation_with_them(fake: FakeSlack) -> None:
    mira = next(iter(_users(fake)))
    asked = request(fake, PostMessage(channel=f"slack:@T0DEMO.{mira}", text="Your change waits"))
    assert [call.url.rpartition("/")[2] for call in plan(asked)] == ["conversations.open", "chat.postMessage"]
    assert act(asked).done
    assert [one.text for one in fake.messages(mira)] == ["Your change waits"]


def test_after_a_try_that_nobody_saw_the_end_of_it_looks_before_it_posts(fake: FakeSlack) -> None:
    ship, done = _channel(fake), PostMessage(channel=_channel(fake), text="Deploy is green")
    with fake.held.open() as space:
        space.app.scopes = [*SCOPES, "channels:history"]
    # posted, and half of the answer was lost
    fake.faults.add("cut", "chat.postMessage")
    with pytest.raises(Retry):
        act(request(fake, done))
    again = act(request(fake, done, tried=True))
    assert again.found and len(fake.messages(ship)) == 1
    assert act(request(fake, done, tried=True, key="act-2")).done
    assert len(fake.messages(ship)) == 2
    # an edit is the same however often it is made
    edited = UpdateMessage(channel=ship, message=str(again.result["message"]), text="Deploy was green")
    assert [act(request(fake, edited)).done, act(request(fake, edited, tried=True)).done] == [True, True]
    assert fake.messages(ship)[0].text == "Deploy was green"


def test_where_it_may_not_look_it_says_that_nobody_knows(fake: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.faults.add("403", "conversations.history", times=-1)
    done = PostMessage(channel=_channel(fake), text="Deploy is green")
    with pytest.raises(Retry):
        # 403 of a proxy in between is no answer of Slack's
        act(request(fake, done, tried=True))
    monkeypatch.setitem(
        __import__("fairlead.connectors.slack.fake.methods", fromlist=["_SCOPES"])._SCOPES,
        "conversations.history", ("channels:history",),
    )  # fmt: skip
    fake.faults.waiting.clear()
    assert act(request(fake, done, tried=True)).done is None
    assert not fake.messages(_channel(fake))


def test_faults_of_slack_are_told_by_their_remedy(fake: FakeSlack) -> None:
    with pytest.raises(Abort, match="invalid_auth"):
        web(fake, "xoxb-old").call("auth.test")
    with pytest.raises(Skip, match="channel_not_found"):
        web(fake).call("chat.postMessage", {"channel": "C0", "text": "x"})
    with pytest.raises(Skip, match="no more than 50"):
        web(fake).call("chat.postMessage", {"channel": _channel(fake), "blocks": [kit.context("x")] * 51})
    with fake.held.open() as space:
        space.app.scopes = ["commands"]
    with pytest.raises(Denied, match="chat:write"):
        web(fake).call("chat.postMessage", {"channel": _channel(fake), "text": "x"})


def test_a_channel_takes_a_burst_and_then_one_a_second_and_waits_as_long_as_slack_says(fake: FakeSlack) -> None:
    clock = [0.0]
    limits = Limits(lambda: clock[0])
    mine, ship = web(fake, limits=limits), _channel(fake)
    other = fake.add_channel("pier")
    for _ in range(3):
        mine.call("chat.postMessage", {"channel": ship, "text": "x"})
    with pytest.raises(Retry) as full:
        mine.call("chat.postMessage", {"channel": ship, "text": "x"})
    assert full.value.after_s == pytest.approx(1.0)
    mine.call("chat.postMessage", {"channel": other, "text": "x"})
    clock[0] = 1.0
    mine.call("chat.postMessage", {"channel": ship, "text": "x"})
    clock[0], fake.posts_a_minute = 60.0, 1
    mine.call("chat.postMessage", {"channel": ship, "text": "x"})
    seen = len(fake.seen)
    with pytest.raises(Retry):
        mine.call("chat.postMessage", {"channel": ship, "text": "x"})
    with pytest.raises(Retry):
        mine.call("chat.postMessage", {"channel": ship, "text": "x"})
    # the second was not even asked
    assert len(fake.seen) == seen + 1


def test_doctor_names_missing_rights_and_channels_without_the_app(fake: FakeSlack) -> None:
    ship = _channel(fake)
    with fake.held.open() as space:
        space.conversations[ship].members.remove(space.app.user)
        space.app.scopes.remove("users:read.email")
        space.app.scopes.append("channels:history")
    asked = SyncRequest(
        Options("slack", {"channels": [ship]}), {}, {"token": "xoxb-1"}, {}, None, NOW,
        httpx.Client(transport=FakeTransport(fake)), lambda _: None, lambda _: None,
    )  # fmt: skip
    found = {one.what: one for one in CONNECTOR.check(asked)}  # type: ignore[attr-defined]
    assert found["signed in"].ok and not found["scopes"].ok and "users:read.email" in found["scopes"].detail
    assert not found[f"channel {ship}"].ok and "/invite" in found[f"channel {ship}"].remedy


def test_the_manifest_asks_for_no_more_than_it_uses() -> None:
    socket, http = manifest(prefix="fl-"), manifest(url="https://fl.acme.example/", read_channels=True)
    assert socket["settings"]["socket_mode_enabled"] is True and "request_url" not in str(socket)
    assert {one["command"] for one in socket["features"]["slash_commands"]} >= {"/fl-standup", "/fl-approve"}
    assert socket["oauth_config"]["scopes"] == {"bot": list(SCOPES)}
    assert {"channels:history", "groups:history"} <= set(http["oauth_config"]["scopes"]["bot"])
    assert http["settings"]["event_subscriptions"]["request_url"] == "https://fl.acme.example/slack/events"


def test_several_processes_see_one_workspace_kept_in_a_file(tmp_path: Path) -> None:
    one, two = (FakeSlack("s", "xoxb-1", tmp_path / "slack.json", now=lambda: NOW) for _ in range(2))
    ship = one.add_channel("ship")
    writers = [
        threading.Thread(target=web(each).call, args=("chat.postMessage", {"channel": ship, "text": "x"}))
        for each in (one, two) * 10
    ]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert len({message.ts for message in one.messages(ship)}) == 20


LINE = st.text(max_size=400)


@given(st.lists(st.lists(LINE, min_size=1, max_size=5), max_size=260), LINE)
def test_whatever_a_tool_wrote_blocks_are_good_ones_and_cut_the_same_each_time(
    entries: list[list[str]], title: str
) -> None:
    def made() -> list[kit.Block]:
        return [
            kit.header(title),
            *kit.lines([[kit.stretch(text) for text in entry] for entry in entries]),
            kit.actions(kit.button(title, "x", value="17")),
            kit.context(title, title),
        ]

    assert faults(kit.within(made(), kit.MOST_BLOCKS, "more")) == []
    assert made() == made()


def _users(fake: FakeSlack) -> Iterator[str]:
    with fake.held.open() as space:
        yield from list(space.users)


def _channel(fake: FakeSlack) -> str:
    with fake.held.open() as space:
        return next(one.id for one in space.conversations.values() if one.name == "ship")

"""`FakeSlack`: a workspace that answers the Web API and sends what people type and click, signed.

fake = FakeSlack("s1gning", "xoxb-1")
kim = fake.add_user("Kim Adler", "kim@acme.example")
room = fake.add_channel("payments", [kim])
fake.post = door                       # who is sent commands, clicks and events: (headers, body) -> (status, body)
fake.command(kim, room, "/standup")
FakeTransport(fake)                    # for httpx; `kit.fake.server.app(fake)` for sockets
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from fairlead.connectors.kit.fake.call import Request, Response
from fairlead.connectors.kit.fake.tool import FakeTool, Json, said
from fairlead.connectors.slack.fake import methods
from fairlead.connectors.slack.fake.checks import faults
from fairlead.connectors.slack.fake.workspace import Conversation, Held, Message, Workspace
from fairlead.connectors.slack.manifest import SCOPES

_HOOKS = "https://hooks.slack.com"
_USES = 5
"""How often a response address may be used."""
Post = Callable[[Mapping[str, str], bytes], tuple[int, bytes]]


@dataclass
class FakeSlack(FakeTool):
    """One workspace with our app in it; kept in `file` it outlives the process, and others see the same."""

    secret: str = field(repr=False)
    token: str = field(repr=False)
    file: Path | None = None
    team: str = "T0DEMO"
    posts_a_minute: int = field(default=0, kw_only=True)
    """Messages that a channel takes a minute; 0 for as many as come."""
    post: Post | None = field(default=None, kw_only=True)
    """Who is sent what people do; without one it only lies in `sent`."""
    held: Held = field(init=False)
    _posted: dict[tuple[str, str], int] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        space = Workspace(team=self.team)
        space.app.scopes = list(SCOPES)
        self.held = Held(space, self.file)

    # what there is

    def add_user(self, name: str, email: str = "", *, handle: str = "", **more: Any) -> str:
        """Somebody of the workspace; `more` are fields of Slack's user object. Gives the id."""
        with self.held.open() as space:
            identity = space.number("U")
            grid = (
                {"enterprise_user": {"id": identity, "enterprise_id": space.enterprise}} if space.enterprise else {}
            )
            space.users[identity] = {
                "id": identity, "team_id": space.team, "deleted": False, "real_name": name, "is_bot": False,
                "name": handle or (email.partition("@")[0] or name.lower().replace(" ", ".")),
                "is_email_confirmed": bool(email), "is_restricted": False, "is_ultra_restricted": False,
                "profile": {"real_name": name, "display_name": name, **({"email": email} if email else {})},
                "updated": int(self.now().timestamp()), **grid, **more,
            }  # fmt: skip
            return identity

    def add_channel(
        self, name: str, members: Iterable[str] = (), *, private: bool = False, shared: bool = False
    ) -> str:
        """A channel with our app in it. Gives the id."""
        with self.held.open() as space:
            place = Conversation(id=space.number("C"), name=name, private=private, shared=shared)
            place.members = [space.app.user, *members]
            space.conversations[place.id] = place
            return place.id

    def messages(self, channel: str) -> list[Message]:
        """What stands in a conversation; a person's id is the conversation of the app with them."""
        with self.held.open() as space:
            place = methods.direct(space, channel) if channel in space.users else space.conversations[channel]
            return list(place.messages)

    # what people do

    def command(self, user: str, channel: str, command: str, text: str = "") -> tuple[int, bytes]:
        """Somebody types a slash command."""
        with self.held.open() as space:
            place = space.conversations[channel]
            form = {
                "token": "deprecated", "team_id": space.team, "team_domain": space.domain, "channel_id": channel,
                "channel_name": place.name or "directmessage", "user_id": user,
                "user_name": self._handle(space, user),
                "command": command, "text": text, "api_app_id": space.app.id, "is_enterprise_install": "false",
                "response_url": self._answer_at(space, channel, user), "trigger_id": self._trigger(space, user),
            }  # fmt: skip
            if space.enterprise:
                form["enterprise_id"] = space.enterprise
        return self._send(urlencode(form).encode(), "application/x-www-form-urlencoded")

    def click(self, user: str, channel: str, stamp: str, action: str, value: str = "") -> tuple[int, bytes]:
        """Somebody presses a button of a message, also one that is not there any more on the message as it is now."""
        with self.held.open() as space:
            place = space.conversations[channel]
            message = next((one for one in place.messages if one.ts == stamp), None)
            payload = {
                **self._pressed(space, user, action, value or _value(message, action), _row(message, action, value)),
                "container": {
                    "type": "message", "message_ts": stamp, "channel_id": channel,
                    "is_ephemeral": bool(message and message.only),
                },
                "channel": {"id": channel, "name": place.name or "directmessage"},
                "message": message.shown(space.app) if message else {},
                "response_url": self._answer_at(space, channel, user, stamp),
            }  # fmt: skip
        return self._send_payload(payload)

    def click_home(self, user: str, action: str, value: str) -> tuple[int, bytes]:
        """Somebody presses a button of the App Home."""
        with self.held.open() as space:
            view = space.homes.get(user, {})
            payload = {**self._pressed(space, user, action, value), "container": {"type": "view"}, "view": view}
        return self._send_payload(payload)

    def submit(self, user: str, view: str, values: Mapping[str, str]) -> tuple[int, bytes]:
        """Somebody sends an open modal off: block id -> what was typed, or the value that was chosen."""
        with self.held.open() as space:
            found = space.modals.pop(view)
            state = {
                block["block_id"]: {block["element"]["action_id"]: _answer(block, values.get(block["block_id"]))}
                for block in found["blocks"]
                if block["type"] == "input"
            }
            payload = {
                "type": "view_submission", **self._who(space, user), "trigger_id": self._trigger(space, user),
                "view": {**found, "state": {"values": state}},
            }  # fmt: skip
        return self._send_payload(payload)

    def say(self, user: str, channel: str, text: str, thread: str = "") -> tuple[int, bytes]:
        """Somebody writes a message; one that names the app is also told as such."""
        with self.held.open() as space:
            place = methods.direct(space, user) if channel == user else space.conversations[channel]
            message = Message(ts=space.stamp(self.now()), user=user, text=text, thread_ts=thread)
            place.messages.append(message)
            event = {
                "type": "message", "channel": place.id, "user": user, "text": text, "ts": message.ts,
                "event_ts": message.ts,
                "team": space.team, "channel_type": "im" if place.user else "group" if place.private else "channel",
                **({"thread_ts": thread} if thread else {}),
            }  # fmt: skip
            named = f"<@{space.app.user}>" in text and not place.user
        told = self.event(event)
        return self.event({**event, "type": "app_mention"}) if named else told

    def visit_home(self, user: str) -> tuple[int, bytes]:
        """Somebody opens the App Home."""
        return self.event({"type": "app_home_opened", "user": user, "channel": "", "tab": "home", "event_ts": "1"})

    def event(self, event: Json) -> tuple[int, bytes]:
        """Something happened; the outer form is Slack's."""
        with self.held.open() as space:
            body = {
                "token": "deprecated", "team_id": space.team, "api_app_id": space.app.id, "type": "event_callback",
                "event": event, "event_id": space.number("Ev"), "event_time": int(self.now().timestamp()),
                "authorizations": [
                    {"enterprise_id": space.enterprise or None, "team_id": space.team, "user_id": space.app.user,
                     "is_bot": True}
                ],
                **({"enterprise_id": space.enterprise} if space.enterprise else {}),
            }  # fmt: skip
        return self._send(msgspec.json.encode(body), "application/json")

    def signed(self, body: bytes, kind: str, at: datetime | None = None) -> dict[str, str]:
        """Headers that Slack sends with a body."""
        stamp = str(int((at or self.now()).timestamp()))
        made = hmac.new(self.secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        return {"content-type": kind, "x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={made}"}

    def _send(self, body: bytes, kind: str) -> tuple[int, bytes]:
        headers = self.signed(body, kind)
        self.hand_out(headers, body, self.now())
        return self.post(headers, body) if self.post else (0, b"")

    def _send_payload(self, payload: Json) -> tuple[int, bytes]:
        body = urlencode({"payload": msgspec.json.encode(payload).decode()}).encode()
        return self._send(body, "application/x-www-form-urlencoded")

    def _pressed(self, space: Workspace, user: str, action: str, value: str, row: str = "b") -> Json:
        stamp = space.stamp(self.now())
        press = {"type": "button", "action_id": action, "block_id": row, "value": value, "action_ts": stamp}
        return {
            "type": "block_actions", **self._who(space, user), "trigger_id": self._trigger(space, user),
            "actions": [press],
        }  # fmt: skip

    def _who(self, space: Workspace, user: str) -> Json:
        grid = {"id": space.enterprise, "name": "grid"} if space.enterprise else None
        handle, team = self._handle(space, user), space.users.get(user, {}).get("team_id", space.team)
        return {
            "user": {"id": user, "username": handle, "name": handle, "team_id": team},
            "team": {"id": space.team, "domain": space.domain}, "enterprise": grid, "api_app_id": space.app.id,
            "token": "deprecated", "is_enterprise_install": False,
        }  # fmt: skip

    @staticmethod
    def _handle(space: Workspace, user: str) -> str:
        return str(space.users.get(user, {}).get("name", "somebody"))

    @staticmethod
    def _trigger(space: Workspace, user: str) -> str:
        trigger = space.number("13345224609.")
        space.triggers[trigger] = user
        return trigger

    @staticmethod
    def _answer_at(space: Workspace, channel: str, user: str, message: str = "") -> str:
        secret = space.number("r")
        space.answers[secret] = {"channel": channel, "user": user, "message": message, "left": _USES}
        return f"{_HOOKS}/actions/{space.team}/{secret}"

    # what the app asks

    def knows(self, request: Request) -> bool:  # noqa: ARG002
        """Slack says who is not signed in within a good answer."""
        return True

    def answer(self, request: Request) -> Response:
        """A method by its path, or an answer to a command or click."""
        name = request.path.rstrip("/").rpartition("/")[2]
        words = _words(request)
        with self.held.open() as space:
            if request.path.startswith("/actions/"):
                return self._answered(space, name, words)
            if not hmac.compare_digest(request.headers.get("authorization", ""), f"Bearer {self.token}"):
                return said(
                    {"ok": False, "error": "not_authed" if "authorization" not in request.headers else "invalid_auth"}
                )
            if self._too_many(name, str(words.get("channel") or "")):
                return Response(429, msgspec.json.encode({"ok": False, "error": "ratelimited"}), {"retry-after": "1"})
            found = said(methods.answer(space, name, words, self.now()))
            found.headers["x-oauth-scopes"] = ",".join(space.app.scopes)
            return found

    def _too_many(self, name: str, channel: str) -> bool:
        if not self.posts_a_minute or not name.startswith("chat."):
            return False
        minute = f"{self.now():%Y%m%d%H%M}"
        self._posted[channel, minute] = self._posted.get((channel, minute), 0) + 1
        return self._posted[channel, minute] > self.posts_a_minute

    def _answered(self, space: Workspace, secret: str, words: Mapping[str, Any]) -> Response:
        """A response address: it needs no token, works five times, and writes what only its user sees."""
        where = space.answers.get(secret)
        if where is None or where["left"] <= 0:
            return Response(404, b"used_url" if where else b"no_service")
        where["left"] -= 1
        place = space.conversations[where["channel"]]
        before = next((one for one in place.messages if one.ts == where["message"]), None)
        if words.get("delete_original") and before:
            place.messages.remove(before)
            return Response(200, b"ok")
        text, blocks = str(words.get("text") or ""), methods.decoded(words.get("blocks")) or []
        if wrong := faults(blocks):
            return Response(400, "; ".join(wrong).encode())
        if words.get("replace_original") and before:
            before.text, before.blocks, before.edited = text, blocks, True
            return Response(200, b"ok")
        only = "" if words.get("response_type") == "in_channel" else str(where["user"])
        message = Message(
            ts=space.stamp(self.now()), user=space.app.user, app=True, only=only, text=text, blocks=blocks
        )
        message.thread_ts = str(words.get("thread_ts") or "")
        place.messages.append(message)
        return Response(200, b"ok")


def _words(request: Request) -> Mapping[str, Any]:
    if request.method == "GET" or not request.body:
        return request.query
    if "json" in request.headers.get("content-type", ""):
        found = methods.decoded(request.body.decode("utf-8", "replace"))
        return found if isinstance(found, dict) else {}
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _buttons(message: Message | None, action: str) -> Iterator[tuple[Json, Json]]:
    """Buttons of a message with an action, each with its row."""
    for block in message.blocks if message else ():
        for element in block.get("elements", ()) if block.get("type") == "actions" else ():
            if element.get("action_id") == action:
                yield block, element


def _value(message: Message | None, action: str) -> str:
    """Value of a button of a message."""
    return next((str(button.get("value", "")) for _, button in _buttons(message, action)), "")


def _row(message: Message | None, action: str, value: str) -> str:
    """Id of the row in which a button stands; Slack makes one up where the app gave none."""
    rows = (row for row, button in _buttons(message, action) if not value or button.get("value") == value)
    return str(next(rows, {}).get("block_id") or "b")


def _answer(block: Json, value: str | None) -> Json:
    if block["element"]["type"] == "static_select":
        chosen = next((one for one in block["element"]["options"] if one["value"] == value), None)
        return {"type": "static_select", "selected_option": chosen or block["element"].get("initial_option")}
    return {"type": "plain_text_input", "value": value}

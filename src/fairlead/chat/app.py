"""Bolt put on: one set of handlers, whichever way requests come, each acknowledged first and answered then."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult

from fairlead.chat import approvals, commands, home, taking
from fairlead.chat.answering import Reply, answered, told
from fairlead.chat.hands import Asker, Hands, Sheet
from fairlead.chat.modals import Spot, spot_in, spot_of
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.slack.connector import signer
from fairlead.connectors.slack.fake.slack import FakeSlack
from fairlead.connectors.slack.payloads import asker, delivery_of, home_team, kind_of, opened
from fairlead.model.errors import Fault, Unreadable
from fairlead.model.raw import Trust

_log = logging.getLogger(__name__)

_KEPT = frozenset(("team_join", "user_change"))
_ANY = re.compile(".*", re.DOTALL)
_AT_ONCE = 8
Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Response:
    """What Slack is told."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Pool(ThreadPoolExecutor):
    """Where answers are made, so that a demo page or a test can wait until all are given."""

    def __init__(self) -> None:
        super().__init__(_AT_ONCE, thread_name_prefix="slack")
        self._open: set[Future[Any]] = set()
        self._guard = threading.Lock()

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As any executor does."""
        with self._guard:
            made = super().submit(work, *args, **kwargs)
            self._open.add(made)
        made.add_done_callback(self._done)
        return made

    def settle(self, within_s: float) -> bool:
        """Waits until what was begun is over; false if that takes longer."""
        with self._guard:
            begun = set(self._open)
        return not wait(begun, within_s).not_done

    def _done(self, made: Future[Any]) -> None:
        with self._guard:
            self._open.discard(made)


class Door:
    """Where Slack's requests come in over HTTP."""

    def __init__(self, hands: Hands, now: Callable[[], datetime]) -> None:
        self._hands = hands
        self._now = now
        self._apps: dict[str, App] = {}
        self.pool = Pool()
        self.fake: FakeSlack | None = None
        """The workspace of a demo, whose people use this same door."""

    def handle(self, headers: Mapping[str, str], body: bytes) -> Response:
        """Answers one request. Nothing is read before one of the live secrets has signed it."""
        try:
            secret = signer(headers, body, self._hands.secrets(), self._now())
        except Fault as fault:
            return _refused(fault.message)
        if secret is None:
            return _refused("`x-slack-signature` does not fit the body")
        # An app for each secret, so that Bolt checks as well, and a rotated secret is never written into a live app.
        app = self._apps.get(secret) or self._apps.setdefault(secret, make_app(self._hands, self.pool, secret))
        found: BoltResponse = app.dispatch(BoltRequest(body=body.decode("utf-8"), headers=dict(headers)))
        return Response(found.status, found.body or "", found.first_headers_without_set_cookie())

    def lend(self, fake: FakeSlack) -> None:
        """Lets the people of a demo's workspace in."""

        def post(headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
            found = self.handle(headers, body)
            return found.status, found.body.encode()

        fake.post = post
        self.fake = fake

    def settle(self, within_s: float = 5.0) -> bool:
        """Waits until the answers to all requests so far are given."""
        return self.pool.settle(within_s)


def _refused(why: str) -> Response:
    # what does not fit now will not fit when it is sent again
    return Response(401, msgspec.json.encode({"error": why}).decode(), {"x-slack-no-retry": "1"})


def make_app(hands: Hands, pool: Pool, signing_secret: str = "") -> App:
    """The handlers; without a secret for Socket Mode, whose connection is signed in itself."""
    app = App(
        logger=_log,
        signing_secret=signing_secret or "socket mode has none",
        # our own: auth.test is asked once, and a workspace that is not ours is nobody
        authorize=lambda enterprise_id, team_id: _authorized(hands, enterprise_id, team_id),
        listener_executor=pool,
        token_verification_enabled=False,
        request_verification_enabled=True,
        ssl_check_enabled=False,
    )
    trust: Trust = "verified" if signing_secret else "token"
    app.use(lambda req, next: _once(hands, trust, req, next))
    handlers = _Handlers(hands)
    app.command(_ANY)(handlers.command)
    app.event("app_mention")(handlers.mention)
    app.event("app_home_opened")(handlers.home)
    app.event("message")(handlers.message)
    app.event(_ANY)(lambda ack: ack())
    app.action(_ANY)(handlers.action)
    app.view(_ANY)(handlers.view)
    return app


def _authorized(hands: Hands, enterprise: str | None, team: str | None) -> Any:
    mine = hands.home()
    # of another workspace than the one that the token is of: Bolt tells that the app is not installed there
    if mine and team and team != mine.get("team_id"):
        return None
    return AuthorizeResult(
        enterprise_id=enterprise,
        team_id=team,
        bot_token=hands.web().token,
        bot_id=mine.get("bot_id"),
        bot_user_id=mine.get("user_id"),
    )


def _once(hands: Hands, trust: Trust, request: BoltRequest, following: Callable[[], Any]) -> Any:
    """Notes the request durably before anything is done for it; one that came before is refused."""
    body = request.raw_body.encode("utf-8", "surrogatepass")
    try:
        doc = opened({name: values[0] for name, values in request.headers.items() if values}, body)
    except Unreadable as fault:
        return BoltResponse(status=400, body=fault.message)
    kind, delivery = kind_of(doc), delivery_of(doc, body)
    is_event = doc.plain("type") == "event_callback"
    if hands.heard(kind, delivery, body if _is_record(hands, doc, kind) else b"", trust):
        return following()
    # an event that is sent again is acknowledged, for Slack would send it once more; a click is never sent again
    return BoltResponse(status=200) if is_event else BoltResponse(status=409, body="this request came before")


def _is_record(hands: Hands, doc: Doc, kind: str) -> bool:
    """Whether it is kept as it came: who is there, and what is said in chosen channels. What is said to us alone, or
    elsewhere, is nobody's record."""
    event = doc.plain("event")
    channel = event.get("channel") if isinstance(event, dict) else None
    return kind in _KEPT or (kind == "message" and channel in hands.read_channels)


class _Handlers:
    """Each acknowledges first; the work comes after, in the pool."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands

    def command(self, ack: Callable[..., Any], command: Payload) -> None:
        """A slash command."""
        ack()
        channel = str(command.get("channel_id") or "")
        reply = Reply(self._hands, str(command.get("user_id")), channel, url=str(command.get("response_url") or ""))
        text = str(command.get("text") or "")
        name, who = str(command.get("command")), Doc(command, "")
        answered(reply, lambda: commands.answer(self._hands, self._asker(who), name, text, reply), patient=True)

    def mention(self, ack: Callable[..., Any], event: Payload, body: Payload) -> None:
        """The app was named in a channel or thread, where slash commands do not reach."""
        ack()
        thread = str(event.get("thread_ts") or "")
        reply = Reply(self._hands, str(event.get("user")), str(event.get("channel") or ""), thread)
        text = re.sub(r"^\s*<@[^>]+>", "", str(event.get("text") or "")).strip()
        answered(reply, lambda: commands.answer(self._hands, self._asker(Doc(body, "")), "", text or "help", reply))

    def message(self, ack: Callable[..., Any], event: Payload, body: Payload) -> None:
        """Something was said; only what is said to us alone is for us."""
        ack()
        if event.get("channel_type") != "im" or event.get("subtype") or event.get("bot_id"):
            return
        reply = Reply(self._hands, str(event.get("user")), str(event.get("channel") or ""))
        text = str(event.get("text") or "")

        def work() -> Sheet:
            who = self._asker(Doc(body, ""))
            names = ", ".join(self._hands.commands)
            return self._hands.answered(who, text) or told(self._hands.words("chat.dm_help", names=names))

        answered(reply, work)

    def home(self, ack: Callable[..., Any], event: Payload, body: Payload) -> None:
        """Somebody looks at the app."""
        ack()
        if event.get("tab", "home") == "home":
            answered(
                Reply(self._hands, str(event.get("user"))),
                lambda: home.publish(self._hands, self._asker(Doc(body, ""))),
            )

    def action(self, ack: Callable[..., Any], action: Payload, body: Payload) -> None:
        """Something was pressed."""
        ack()
        hands, name, spot = self._hands, str(action.get("action_id")), spot_of(action, body)
        reply, trigger = self._reply(body, spot), str(body.get("trigger_id"))
        if name == approvals.REFUSE:
            answered(reply, lambda: approvals.ask_reason(hands, trigger, spot))
        elif taking.asks(name, spot.value):
            answered(reply, lambda: taking.ask(hands, name, trigger, spot))
        else:
            answered(reply, lambda: self._pressed(name, Doc(body, ""), reply, spot))

    def view(self, ack: Callable[..., Any], view: Payload, body: Payload) -> None:
        """A modal came back."""
        ack()
        spot = spot_in(view)
        reply = self._reply(body, spot)
        answered(reply, lambda: self._submitted(view, Doc(body, ""), reply, spot))

    def _reply(self, body: Payload, spot: Spot) -> Reply:
        return Reply(self._hands, str((body.get("user") or {}).get("id")), spot.channel, url=spot.url)

    def _submitted(self, view: Payload, body: Doc, reply: Reply, spot: Spot) -> Sheet | None:
        hands, who = self._hands, self._asker(body)
        if view.get("callback_id") == approvals.REFUSED:
            return self._home_too(who, spot, approvals.refused(hands, who, view, reply, spot))
        return taking.answered(hands, who, view, spot) if view.get("callback_id") in taking.FORMS else None

    def _pressed(self, name: str, body: Doc, reply: Reply, spot: Spot) -> Sheet | None:
        hands, who, value = self._hands, self._asker(body), spot.value
        if name == approvals.APPROVE:
            return self._home_too(who, spot, approvals.clicked(hands, who, reply, spot))
        if name == commands.SHOW:
            return commands.show(hands, who, value, reply)
        if name in (taking.ACKNOWLEDGE, taking.MUTE, taking.UNMUTE):
            return taking.pressed(hands, who, name, value, reply)
        return hands.pressed(who, name, value)

    def _home_too(self, who: Asker, spot: Spot, sheet: Sheet | None) -> Sheet | None:
        # pressed in the App Home: what was decided leaves it
        if spot.home:
            home.publish(self._hands, who)
        return sheet

    def _asker(self, body: Doc) -> Asker:
        enterprise, team, user = asker(body)
        found = self._hands.asker(enterprise, team, user)
        # the team of a person in a shared channel is another than the app's: a stranger, whatever else is known
        if team and home_team(body) and team != home_team(body):
            return Asker(found.account, found.user, stranger=True)
        return found

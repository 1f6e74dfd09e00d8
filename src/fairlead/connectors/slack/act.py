"""Messages that we post and edit. Slack has no idempotency key: each carries ours in its metadata, to be found by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from fairlead.connectors.kit.acting import ActRequest, Call, Outcome
from fairlead.connectors.slack.answers import PUBLIC, Answered
from fairlead.connectors.slack.blocks import MOST_BLOCKS, TEXT, cut, escaped, tamed
from fairlead.connectors.slack.web import Web
from fairlead.model.acts import PostMessage, UpdateMessage
from fairlead.model.errors import Abort, Denied, Skip

EVENT = "fairlead_act"
"""Type of the metadata that marks a message as ours."""
_OPENED = "<conversation with the person>"
_LOOK_BACK = timedelta(hours=2)
_SEEN = 200
"""Messages that a look goes through; a busier channel gives no answer."""


def plan(request: ActRequest) -> Sequence[Call]:
    """Opens the conversation where it is to a person, then posts; or edits."""
    base, act = _base(request), request.act
    if isinstance(act, UpdateMessage):
        body = {"channel": place(act.channel), "ts": _stamp(act.message), **_content(act)}
        return [Call("POST", f"{base}/chat.update", body)]
    assert isinstance(act, PostMessage), act
    user = person(act.channel)
    opening = [Call("POST", f"{base}/conversations.open", {"users": user})] if user else []
    thread = {"thread_ts": _stamp(act.thread), "reply_broadcast": False} if act.thread else {}
    body = {
        "channel": _OPENED if user else place(act.channel),
        **_content(act),
        **thread,
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {"event_type": EVENT, "event_payload": {"key": request.key}},
    }
    return [*opening, Call("POST", f"{base}/chat.postMessage", body)]


def act(request: ActRequest) -> Outcome:
    """Does what `plan` says; after a try that nobody saw the end of it looks for its own message first."""
    token = request.secrets.get("token", "")
    if request.client is None or not token:
        raise Abort("Slack asks for a bot token", hint="`fairlead slack manifest` says how to come by one")
    web = Web(request.client, token, _base(request))
    calls = list(plan(request))
    if len(calls) == 2:
        opened = web.call("conversations.open", calls[0].body)
        calls[1].body["channel"] = str((opened.get("channel") or {}).get("id") or "")
    last = calls[-1]
    if isinstance(request.act, PostMessage) and request.tried:
        seen = _look(web, request, last.body)
        if seen is not None:
            return seen
    found = web.call(last.url.rpartition("/")[2], last.body)
    return _done(str(found.get("channel") or last.body["channel"]), str(found.get("ts") or ""), request)


def _look(web: Web, request: ActRequest, body: Mapping[str, Any]) -> Outcome | None:
    """The message of an earlier try; `None` if there is none, an open outcome if nobody lets us look."""
    since = (request.now - _LOOK_BACK).timestamp()
    words = {"channel": body["channel"], "oldest": f"{since:.6f}", "limit": _SEEN, "include_all_metadata": True}
    thread = body.get("thread_ts")
    try:
        found = (
            web.call("conversations.replies", {**words, "ts": thread})
            if thread
            else web.call("conversations.history", words)
        )
    except (Denied, Answered) as fault:
        told = f"an earlier try may have posted it, and we may not look: {fault.message}"
        return Outcome(None, told)
    for message in found.get("messages") or ():
        data = message.get("metadata") or {}
        if data.get("event_type") == EVENT and (data.get("event_payload") or {}).get("key") == request.key:
            return _done(body["channel"], str(message.get("ts") or ""), request, found=True)
    if found.get("has_more"):
        return Outcome(None, f"an earlier try may have posted it, among more than {_SEEN} messages since")
    return None


def _done(channel: str, stamp: str, request: ActRequest, *, found: bool = False) -> Outcome:
    told = (
        "the message had been posted" if found else "edited" if isinstance(request.act, UpdateMessage) else "posted"
    )
    return Outcome(True, told, result={"channel": channel, "message": stamp}, found=found)


def _content(act: PostMessage | UpdateMessage) -> dict[str, Any]:
    """What it says. Words of an act are words: people who approve them see what everybody will see."""
    if len(act.blocks) > MOST_BLOCKS:
        raise Skip(f"{len(act.blocks)} blocks are more than the {MOST_BLOCKS} of a message")
    blocks = {"blocks": tamed([dict(block) for block in act.blocks])} if act.blocks else {}
    return {"text": cut(escaped(act.text), TEXT), **blocks}


def place(channel: str) -> str:
    """Slack's id of a channel by record id or as it is: `slack:T1.C2` -> `C2`."""
    return channel.rpartition(":")[2].rpartition(".")[2]


def person(channel: str) -> str:
    """Slack's id of the user that an account id names; empty for a channel."""
    name = channel.partition(":")[2]
    return name.rpartition(".")[2].lstrip("@") if name.startswith("@") else ""


def _stamp(message: str) -> str:
    """A message's stamp by record id or as it is: `slack:T1.C2/17.1` -> `17.1`."""
    return message.rpartition("/")[2]


def _base(request: ActRequest) -> str:
    return str(request.settings.get("url") or PUBLIC).rstrip("/")

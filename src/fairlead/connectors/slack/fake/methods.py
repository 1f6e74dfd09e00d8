"""The methods of the Web API that the fake answers, each with Slack's shapes and words for faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from fairlead.connectors.slack import blocks as kit
from fairlead.connectors.slack.fake.checks import faults
from fairlead.connectors.slack.fake.workspace import Conversation, Json, Message, Workspace

LONGEST = 40_000
_SCOPES = {
    "chat.": ("chat:write",), "conversations.open": ("im:write",), "users.lookupByEmail": ("users:read.email",),
    "users.": ("users:read",), "conversations.info": ("channels:read", "groups:read"),
    "conversations.members": ("channels:read", "groups:read"), "conversations.list": ("channels:read", "groups:read"),
}  # fmt: skip


class Refusal(Exception):  # noqa: N818 - Slack's word for what is wrong
    """An answer that is not ok."""

    def __init__(self, error: str, *messages: str, needed: str = "") -> None:
        super().__init__(error)
        self.error, self.messages, self.needed = error, messages, needed

    def said(self) -> Json:
        """As Slack tells it."""
        more: Json = (
            {"response_metadata": {"messages": [f"[ERROR] {one}" for one in self.messages]}} if self.messages else {}
        )
        return {"ok": False, "error": self.error, **({"needed": self.needed} if self.needed else {}), **more}


Words = Mapping[str, Any]
Method = Callable[[Workspace, Words, datetime], Json]


def answer(space: Workspace, name: str, words: Words, now: datetime) -> Json:
    """The answer of a method."""
    method = METHODS.get(name)
    try:
        if method is None:
            raise Refusal("unknown_method")
        needed = next((scopes for prefix, scopes in _SCOPES.items() if name.startswith(prefix)), ())
        if needed and space.app.scopes and not set(needed) & set(space.app.scopes):
            raise Refusal("missing_scope", needed=",".join(needed))
        return {"ok": True, **method(space, words, now)}
    except Refusal as refusal:
        return refusal.said()


def _auth(space: Workspace, _words: Words, _now: datetime) -> Json:
    app = space.app
    said = {"url": f"https://{space.domain}.slack.com/", "team": space.domain.title(), "team_id": space.team}
    grid = {"enterprise_id": space.enterprise} if space.enterprise else {}
    return {
        **said,
        **grid,
        "user": "fairlead",
        "user_id": app.user,
        "bot_id": app.bot,
        "is_enterprise_install": False,
    }


def _post(space: Workspace, words: Words, now: datetime) -> Json:
    place = _writable(space, words)
    message = Message(ts=space.stamp(now), user=space.app.user, app=True, **_content(words))
    if thread := str(words.get("thread_ts") or ""):
        root = _message(place, thread)
        # a reply to a reply lands in the thread of its root
        message.thread_ts = root.thread_ts or root.ts
    message.metadata = dict(words.get("metadata") or {})
    place.messages.append(message)
    return {"channel": place.id, "ts": message.ts, "message": message.shown(space.app)}


def _ephemeral(space: Workspace, words: Words, now: datetime) -> Json:
    place, user = _writable(space, words), str(words.get("user") or "")
    if user not in place.members and user != place.user:
        raise Refusal("user_not_in_channel")
    message = Message(ts=space.stamp(now), user=space.app.user, app=True, only=user, **_content(words))
    message.thread_ts = str(words.get("thread_ts") or "")
    place.messages.append(message)
    return {"message_ts": message.ts}


def _update(space: Workspace, words: Words, _now: datetime) -> Json:
    place = _writable(space, words)
    message = _message(place, str(words.get("ts") or ""))
    if not message.app or message.only:
        raise Refusal("cant_update_message")
    content = _content(words)
    message.text, message.blocks, message.edited = content["text"], content["blocks"], True
    return {"channel": place.id, "ts": message.ts, "text": message.text, "message": message.shown(space.app)}


def _delete(space: Workspace, words: Words, _now: datetime) -> Json:
    place = _writable(space, words)
    message = _message(place, str(words.get("ts") or ""))
    if not message.app:
        raise Refusal("cant_delete_message")
    place.messages.remove(message)
    return {"channel": place.id, "ts": message.ts}


def _open(space: Workspace, words: Words, _now: datetime) -> Json:
    user = str(words.get("users") or "")
    if user not in space.users:
        raise Refusal("user_not_found")
    place = direct(space, user)
    return {"channel": {"id": place.id}, "no_op": True}


def _list(space: Workspace, words: Words, _now: datetime) -> Json:
    wanted = set(str(words.get("types") or "public_channel").split(","))
    found = [_channel(space, one) for one in space.conversations.values() if _type(one) in wanted]
    return {"channels": found, "response_metadata": {"next_cursor": ""}}


def _info(space: Workspace, words: Words, _now: datetime) -> Json:
    return {"channel": _channel(space, _place(space, words))}


def _members(space: Workspace, words: Words, _now: datetime) -> Json:
    place = _place(space, words)
    return {"members": list(place.members), "response_metadata": {"next_cursor": ""}}


def _history(space: Workspace, words: Words, _now: datetime) -> Json:
    place = _place(space, words)
    return _listed(space, [one for one in place.messages if not one.thread_ts], words, newest_first=True)


def _replies(space: Workspace, words: Words, _now: datetime) -> Json:
    place, root = _place(space, words), str(words.get("ts") or "")
    return _listed(space, [one for one in place.messages if root in (one.ts, one.thread_ts)], words)


def _listed(space: Workspace, found: list[Message], words: Words, *, newest_first: bool = False) -> Json:
    oldest, most = str(words.get("oldest") or "0"), int(words.get("limit") or 100)
    seen = [one for one in found if not one.only and float(one.ts) > float(oldest)]
    seen = seen[::-1] if newest_first else seen
    with_data = str(words.get("include_all_metadata", "")).lower() in ("true", "1")
    shown = [
        {**one.shown(space.app), **({"metadata": one.metadata} if with_data and one.metadata else {})}
        for one in seen[:most]
    ]
    return {"messages": shown, "has_more": len(seen) > most}


def _users(space: Workspace, words: Words, _now: datetime) -> Json:
    most = min(int(words.get("limit") or 1000), space.most_listed)
    start = int(str(words.get("cursor") or "0").lstrip("c") or 0)
    everybody = list(space.users.values())
    following = f"c{start + most}" if start + most < len(everybody) else ""
    return {"members": everybody[start : start + most], "response_metadata": {"next_cursor": following}}


def _user(space: Workspace, words: Words, _now: datetime) -> Json:
    found = space.users.get(str(words.get("user") or ""))
    if found is None:
        raise Refusal("user_not_found")
    return {"user": found}


def _by_email(space: Workspace, words: Words, _now: datetime) -> Json:
    address = str(words.get("email") or "").lower()
    found = next((one for one in space.users.values() if one["profile"].get("email", "").lower() == address), None)
    if not address or found is None:
        raise Refusal("users_not_found")
    return {"user": found}


def _view_open(space: Workspace, words: Words, _now: datetime) -> Json:
    user = space.triggers.pop(str(words.get("trigger_id") or ""), "")
    if not user:
        raise Refusal("invalid_trigger_id")
    view = {**_view(words), "id": space.number("V"), "hash": space.number("h"), "user": user, "state": {"values": {}}}
    space.modals[view["id"]] = view
    return {"view": view}


def _view_update(space: Workspace, words: Words, _now: datetime) -> Json:
    before = space.modals.get(str(words.get("view_id") or ""))
    if before is None:
        raise Refusal("not_found")
    before |= _view(words) | {"hash": space.number("h")}
    return {"view": before}


def _view_publish(space: Workspace, words: Words, _now: datetime) -> Json:
    user = str(words.get("user_id") or "")
    if user not in space.users:
        raise Refusal("user_not_found")
    space.homes[user] = {**_view(words), "id": space.number("V")}
    return {"view": space.homes[user]}


def _view(words: Words) -> Json:
    view = decoded(words.get("view"))
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        raise Refusal("invalid_arguments", "must provide an object [json-pointer:/view]")
    title = (view.get("title") or {}).get("text", "")
    if view["type"] == "modal" and not 0 < len(title) <= kit.TITLE:
        raise Refusal(
            "invalid_arguments", f"must be less than {kit.TITLE + 1} characters [json-pointer:/view/title/text]"
        )
    if wrong := faults(view.get("blocks"), kit.MOST_VIEW_BLOCKS):
        raise Refusal("invalid_arguments", *wrong)
    return view


def direct(space: Workspace, user: str) -> Conversation:
    """The conversation of the app with a person, begun where there is none."""
    found = next((one for one in space.conversations.values() if one.user == user), None)
    if found is None:
        found = Conversation(id=space.number("D"), user=user, members=[user, space.app.user])
        space.conversations[found.id] = found
    return found


def decoded(value: Any) -> Any:
    """Blocks and views come as JSON values, or as text within a form."""
    try:
        return msgspec.json.decode(value) if isinstance(value, str) and value else value
    except msgspec.DecodeError:
        return None


def _content(words: Words) -> Json:
    text, blocks = str(words.get("text") or ""), decoded(words.get("blocks")) or []
    if not text and not blocks:
        raise Refusal("no_text")
    if len(text) > LONGEST:
        raise Refusal("msg_too_long")
    if wrong := faults(blocks):
        raise Refusal("invalid_blocks", *wrong)
    return {"text": text, "blocks": blocks}


def _place(space: Workspace, words: Words) -> Conversation:
    wanted = str(words.get("channel") or "")
    # a person's id stands for the conversation with them
    found = direct(space, wanted) if wanted in space.users else space.conversations.get(wanted)
    if found is None:
        raise Refusal("channel_not_found")
    return found


def _writable(space: Workspace, words: Words) -> Conversation:
    place = _place(space, words)
    if place.archived:
        raise Refusal("is_archived")
    if space.app.user not in place.members:
        raise Refusal("not_in_channel")
    return place


def _message(place: Conversation, stamp: str) -> Message:
    found = next((one for one in place.messages if one.ts == stamp), None)
    if found is None:
        raise Refusal("message_not_found")
    return found


def _type(place: Conversation) -> str:
    return "im" if place.user else "private_channel" if place.private else "public_channel"


def _channel(space: Workspace, place: Conversation) -> Json:
    found: Json = {
        "id": place.id, "name": place.name, "is_im": bool(place.user), "is_private": place.private,
        "is_channel": not place.user, "is_archived": place.archived, "is_ext_shared": place.shared,
        "is_member": space.app.user in place.members, "num_members": len(place.members),
    }  # fmt: skip
    return {**found, **({"user": place.user} if place.user else {})}


METHODS: Mapping[str, Method] = {
    "auth.test": _auth,
    "chat.postMessage": _post,
    "chat.postEphemeral": _ephemeral,
    "chat.update": _update,
    "chat.delete": _delete,
    "conversations.open": _open,
    "conversations.list": _list,
    "conversations.info": _info,
    "conversations.members": _members,
    "conversations.history": _history,
    "conversations.replies": _replies,
    "users.list": _users,
    "users.info": _user,
    "users.lookupByEmail": _by_email,
    "views.open": _view_open,
    "views.update": _view_update,
    "views.publish": _view_publish,
}

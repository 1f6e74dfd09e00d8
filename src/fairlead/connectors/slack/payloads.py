"""What every request of Slack holds, whichever of its three forms it has: an event, a command, something pressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from fairlead.connectors.kit.payload import Doc, decode
from fairlead.model.errors import Unreadable
from fairlead.model.raw import content_id


def opened(headers: Mapping[str, str], body: bytes) -> Doc:
    """The content of a request: commands are forms, what was pressed is JSON within a form, events are JSON."""
    # by its first byte where nobody says: events are objects, and no form begins with a brace
    if "form" in headers.get("content-type", "") or (body and not body.lstrip().startswith(b"{")):
        # bounded: a command has a dozen fields, and a stranger's million would cost a minute
        try:
            form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100))
        except ValueError:
            raise Unreadable("", "a form with more than a hundred fields") from None
        if "payload" not in form:
            return Doc(dict(form), "")
        body = form["payload"].encode("utf-8", "replace")
    found = decode(body)
    if type(found) is not dict:
        raise Unreadable("", "expected an object or a form")
    return Doc(found, "")


def kind_of(doc: Doc) -> str:
    """What the request is, like `message`, `command` or `block_actions`."""
    if doc.plain("type") == "event_callback":
        return _text(doc, "event", "type") or "unknown"
    if isinstance(doc.plain("command"), str):
        return "command"
    return _text(doc, "type") or "unknown"


def delivery_of(doc: Doc, body: bytes) -> str:
    """Id of the request. Only events have one of their own; for the rest Slack's trigger works once."""
    if event := _text(doc, "event_id"):
        return event
    actions = doc.plain("actions")
    first = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    mark = _text(doc, "trigger_id") or str(first.get("action_ts") or "")
    if not mark:
        return content_id(body)
    who = (_text(doc, "team", "id") or _text(doc, "team_id"), _text(doc, "user", "id") or _text(doc, "user_id"))
    return content_id(kind_of(doc), *who, mark)


def account_key(enterprise: str, team: str, user: str) -> str:
    """The part of an account id behind `@`. Within an Enterprise Grid the same user id stands in several teams."""
    return ".".join(part for part in (enterprise, team, user) if part)


def asker(doc: Doc) -> tuple[str, str, str]:
    """Enterprise, team and user of who sent a request, empty where it does not say."""
    event = doc.plain("event")
    # the outer team is where the app is installed; the user's own differs from it in a shared channel
    if isinstance(event, dict):
        sender = event.get("user")
        user = str((sender.get("id") if isinstance(sender, dict) else sender) or "")
        return _text(doc, "enterprise_id"), str(event.get("user_team") or _text(doc, "team_id")), user
    user = _text(doc, "user", "id") or _text(doc, "user_id")
    team = _text(doc, "user", "team_id") or _text(doc, "team", "id") or _text(doc, "team_id")
    return _text(doc, "enterprise", "id") or _text(doc, "enterprise_id"), team, user


def home_team(doc: Doc) -> str:
    """Team in which the request was made: the app must be installed there."""
    return _text(doc, "team", "id") or _text(doc, "team_id")


def _text(doc: Doc, *path: str) -> str:
    # leniently: an envelope is made of what came, and the reader says later what is wrong with it
    value: Any = doc.data
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""

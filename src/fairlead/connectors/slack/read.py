"""Events and API pages of Slack -> people and the messages of chosen channels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.kit.connector import Delivery, Options, Reading
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.kit.people import account
from fairlead.connectors.kit.reading import page_date, read_entries, routed
from fairlead.connectors.kit.sheet import Sheet
from fairlead.connectors.slack.payloads import account_key, kind_of, opened
from fairlead.model.errors import Unreadable
from fairlead.model.patch import OLDEST
from fairlead.model.records.conversation import Message
from fairlead.model.records.people import Account
from fairlead.model.times import parse_time

_WRITTEN = frozenset(("", "thread_broadcast", "file_share", "me_message"))
"""Subtypes of a message that somebody wrote; joins, topics and the like are none."""
_SLACKBOT = "USLACKBOT"


def read(delivery: Delivery, options: Options) -> Reading:
    """A payload -> patches."""
    return routed(delivery, options, webhook=_webhook, page=_page)


def _webhook(delivery: Delivery, options: Options) -> Reading:
    doc = opened(delivery.headers, delivery.body)
    reader = _EVENTS.get(kind_of(doc)) if doc.plain("type") == "event_callback" else None
    if reader is None:
        return Reading(nothing=f"`{kind_of(doc)}` carries none of our records")
    sheet = Sheet(options)
    return sheet.reading(reader(sheet, doc, doc.need("event")) or "it names nothing that we record")


def _page(delivery: Delivery, options: Options) -> Reading:
    name = delivery.kind.removeprefix("api:")
    sheet = Sheet(options, page_date(delivery.headers), delivery.headers)
    return read_entries(delivery, sheet, {"users": _user}.get(name), "members")


def _user(sheet: Sheet, user: Doc) -> None:
    """Somebody of the workspace. Guests and strangers of a shared channel are told apart: they approve nothing."""
    identity = user.need_text("id")
    if identity == _SLACKBOT:
        return
    grid, profile = user.child("enterprise_user"), user.child("profile") or Doc({}, "profile")
    guest, stranger = user.flag("is_restricted") or user.flag("is_ultra_restricted"), user.flag("is_stranger")
    bot = user.flag("is_bot") is True
    address = (profile.text("email") or "").strip().lower()
    key = account_key((grid.text("enterprise_id") or "") if grid else "", user.text("team_id") or "", identity)
    gone = user.flag("deleted") is True
    at = user.time("updated") or sheet.date or OLDEST
    record = Account(
        id=f"{sheet.source}:@{key}",
        source=sheet.source,
        external_id=key,
        handle=user.text("name") or UNSET,
        name=profile.text("real_name") or user.text("real_name") or UNSET,
        email=address or UNSET,
        # an address that its owner typed proves nothing; that of a guest, nothing about our people
        email_verified=bool(address and user.flag("is_email_confirmed") and not (guest or stranger or bot)),
        tool_kind="Bot" if bot else "External" if stranger is True else "Guest" if guest is True else "User",
        deleted_at=at if gone else None,
    )
    sheet.say(record, at)


def _joined(sheet: Sheet, _doc: Doc, event: Doc) -> str:
    _user(sheet, event.need("user"))
    return ""


def _message(sheet: Sheet, doc: Doc, event: Doc) -> str:
    """A message of a chosen channel, as written, edited or taken back; else why it is not kept."""
    channel = event.need_text("channel")
    chosen = sheet.options.get("channels")
    if not isinstance(chosen, list | tuple) or channel not in chosen:
        return "the channel is not one of those that are chosen to be read"
    subtype = event.text("subtype") or ""
    if subtype == "message_deleted":
        _deleted(sheet, doc, event, channel)
    elif subtype == "message_changed":
        return _written(sheet, doc, event, event.need("message"), channel)
    elif subtype in _WRITTEN:
        return _written(sheet, doc, event, event, channel)
    else:
        return f"`{subtype}` is nothing that somebody wrote"
    return ""


def _written(sheet: Sheet, doc: Doc, event: Doc, message: Doc, channel: str) -> str:
    if (message.text("subtype") or "") not in _WRITTEN or _ours(doc, message):
        return "an app posted it"
    team = doc.need_text("team_id")
    stamp, thread = message.need_text("ts"), message.text("thread_ts") or ""
    edited = message.child("edited")
    at = _moment(message, "ts")
    # what only some may read must not come back out of a search that all may do
    private = event.text("channel_type") in ("group", "im", "mpim")
    record = Message(
        id=_message_id(sheet, team, channel, stamp),
        source=sheet.source,
        channel=f"{sheet.source}:{team}.{channel}",
        thread=_message_id(sheet, team, channel, thread) if thread and thread != stamp else None,
        author=_author(sheet, doc, message),
        body="" if private else message.text("text") or "",
        at=at,
        created_at=at,
        restricted=private,
    )
    sheet.say(record, _moment(edited, "ts") if edited else at, 1 if edited else 0)
    return ""


def _deleted(sheet: Sheet, doc: Doc, event: Doc, channel: str) -> None:
    identity = _message_id(sheet, doc.need_text("team_id"), channel, event.need_text("deleted_ts"))
    at = _moment(event, "ts")
    sheet.say(Message(id=identity, source=sheet.source, deleted_at=at), at, 2)


def _ours(doc: Doc, message: Doc) -> bool:
    """Whether an app wrote it. What we post comes back as an event, in either of two shapes; other apps' posts
    would be told as words of people."""
    profile = message.child("bot_profile")
    apps = {message.text("app_id"), profile.text("app_id") if profile else None}
    users = {one.text("user_id") for one in doc.children("authorizations") if one.flag("is_bot") is True}
    mine, user = doc.text("api_app_id"), message.text("user")
    return bool(message.text("bot_id") or (mine and mine in apps) or (user and user in users))


def _author(sheet: Sheet, doc: Doc, message: Doc) -> str | None:
    user = message.text("user")
    if not user:
        return None
    team = message.text("user_team") or message.text("team") or doc.text("team_id") or ""
    key = account_key(doc.text("enterprise_id") or "", team, user)
    sheet.once(account(sheet.source, key, external_id=key))
    return f"{sheet.source}:@{key}"


def _message_id(sheet: Sheet, team: str, channel: str, stamp: str) -> str:
    return f"{sheet.source}:{team}.{channel}/{stamp}"


def _moment(doc: Doc, key: str) -> datetime:
    """A message's stamp is its time and its id: seconds since 1970 with six places, as text."""
    said = doc.need_text(key)
    try:
        found = parse_time(said)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise Unreadable(f"{doc.path}.{key}".lstrip("."), "is no time stamp of Slack")
    return found


_EVENTS: Mapping[str, Callable[[Sheet, Doc, Doc], str]] = MappingProxyType(
    {"message": _message, "team_join": _joined, "user_change": _joined}
)

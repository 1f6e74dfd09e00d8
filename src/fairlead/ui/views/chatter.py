"""A conversation of the demo's Slack as a page shows it: who said what, in parts that a template can draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fairlead.connectors.slack.blocks import unescaped
from fairlead.connectors.slack.fake.workspace import Conversation, Message, Workspace
from fairlead.reports.renderers.walk import safe_url

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Stretch:
    """A stretch of a line."""

    text: str
    url: str = ""
    bold: bool = False
    code: bool = False


@dataclass(frozen=True)
class Button:
    """A button, or a link that looks like one."""

    label: str
    action: str
    value: str
    url: str
    strong: bool


@dataclass(frozen=True)
class Piece:
    """A block, or a part of one."""

    kind: str
    """`heading`, `line`, `item`, `small`, `fixed` or `buttons`."""
    stretches: tuple[Stretch, ...] = ()
    indent: int = 0
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Said:
    """A message."""

    stamp: str
    who: str
    at: datetime
    pieces: tuple[Piece, ...]
    edited: bool
    alone: bool
    """Whether only the reader sees it."""
    reply: bool


@dataclass(frozen=True)
class Room:
    """A conversation to choose."""

    id: str
    name: str


def rooms(space: Workspace, user: str, own: str) -> list[Room]:
    """Channels that somebody reads, and their conversation with the app."""
    found = [Room(one.id, f"#{one.name}") for one in space.conversations.values() if one.name and user in one.members]
    return [*found, *(Room(one.id, own) for one in space.conversations.values() if one.user == user)]


def conversation(space: Workspace, place: Conversation, user: str) -> list[Said]:
    """What somebody sees of a conversation; answers stand below what they answer."""
    seen = [one for one in place.messages if one.only in ("", user)]
    roots = [one for one in seen if not one.thread_ts]
    known = {one.ts for one in roots}
    order = []
    for root in roots:
        order += [root, *(one for one in seen if one.thread_ts == root.ts)]
    order += [one for one in seen if one.thread_ts and one.thread_ts not in known]
    return [_said(space, one) for one in order]


def pieces(blocks: Sequence[Json], text: str = "") -> tuple[Piece, ...]:
    """Blocks as pieces; a message without any is its text."""
    found = tuple(piece for block in blocks for piece in _pieces(block))
    return found or (Piece("line", (Stretch(unescaped(text)),)),)


def _said(space: Workspace, one: Message) -> Said:
    name = "Fairlead" if one.app else str(space.users.get(one.user, {}).get("real_name", one.user))
    at = datetime.fromtimestamp(float(one.ts), UTC)
    return Said(one.ts, name, at, pieces(one.blocks, one.text), one.edited, bool(one.only), bool(one.thread_ts))


def _pieces(block: Json) -> Iterator[Piece]:
    kind = block.get("type")
    if kind == "header":
        yield Piece("heading", (Stretch(str(block["text"]["text"])),))
    elif kind == "section":
        yield Piece("line", (Stretch(unescaped(str(block["text"]["text"]))),))
    elif kind == "context":
        yield Piece("small", tuple(Stretch(f"{one.get('text', '')} ") for one in block["elements"]))
    elif kind == "actions":
        yield Piece("buttons", buttons=tuple(_button(one) for one in block["elements"]))
    elif kind == "rich_text":
        for element in block["elements"]:
            yield from _rich(element)


def _rich(element: Json) -> Iterator[Piece]:
    if element["type"] == "rich_text_list":
        for one in element["elements"]:
            yield Piece("item", _stretches(one), int(element.get("indent", 0)))
    else:
        yield Piece("fixed" if element["type"] == "rich_text_preformatted" else "line", _stretches(element))


def _stretches(section: Json) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(
            str(one.get("text") or one.get("url") or one.get("user_id") or ""),
            safe_url(one.get("url")) if one["type"] == "link" else "",
            bool((one.get("style") or {}).get("bold")),
            bool((one.get("style") or {}).get("code")),
        )
        for one in section["elements"]
    )


def _button(one: Json) -> Button:
    label, strong = str(one["text"]["text"]), one.get("style") == "primary"
    return Button(label, str(one["action_id"]), str(one.get("value", "")), safe_url(one.get("url")), strong)

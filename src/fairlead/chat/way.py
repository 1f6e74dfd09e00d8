"""How messages of the outbox travel to Slack: one about a subject, edited in place, its history in its thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fairlead.chat import cards
from fairlead.chat.answering import QUIET
from fairlead.chat.hands import Workplace
from fairlead.connectors.kit.payload import decode
from fairlead.connectors.slack import blocks as kit
from fairlead.connectors.slack.act import EVENT
from fairlead.connectors.slack.answers import Answered
from fairlead.governance.letter import Letter
from fairlead.governance.notices import Card, card_of
from fairlead.model.errors import Denied, Skip
from fairlead.reports.letters import BLOCKS
from fairlead.store import notices, records
from fairlead.store.database import Database
from fairlead.store.notices import Posted
from fairlead.store.outbox import Message

CHANNEL = "slack"
_SEEN = 100


@dataclass(slots=True)
class SlackWay:
    """Posts, edits, and keeps where it posted. What may have been posted is looked for before it is again."""

    hands: Workplace
    database: Database
    now: Callable[[], datetime]
    channels: Mapping[str, str] = field(default_factory=dict)
    """Team id -> channel."""

    def send(self, message: Message, letter: Letter) -> str:
        """Hands one over; gives where it stands."""
        card = card_of(letter)
        channel = self._channel(message.address)
        if card is None or card.subject == "":
            return self._posted(message, channel, self._content(letter, None))
        return self._kept(message, card, channel, self._content(letter, card))

    def rest(self) -> None:
        """Nothing is held open."""

    def _content(self, letter: Letter, card: Card | None) -> dict[str, Any]:
        text = kit.cut(kit.escaped(card.title if card else letter.subject), kit.TEXT)
        if card is not None:
            return {"text": text, "blocks": cards.blocks(self.hands, card)}
        part = next((part for part in letter.parts if part.name == BLOCKS), None)
        if part is not None:
            return {**decode(part.data), **QUIET}
        lines = [[kit.stretch(line)] for line in letter.text.splitlines() if line.strip()]
        made = [kit.header(letter.subject), *kit.lines(lines)]
        return {"text": text, "blocks": kit.within(made, kit.MOST_BLOCKS, letter.subject)}

    def _kept(self, message: Message, card: Card, channel: str, content: dict[str, Any]) -> str:
        """One message of a subject: edited where it stands already, with what is new below it."""
        web = self.hands.web()
        with self.database.read() as tx:
            before = notices.posted(tx, message.address, card.subject, CHANNEL)
        stamp = ""
        if before is not None:
            channel, stamp = str(before.handle["channel"]), str(before.handle["ts"])
            try:
                web.call("chat.update", {"channel": channel, "ts": stamp, **content})
            except Answered as fault:
                if fault.error not in ("message_not_found", "channel_not_found", "cant_update_message"):
                    raise
                # somebody deleted it: the next one begins anew
                stamp = ""
        if stamp:
            if card.news:
                self._posted(message, channel, self._news(card), thread=stamp)
        else:
            stamp = self._posted(message, channel, content).rpartition(" ")[2]
        at = self.now()
        post = Posted(
            recipient=message.address, subject=card.subject, channel=CHANNEL,
            handle={"channel": channel, "ts": stamp}, content=message.content, first_at=at, last_at=at,
        )  # fmt: skip
        with self.database.begin() as tx:
            notices.keep_posted(tx, post)
            # what happened while it travelled found no message to mark
            if notices.moved_on(tx, message.address, card.subject, card.seen):
                notices.mark_stale(tx, [card.subject])
        return f"{channel} {stamp}"

    def _news(self, card: Card) -> dict[str, Any]:
        # below the message and nowhere else: a channel is not told of each step
        return {
            "text": kit.cut(kit.escaped(card.news), kit.TEXT),
            "blocks": [kit.paragraph(kit.stretch(card.news))],
            "reply_broadcast": False,
        }

    def _posted(self, message: Message, channel: str, content: dict[str, Any], thread: str = "") -> str:
        web = self.hands.web()
        # whoever had it before died between Slack's answer and our note
        if message.status == "sending" and (found := self._look(message.id, channel, thread)):
            return f"{channel} {found}"
        data = {"event_type": EVENT, "event_payload": {"key": message.id}}
        within = {"thread_ts": thread} if thread else {}
        made = web.call("chat.postMessage", {"channel": channel, **content, **within, **QUIET, "metadata": data})
        return f"{channel} {made.get('ts') or ''}"

    def _look(self, key: str, channel: str, thread: str) -> str:
        """Stamp of the message that carries the key; empty if there is none, or nobody lets us look."""
        words = {"channel": channel, "limit": _SEEN, "include_all_metadata": True}
        try:
            web = self.hands.web()
            method = "conversations.replies" if thread else "conversations.history"
            found = web.call(method, {**words, **({"ts": thread} if thread else {})})
        except (Denied, Answered):
            return ""
        for one in found.get("messages") or ():
            if ((one.get("metadata") or {}).get("event_payload") or {}).get("key") == key:
                return str(one.get("ts") or "")
        return ""

    def _channel(self, address: str) -> str:
        """Slack's id of where something goes: of a team, of the conversation with a person, or as it is."""
        if address.startswith("team:"):
            if not (found := self.channels.get(address)):
                raise Skip(f"{address} has no channel", hint=f'{address[5:]} = "C..." in [slack.channels]')
            return found
        if not address.startswith("person:"):
            return address
        user = self._user(address)
        opened = self.hands.web().call("conversations.open", {"users": user})
        return str((opened.get("channel") or {}).get("id") or "")

    def _user(self, person: str) -> str:
        prefix = f"{self.hands.source}:@"
        with self.database.read() as tx:
            rows = [
                row for row in records.rows(tx, "accounts")
                if row["person"] == person and row["id"].startswith(prefix) and not row["deleted_at"]
            ]  # fmt: skip
        # members before guests, then by id: the same each time
        rows.sort(key=lambda row: (row["tool_kind"] != "User", row["id"]))
        if not rows:
            raise Skip(f"{person} has no account at Slack", hint="tie one on the page People")
        return str(rows[0]["id"]).rpartition(".")[2].removeprefix(prefix)

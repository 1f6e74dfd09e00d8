"""An answer comes always: within three seconds to Slack, and to the person also where the work failed."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fairlead.chat.hands import Asker, Hands, Sheet
from fairlead.connectors.slack import blocks as kit
from fairlead.model.errors import Denied, Fault
from fairlead.reports.plain import plain
from fairlead.reports.wording import Wording

_log = logging.getLogger(__name__)

PATIENCE_S = 2.0
"""After so long without an answer the person is told that one is on its way."""


@dataclass(slots=True)
class Reply:
    """Where an answer goes: to who asked alone, unless it says otherwise."""

    hands: Hands
    user: str
    channel: str = ""
    thread: str = ""
    url: str = ""
    """Response address of a command or click."""

    def privately(self, sheet: Sheet, *, replace: bool = False) -> None:
        """Only the asker sees it. With `replace` it takes the place of the ephemeral message that was pressed."""
        web, said = self.hands.web(), {"text": sheet.text, "blocks": list(sheet.blocks)}
        # within a thread the response address answers beside it; to us alone there is nobody else anyway
        if self.url and not self.thread:
            web.respond(self.url, {**said, "response_type": "ephemeral", "replace_original": replace})
        elif self.channel and not self.channel.startswith("D"):
            web.call("chat.postEphemeral", {**said, "channel": self.channel, "user": self.user, **self._within()})
        else:
            web.call("chat.postMessage", {**said, "channel": self.channel or self.user, **self._within(), **QUIET})

    def publicly(self, sheet: Sheet) -> None:
        """Everybody in the channel sees it."""
        said = {"text": sheet.text, "blocks": list(sheet.blocks)}
        self.hands.web().respond(self.url, {**said, "response_type": "in_channel", **self._within(), **QUIET})

    def _within(self) -> dict[str, Any]:
        return {"thread_ts": self.thread} if self.thread else {}


QUIET = {"unfurl_links": False, "unfurl_media": False}
"""A link to a page of ours must not be opened by Slack for all who read."""


def answered(reply: Reply, work: Callable[[], Sheet | None], *, patient: bool = False) -> None:
    """Does the work and gives what it says; whatever goes wrong is an answer too."""
    timer = threading.Timer(PATIENCE_S, _still, [reply]) if patient else None
    if timer:
        timer.daemon = True
        timer.start()
    try:
        sheet = _tried(reply, work)
    finally:
        if timer:
            timer.cancel()
    if sheet is not None:
        _given(reply, sheet)


def _tried(reply: Reply, work: Callable[[], Sheet | None]) -> Sheet | None:
    try:
        return work()
    except Denied as fault:
        return cannot(reply.hands, fault.message, fault.hint, ask=True)
    except Fault as fault:
        return cannot(reply.hands, fault.message, fault.hint)
    except Exception:
        mark = secrets.token_hex(4)
        _log.exception("an answer to Slack failed (%s)", mark)
        return cannot(reply.hands, reply.hands.words("chat.broken", mark=mark), ask=True)


def _given(reply: Reply, sheet: Sheet) -> None:
    try:
        reply.privately(sheet)
    except Fault as fault:
        # Slack itself is down: there is nobody left to tell
        _log.warning("an answer did not reach Slack: %s", fault.message)


def _still(reply: Reply) -> None:
    _given(reply, Sheet(reply.hands.words("chat.working")))


def cannot(hands: Hands, why: str, hint: str = "", *, ask: bool = False, asker: Asker | None = None) -> Sheet:
    """`I can't, because ...`, what would help, and whom to ask."""
    words = hands.words
    said = [words("chat.cannot", why=why.rstrip("."))]
    if hint:
        said.append(plain(hint, kit.SECTION))
    if ask:
        names = hands.whom_to_ask(asker)
        said.append(words("chat.ask_whom", names=", ".join(names)) if names else words("chat.ask_owner"))
    return told(*said)


def told(*sentences: str) -> Sheet:
    """Sentences as an answer."""
    text = " ".join(sentences)
    return Sheet(kit.cut(kit.escaped(text), kit.TEXT), [kit.paragraph(kit.stretch(text))])


def known(hands: Hands, asker: Asker) -> Sheet | None:
    """Why somebody is answered nothing of ours: not known, or without a role; `None` if they are."""
    words: Wording = hands.words
    if asker.stranger:
        return cannot(hands, words("chat.stranger"), ask=True, asker=asker)
    if not asker.person:
        why = words("chat.unknown_person", account=asker.account)
        return cannot(hands, why, words("chat.unknown_hint"), ask=True, asker=asker)
    if not asker.roles:
        return cannot(hands, words("chat.no_role"), words("chat.role_hint"), ask=True, asker=asker)
    return None

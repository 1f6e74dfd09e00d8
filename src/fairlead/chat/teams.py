"""Digests to Microsoft Teams: an Adaptive Card to the address of a channel's workflow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from fairlead.connectors.slack.blocks import cut
from fairlead.governance.letter import Letter
from fairlead.model.errors import Retry, Skip
from fairlead.store.outbox import Message

_LONGEST = 20_000
"""Characters of a card's text: Teams refuses a message of more than 28 KB, which may be two bytes a sign."""
_MARKUP = str.maketrans({sign: f"\\{sign}" for sign in "\\*_[]()<>#`~"})


@dataclass(slots=True)
class TeamsWay:
    """Posts to addresses of the settings. Teams knows no key: a message whose end nobody saw may come twice."""

    client: httpx.Client
    address: Callable[[str], str]
    """Name in `[webhooks]` -> its address, which is a secret."""

    def send(self, message: Message, letter: Letter) -> str:
        """Posts one card."""
        try:
            found = self.client.post(self.address(message.address), json=card(letter))
        except httpx.HTTPError as fault:
            raise Retry(f"Teams cannot be reached: {type(fault).__name__}") from None
        if found.status_code == 429 or found.status_code >= 500:
            said = found.headers.get("retry-after", "")
            raise Retry(f"Teams answered {found.status_code}", after_s=float(said) if said.isdigit() else None)
        if found.status_code >= 400:
            raise Skip(
                f"Teams answered {found.status_code}", hint="make the channel's workflow anew and set its address"
            )
        return f"taken: {found.status_code}"

    def rest(self) -> None:
        """Nothing is held open."""


def card(letter: Letter) -> dict[str, Any]:
    """The letter as Teams takes it; its words are escaped, since a card's text is Markdown."""
    heading = {
        "type": "TextBlock",
        "size": "Large",
        "weight": "Bolder",
        "wrap": True,
        "text": _escaped(letter.subject),
    }
    # a line break of Markdown is two
    body = {"type": "TextBlock", "wrap": True, "text": _escaped(cut(letter.text, _LONGEST)).replace("\n", "\n\n")}
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [heading, body],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": content}]}


def _escaped(text: str) -> str:
    return text.translate(_MARKUP)

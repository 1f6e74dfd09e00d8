"""What faces tell of messages in the outbox, the same on each."""

from __future__ import annotations

from typing import Any

from fairlead.model.times import iso
from fairlead.store.outbox import Message

_TOLD = (
    "id", "kind", "channel", "address", "subject", "made_from", "team", "language", "asked_by", "as_of", "made_at",
    "status", "attempts", "next_at", "done_at", "answer", "error",
)  # fmt: skip
"""What a message is and what became of it; who holds it now is nobody's business but the senders'."""


def told(message: Message, *, addresses: bool = True) -> dict[str, Any]:
    """A message as plain values; without `addresses` what goes to a person goes to nobody in particular."""
    found = {name: getattr(message, name) for name in _TOLD}
    # only what waits has a next time
    if message.status != "waiting":
        found["next_at"] = None
    if is_personal(message) and not addresses:
        # servers repeat the address in what they say
        found |= {"address": "", "answer": "", "error": message.error and "not taken"}
    return {name: iso(value) if hasattr(value, "isoformat") else value for name, value in found.items()}


def is_personal(message: Message) -> bool:
    """Whether its address names somebody: mail goes to people's boxes, and the chat takes them by id."""
    return message.channel == "mail" or message.address.startswith("person:")

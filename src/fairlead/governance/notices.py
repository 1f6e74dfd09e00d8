"""What a notice says, whatever way it travels: a sentence, its lines with evidence, why one sees it, what one can do.

Mail shows the letter's text and HTML. A channel that edits its messages reads the card that goes along as a part.
"""

from __future__ import annotations

import msgspec

from fairlead.governance.letter import Letter, Part
from fairlead.model.typed import ready

CARD = "notice.json"
"""Name of the part that holds the card."""
KIND = "notice"
"""Kind of such messages in the outbox: `address` is the recipient there, `made_from` the subject."""
APPROVAL, ACTION = "approval", "action"
"""Topics of what is asked of approvers, and of how an action ended; all others are ids of rules."""
DIGEST = "digest"
"""Kind of a message that holds many notices; its `made_from` is the digest's day."""


class Line(msgspec.Struct, frozen=True):
    """One line with the records that show it."""

    text: str
    evidence: tuple[str, ...] = ()


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One message about one subject, in the reader's language. All texts are plain: the channel escapes them."""

    subject: str
    """Id of the record: with recipient and channel the key of the message that is edited in place."""
    about: str
    """Signal or action."""
    topic: str
    """What can be muted."""
    whom: str = ""
    """Who reads it: `person:kim`, or `team:payments` for its channel."""
    title: str
    lines: tuple[Line, ...] = ()
    news: str = ""
    """What this says beside what stood there before: a line for the thread below the message."""
    why: str = ""
    """Why the reader sees it."""
    others: str = ""
    """Who else was told, empty for nobody."""
    over: bool = False
    """Whether the matter is settled: nothing is to be done any more."""
    approve: str = ""
    """Action that the reader's word is or was asked for, with what an approval is bound to in `digest`."""
    digest: str = ""
    signal: str = ""
    """Signal that can be acknowledged and snoozed."""
    offer_mute: bool = False
    """The last three of this topic were ignored."""
    seen: int = 0
    """Revision up to which it tells: what has changed above it is not in it."""
    page: str = ""
    """Address of the subject's page; empty where readers reach none."""
    settings: str = ""
    """Address where the reader changes what they are told."""
    notices: tuple[str, ...] = ()
    """Ids of the notices that it carries: `fairlead notices why ID` tells of each."""
    language: str = "en"


ready(Card)


def with_card(letter: Letter, card: Card) -> Letter:
    """The letter with its card."""
    part = Part(name=CARD, media_type="application/json", data=msgspec.json.encode(card))
    return msgspec.structs.replace(letter, parts=(*letter.parts, part))


def card_of(letter: Letter) -> Card | None:
    """The card of a letter, if it has one."""
    part = next((part for part in letter.parts if part.name == CARD), None)
    return msgspec.json.decode(part.data, type=Card) if part else None

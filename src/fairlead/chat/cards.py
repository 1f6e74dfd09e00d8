"""A notice as blocks: what is the matter, its lines with their records, why one sees it, what one can do."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.chat import approvals, taking
from fairlead.chat.hands import Workplace
from fairlead.connectors.slack import blocks as kit
from fairlead.governance.notices import ACTION, APPROVAL, Card
from fairlead.model.errors import Fault
from fairlead.reports.wording import Wording

_ACTIONS = (APPROVAL, ACTION)


def blocks(hands: Workplace, card: Card) -> list[kit.Block]:
    """The message of a card, in the reader's language."""
    return kit.within(list(_blocks(hands, card)), kit.MOST_BLOCKS, card.page or card.subject)


def _blocks(hands: Workplace, card: Card) -> Iterator[kit.Block]:
    ours = hands.words
    words = Wording(card.language, ours.zone, ours.now)
    if card.approve and not card.over:
        try:
            waiting = hands.waiting(card.approve)
        except Fault:
            waiting = None
        # with all that an approval is of: nobody approves a headline
        if waiting is not None and waiting.digest == card.digest:
            yield from approvals.card(words, waiting)
            yield from _small(card, words)
            return
    # what became of an action its own title says
    title = f"{words('chat.settled')}: {card.title}" if card.over and card.topic not in _ACTIONS else card.title
    yield kit.paragraph(kit.link(card.page, title, bold=True))
    yield from kit.lines(
        [
            kit.stretch(line.text),
            *([kit.stretch(f" ({', '.join(line.evidence[:3])})", italic=True)] if line.evidence else []),
        ]
        for line in card.lines
    )
    yield from _small(card, words)
    if card.offer_mute and not card.over:
        yield kit.context(words("chat.offer_mute"))
    if buttons := _buttons(card, words):
        yield kit.actions(*buttons)


def _small(card: Card, words: Wording) -> Iterator[kit.Block]:
    if card.why or card.others:
        yield kit.context(words("chat.why_told", why=card.why) if card.why else "", card.others)


def _buttons(card: Card, words: Wording) -> list[kit.Block]:
    found = taking.buttons(words, card.signal, card.topic, card.whom) if card.signal and not card.over else []
    if card.page:
        found.append(kit.button(words("chat.open"), "open", url=card.page))
    if card.settings:
        found.append(kit.button(words("chat.settings"), "open.settings", url=card.settings))
    return found

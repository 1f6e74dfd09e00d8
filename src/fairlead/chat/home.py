"""The App Home: what needs one person, with links; made anew whenever they open it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairlead.chat import approvals
from fairlead.chat.answering import known
from fairlead.chat.hands import Asker, Hands, Item
from fairlead.connectors.slack import blocks as kit

_SHOWN = 12


def publish(hands: Hands, asker: Asker) -> None:
    """Shows somebody their queue, or why they have none."""
    refused = known(hands, asker)
    blocks = list(refused.blocks) if refused else list(_queue(hands, asker))
    more = hands.words("chat.home")
    view = {"type": "home", "blocks": kit.within(blocks, kit.MOST_VIEW_BLOCKS, more)}
    hands.web().call("views.publish", {"user_id": asker.user, "view": view})


def _queue(hands: Hands, asker: Asker) -> Iterator[kit.Block]:
    words, found = hands.words, hands.queue(asker)
    yield kit.header(words("chat.home"))
    yield kit.paragraph(kit.stretch(words("chat.home_approvals"), bold=True))
    for one in found.approvals[:_SHOWN]:
        yield from approvals.brief(words, one, asker.person)
    if not found.approvals:
        yield kit.context(words("chat.nothing_waits"))
    for key, items in (("chat.home_turn", found.turns), ("chat.home_signals", found.signals)):
        yield kit.paragraph(kit.stretch(words(key), bold=True))
        yield from _items(hands, items)


def _items(hands: Hands, items: Sequence[Item]) -> Iterator[kit.Block]:
    if not items:
        yield kit.context(hands.words("chat.home_nothing"))
    yield from kit.lines([kit.link(one.url, one.text)] for one in items[:_SHOWN])
    if left := max(len(items) - _SHOWN, 0):
        yield kit.context(hands.words("slack.rows_left", n=left))

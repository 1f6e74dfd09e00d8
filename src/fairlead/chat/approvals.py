"""Approvals in Slack: what exactly, where, as whom, by which rule; a click that is checked anew; who said what."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from fairlead.chat import modals
from fairlead.chat.answering import Reply, cannot, known, told
from fairlead.chat.hands import Asker, Hands, Sheet, Verdict, Waiting
from fairlead.chat.modals import Spot
from fairlead.connectors.slack import blocks as kit
from fairlead.model.errors import Denied, Retry
from fairlead.reports.endings import COUNTING, sentences
from fairlead.reports.wording import Wording

_log = logging.getLogger(__name__)

APPROVE, REFUSE, REFUSED = "approve", "refuse", "refused"
"""Actions of the buttons, and the modal's callback."""
_SHOWN = 10
"""Actions in one answer; each takes a few blocks."""


def card(words: Wording, one: Waiting, reader: str = "") -> list[kit.Block]:
    """An action that waits, or what became of it: without buttons then, and for a reader who has given their word."""
    facts = [
        ("chat.where", f"{one.tool} {one.subject}".strip()), ("chat.as", one.acts_as), ("chat.by", one.proposed_by),
        ("chat.why", one.why), ("chat.policy", "; ".join(one.reasons)),
    ]  # fmt: skip
    blocks = [
        kit.header(one.title),
        *kit.lines([kit.stretch(f"{words(key)}: ", bold=True), kit.stretch(said)] for key, said in facts if said),
    ]
    if one.calls:
        blocks += [kit.paragraph(kit.stretch(words("chat.exactly"))), *map(kit.preformatted, one.calls)]
    blocks += _said(words, one)
    if not _is_asked(one, reader):
        return blocks
    until = words("chat.until", at=one.expires_at) if one.expires_at else ""
    return [*blocks, kit.context(until, one.id), _buttons(words, one)]


def listed(words: Wording, found: Sequence[Waiting], reader: str = "") -> Sheet:
    """Somebody's queue of approvals; what was decided meanwhile stays where it stands and says so."""
    left = [one for one in found if _is_asked(one, reader)]
    if not found:
        return told(words("chat.nothing_waits"))
    text = words("chat.waits", n=len(left)) if left else words("chat.nothing_waits")
    blocks: list[kit.Block] = [kit.paragraph(kit.stretch(text, bold=True))]
    ids = [one.id for one in found[:_SHOWN]]
    for one in found[:_SHOWN]:
        blocks += brief(words, one, reader, modals.row_id(one.id, ids) if len(ids) > 1 else "")
    if more := len(found) - len(ids):
        blocks.append(kit.context(words("slack.rows_left", n=more)))
    return Sheet(text, kit.within(blocks, kit.MOST_BLOCKS, text))


def brief(words: Wording, one: Waiting, reader: str = "", row: str = "") -> Iterator[kit.Block]:
    """An action in few lines, still with all that an approval is of."""
    yield kit.paragraph(
        kit.stretch(one.title, bold=True), kit.stretch(f"\n{one.proposed_by}: {one.why}" if one.why else "")
    )
    if _is_asked(one, reader):
        yield from map(kit.preformatted, one.calls[:2])
        yield {**_buttons(words, one), **({"block_id": row} if row else {})}
    else:
        yield from _said(words, one)


def clicked(hands: Hands, asker: Asker, reply: Reply, spot: Spot) -> Sheet | None:
    """Somebody pressed Approve: everything is checked anew, by whoever decides."""
    if refused := known(hands, asker):
        return refused
    action, _, digest = spot.value.partition("|")
    return _stale(hands, asker, action, reply, spot) or _decided(
        hands, asker, action, digest, "approved", "", reply, spot
    )


def ask_reason(hands: Hands, trigger: str, spot: Spot) -> None:
    """Opens the modal that asks why it is refused."""
    words = hands.words
    entry = modals.text("reason", words("chat.reason"))
    modals.open_form(hands, trigger, REFUSED, words("chat.refuse_title"), spot, [entry])


def refused(hands: Hands, asker: Asker, view: dict[str, Any], reply: Reply, spot: Spot) -> Sheet | None:
    """The modal came back with a reason."""
    if stranger := known(hands, asker):
        return stranger
    action, _, digest = spot.value.partition("|")
    reason = modals.answers(view).get("reason", "")
    return _stale(hands, asker, action, reply, spot) or _decided(
        hands, asker, action, digest, "refused", reason, reply, spot
    )


def _decided(
    hands: Hands, asker: Asker, action: str, digest: str, verdict: Verdict, reason: str, reply: Reply, spot: Spot
) -> Sheet | None:
    try:
        after = hands.decide(asker, action, digest, verdict, reason)
    except Denied as fault:
        # somebody may have been quicker between our look and the word
        found = _stale(hands, asker, action, reply, spot)
        return found or cannot(hands, fault.message, fault.hint, ask=True, asker=asker)
    _rewritten(hands, asker, after, reply, spot)
    return None


def _stale(hands: Hands, asker: Asker, action: str, reply: Reply, spot: Spot) -> Sheet | None:
    """What is told where nothing waits any more; the message loses its buttons."""
    one = hands.waiting(action)
    if one.state == "waiting":
        return None
    _rewritten(hands, asker, one, reply, spot)
    by = " ".join(sentences(hands.words, one.ending)) or hands.words("chat.nobody_decided")
    return cannot(hands, hands.words("chat.already", state=one.state, by=by))


def _rewritten(hands: Hands, asker: Asker, one: Waiting, reply: Reply, spot: Spot) -> None:
    """Writes who said what into the message that was pressed; of a list the others stay as they are."""
    # in a channel the next reader may be the one whose word is missing
    reader = asker.person if spot.is_own else ""
    if spot.listed:
        sheet = listed(
            hands.words, [one if other == one.id else hands.waiting(other) for other in spot.listed], reader
        )
    else:
        sheet = Sheet(kit.escaped(one.title), kit.within(card(hands.words, one, reader), kit.MOST_BLOCKS, one.id))
    said = {"text": sheet.text, "blocks": list(sheet.blocks)}
    try:
        if spot.stamp:
            hands.web().call("chat.update", {"channel": spot.channel, "ts": spot.stamp, **said})
        # what only one person sees is in no history, and only its response address reaches it
        elif reply.url:
            reply.privately(sheet, replace=True)
    except Retry as fault:
        # the word counts all the same, and the message that asked for it is edited by who follows actions
        _log.warning("a message that was pressed is not edited yet: %s", fault.message)


def _is_asked(one: Waiting, reader: str) -> bool:
    given = any(word.person == reader and word.verdict in COUNTING for word in one.ending.words)
    return one.state == "waiting" and not given


def _said(words: Wording, one: Waiting) -> Iterator[kit.Block]:
    lines = [[kit.stretch(said)] for said in sentences(words, one.ending)]
    yield from kit.lines(lines)
    if lines and one.policy_version:
        yield kit.context(f"{words('chat.policy')} {one.policy_version[:12]}", one.id)


def _buttons(words: Wording, one: Waiting) -> kit.Block:
    buttons = [
        kit.button(words("chat.approve"), APPROVE, value=one.mark, style="primary"),
        kit.button(words("chat.refuse"), REFUSE, value=one.mark, style="danger"),
    ]
    return kit.actions(*buttons, *([kit.button(words("chat.details"), "open", url=one.page)] if one.page else []))

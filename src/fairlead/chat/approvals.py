"""Approvals in Slack: what exactly, where, as whom, by which rule; a click that is checked anew; who said what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from fairlead.chat.answering import Reply, cannot, known, told
from fairlead.chat.hands import Asker, Hands, Sheet, Verdict, Waiting, Workplace
from fairlead.connectors.slack import blocks as kit
from fairlead.model.errors import Denied

APPROVE, REFUSE, REFUSED = "approve", "refuse", "refused"
"""Actions of the buttons, and the modal's callback."""
_SHOWN = 10
"""Actions in one answer; each takes a few blocks."""


def card(hands: Workplace, one: Waiting) -> list[kit.Block]:
    """An action that waits, or what became of it: without buttons then."""
    words = hands.words
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
    blocks += _said(hands, one)
    if one.state != "waiting":
        return blocks
    until = words("chat.until", at=one.expires_at) if one.expires_at else ""
    return [*blocks, kit.context(until, one.id), _buttons(hands, one)]


def listed(hands: Workplace, found: Sequence[Waiting]) -> Sheet:
    """Somebody's queue of approvals."""
    words = hands.words
    if not found:
        return told(words("chat.nothing_waits"))
    text = words("chat.waits", n=len(found))
    blocks: list[kit.Block] = [kit.paragraph(kit.stretch(text, bold=True))]
    for one in found[:_SHOWN]:
        blocks += brief(hands, one)
    return Sheet(text, kit.within(blocks, kit.MOST_BLOCKS, text))


def brief(hands: Workplace, one: Waiting) -> Iterator[kit.Block]:
    """An action in few lines, still with all that an approval is of."""
    yield kit.paragraph(
        kit.stretch(one.title, bold=True), kit.stretch(f"\n{one.proposed_by}: {one.why}" if one.why else "")
    )
    yield from map(kit.preformatted, one.calls[:2])
    yield _buttons(hands, one)


def clicked(hands: Hands, asker: Asker, mark: str, reply: Reply, where: tuple[str, str]) -> Sheet | None:
    """Somebody pressed Approve: everything is checked anew, by whoever decides."""
    if refused := known(hands, asker):
        return refused
    action, _, digest = mark.partition("|")
    if stale := _stale(hands, action, reply, where):
        return stale
    return _decided(hands, asker, action, digest, "approved", "", reply, where)


def ask_reason(hands: Hands, mark: str, trigger: str, where: tuple[str, str]) -> None:
    """Opens the modal that asks why it is refused."""
    words = hands.words
    entry = {
        "type": "input", "block_id": "reason", "label": kit.plain(words("chat.reason"), kit.BUTTON),
        "element": {"type": "plain_text_input", "action_id": "reason", "multiline": True, "max_length": 1000},
    }  # fmt: skip
    view = {
        "type": "modal", "callback_id": REFUSED, "private_metadata": "|".join((*where, mark)),
        "title": kit.plain(words("chat.refuse_title"), kit.TITLE), "submit": kit.plain(words("chat.send"), kit.TITLE),
        "close": kit.plain(words("chat.cancel"), kit.TITLE), "blocks": [entry],
    }  # fmt: skip
    hands.web().call("views.open", {"trigger_id": trigger, "view": view})


def refused(hands: Hands, asker: Asker, view: dict[str, Any], reply: Reply) -> Sheet | None:
    """The modal came back with a reason."""
    if stranger := known(hands, asker):
        return stranger
    channel, stamp, action, digest = (str(view.get("private_metadata") or "").split("|") + [""] * 4)[:4]
    state = (view.get("state") or {}).get("values") or {}
    reason = str(((state.get("reason") or {}).get("reason") or {}).get("value") or "")
    if stale := _stale(hands, action, reply, (channel, stamp)):
        return stale
    return _decided(hands, asker, action, digest, "refused", reason, reply, (channel, stamp))


def _decided(
    hands: Hands,
    asker: Asker,
    action: str,
    digest: str,
    verdict: Verdict,
    reason: str,
    reply: Reply,
    where: tuple[str, str],
) -> Sheet | None:
    try:
        after = hands.decide(asker, action, digest, verdict, reason)
    except Denied as fault:
        # somebody may have been quicker between our look and the word
        return _stale(hands, action, reply, where) or cannot(hands, fault.message, fault.hint, ask=True, asker=asker)
    _rewritten(hands, after, reply, where)
    return None


def _stale(hands: Hands, action: str, reply: Reply, where: tuple[str, str]) -> Sheet | None:
    """What is told where nothing waits any more; the message loses its buttons."""
    one = hands.waiting(action)
    if one.state == "waiting":
        return None
    _rewritten(hands, one, reply, where)
    by = ", ".join(name for _, name, _ in one.words) or hands.words("chat.nobody_decided")
    return cannot(hands, hands.words("chat.already", state=one.state, by=by))


def _rewritten(hands: Hands, one: Waiting, reply: Reply, where: tuple[str, str]) -> None:
    """Writes who said what into the message that was pressed, and takes the buttons away once nothing waits."""
    channel, stamp = where
    sheet = Sheet(kit.escaped(one.title), kit.within(card(hands, one), kit.MOST_BLOCKS, one.id))
    if channel and stamp:
        hands.web().call(
            "chat.update", {"channel": channel, "ts": stamp, "text": sheet.text, "blocks": list(sheet.blocks)}
        )
    # what only one person sees is in no history, and only its response address reaches it
    elif reply.url:
        reply.privately(sheet, replace=True)


def _said(hands: Workplace, one: Waiting) -> Iterator[kit.Block]:
    words, keys = hands.words, {"approved": "chat.approved_by", "refused": "chat.refused_by"}
    lines = [
        [kit.stretch(words(keys[verdict], name=name, at=at))] for verdict, name, at in one.words if verdict in keys
    ]
    yield from kit.lines(lines)
    if lines and one.state == "waiting":
        yield kit.context(words("chat.still_needs"))
    if lines and one.policy_version:
        yield kit.context(f"{words('chat.policy')} {one.policy_version[:12]}", one.id)


def _buttons(hands: Workplace, one: Waiting) -> kit.Block:
    words = hands.words
    buttons = [
        kit.button(words("chat.approve"), APPROVE, value=one.mark, style="primary"),
        kit.button(words("chat.refuse"), REFUSE, value=one.mark, style="danger"),
    ]
    return kit.actions(*buttons, *([kit.button(words("chat.details"), "open", url=one.page)] if one.page else []))

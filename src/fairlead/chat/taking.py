"""What one does about a signal from its notice: take it on, put it off, hear no more of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fairlead.chat import modals
from fairlead.chat.answering import Reply, known, told
from fairlead.chat.hands import Asker, Hands, Sheet
from fairlead.chat.modals import Spot
from fairlead.connectors.slack import blocks as kit

ACKNOWLEDGE, SNOOZE, MUTE, UNMUTE = "acknowledge", "snooze", "mute", "unmute"
FORMS = (SNOOZE, MUTE)
"""Callbacks of the forms."""
_UNTIL = ("morning", "4h", "2bd", "5bd", "20bd")
"""Ends that are offered, as people type them elsewhere."""


def buttons(words: Callable[..., str], signal: str, topic: str, whom: str) -> list[kit.Block]:
    """What can be done about a signal that somebody, or the channel of a team, is told of."""
    # a person mutes for themselves, so that nobody else has to be named
    muted = f"{topic}|{whom}" if whom.startswith("team:") else topic
    return [
        kit.button(words("chat.take_on"), ACKNOWLEDGE, value=signal),
        kit.button(words("chat.put_off"), SNOOZE, value=signal),
        kit.button(words("chat.mute"), MUTE, value=muted),
    ]


def asks(action: str, value: str) -> bool:
    """Whether a button opens a form: what others feel needs an end and a reason."""
    return action == SNOOZE or (action == MUTE and "|" in value)


def ask(hands: Hands, action: str, trigger: str, spot: Spot) -> None:
    """Opens the form that asks until when, and why."""
    words = hands.words
    entries = [
        modals.choice("until", words("chat.until_when"), {one: words(f"chat.until.{one}") for one in _UNTIL}),
        modals.text("reason", words("chat.reason")),
    ]
    title = words("chat.put_off_title" if action == SNOOZE else "chat.mute_title")
    modals.open_form(hands, trigger, action, title, spot, entries)


def pressed(hands: Hands, asker: Asker, action: str, value: str, reply: Reply) -> Sheet | None:
    """A button that needs no form."""
    if refused := known(hands, asker):
        return refused
    words = hands.words
    if action == ACKNOWLEDGE:
        hands.acknowledge(asker, value)
        return told(words("chat.taken"))
    hands.mute(asker, value, off=action == UNMUTE)
    if action == UNMUTE:
        # in the place of the answer that offered it
        reply.privately(told(words("chat.unmuted", topic=value)), replace=True)
        return None
    sheet = told(words("chat.muted", topic=value))
    again = kit.actions(kit.button(words("chat.unmute"), UNMUTE, value=value))
    return Sheet(sheet.text, [*sheet.blocks, again])


def answered(hands: Hands, asker: Asker, view: Mapping[str, Any], spot: Spot) -> Sheet | None:
    """The form came back."""
    if refused := known(hands, asker):
        return refused
    said, words = modals.answers(view), hands.words
    until, reason = said.get("until", ""), said.get("reason", "")
    if view.get("callback_id") == SNOOZE:
        return told(words("chat.snoozed", at=hands.snooze(asker, spot.value, until, reason)))
    topic, _, team = spot.value.partition("|")
    at = hands.mute_team(asker, topic, team, until, reason)
    return told(words("chat.team_muted", team=team.removeprefix("team:"), topic=topic, at=at))

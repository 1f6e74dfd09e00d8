"""Forms that open over a conversation: what they ask for, where they were opened, and what came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from fairlead.chat.hands import Block, Hands
from fairlead.connectors.slack import blocks as kit
from fairlead.model.typed import ready

LONGEST = 1000
"""Characters of a text that is typed."""
_LISTED = "listed"


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """Where something was pressed, so that its message can say what came of it; a form carries it along."""

    value: str = ""
    """What the button carried."""
    channel: str = ""
    stamp: str = ""
    """Stamp of the message; empty where only one person sees it."""
    url: str = ""
    """Response address: the one way to what only one person sees."""
    listed: tuple[str, ...] = ()
    """Actions of the list that it stood in."""
    home: bool = False
    """Whether that was the App Home."""

    @property
    def is_own(self) -> bool:
        """Whether nobody but who pressed reads the message."""
        return not self.stamp or self.channel.startswith("D")


ready(Spot)


def spot_of(action: Mapping[str, Any], body: Mapping[str, Any]) -> Spot:
    """Where a button was pressed."""
    container = body.get("container") or {}
    # what only one person sees cannot be updated by its stamp
    lasting = container.get("type") == "message" and not container.get("is_ephemeral")
    return Spot(
        value=str(action.get("value") or ""),
        channel=str((body.get("channel") or {}).get("id") or ""),
        stamp=str(container.get("message_ts") or "") if lasting else "",
        url=str(body.get("response_url") or ""),
        listed=_listed(str(action.get("block_id") or "")),
        home=bool(body.get("view")),
    )


def row_id(action: str, listed: Sequence[str]) -> str:
    """Id of an action's row of buttons within a list: Slack tells nothing else of a message that one person sees."""
    numbers = " ".join(one.removeprefix("action:") for one in listed)
    made = f"{_LISTED} {action.removeprefix('action:')} {numbers}"
    return made if len(made) <= kit.BLOCK_ID else ""


def _listed(block_id: str) -> tuple[str, ...]:
    mark, _, rest = block_id.partition(" ")
    return tuple(f"action:{number}" for number in rest.split()[1:]) if mark == _LISTED else ()


def text(name: str, label: str) -> Block:
    """A question that is answered by typing."""
    return _input(name, label, {"type": "plain_text_input", "multiline": True, "max_length": LONGEST})


def choice(name: str, label: str, options: Mapping[str, str]) -> Block:
    """A question with a few answers: value -> what is read; the first is chosen until another is."""
    made = [{"text": kit.plain(said, kit.BUTTON), "value": value} for value, said in options.items()]
    return _input(name, label, {"type": "static_select", "options": made, "initial_option": made[0]})


def _input(name: str, label: str, element: Block) -> Block:
    return {
        "type": "input", "block_id": name, "label": kit.plain(label, kit.BUTTON),
        "element": {**element, "action_id": name},
    }  # fmt: skip


def open_form(hands: Hands, trigger: str, callback: str, title: str, spot: Spot, blocks: Sequence[Block]) -> None:
    """Opens a form; the trigger of a click holds for three seconds, so nothing is looked up before."""
    words = hands.words
    view = {
        "type": "modal", "callback_id": callback, "private_metadata": msgspec.json.encode(spot).decode(),
        "title": kit.plain(title, kit.TITLE), "submit": kit.plain(words("chat.send"), kit.TITLE),
        "close": kit.plain(words("chat.cancel"), kit.TITLE), "blocks": list(blocks),
    }  # fmt: skip
    hands.web().call("views.open", {"trigger_id": trigger, "view": view})


def spot_in(view: Mapping[str, Any]) -> Spot:
    """Where a form that came back was opened."""
    try:
        return msgspec.json.decode(str(view.get("private_metadata") or "{}"), type=Spot)
    except msgspec.DecodeError:
        # opened by an earlier version
        return Spot()


def answers(view: Mapping[str, Any]) -> dict[str, str]:
    """Question -> what was typed or chosen."""
    found = {}
    for name, elements in ((view.get("state") or {}).get("values") or {}).items():
        said = (elements or {}).get(name) or {}
        found[str(name)] = str(said.get("value") or (said.get("selected_option") or {}).get("value") or "")
    return found

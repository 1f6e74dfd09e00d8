"""Block Kit: the few blocks that we use, within Slack's limits, in which no text from outside can be markup.

Words go into `rich_text` and `plain_text`, which Slack shows letter by letter: there `<!channel>` rings nobody, `*`
and `:name:` are themselves, and an address is no link unless we say so. `escaped` is for the one place that is
markup: the fallback text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

Block = dict[str, Any]

MOST_BLOCKS = 50
"""Of a message; a modal or a Home takes twice as many."""
MOST_VIEW_BLOCKS = 100
HEADER, SECTION, BUTTON, VALUE, TITLE, TEXT, BLOCK_ID = 150, 3000, 75, 2000, 24, 4000, 255
"""Characters that Slack takes: of a header, a text, a button, its value, a modal's title, the fallback (as much as it
recommends), an id."""
LABEL = 2000
"""Characters of a question in a form."""
MOST_ACTIONS, MOST_CONTEXT, MOST_OPTIONS, MOST_ELEMENTS = 25, 10, 100, 100
"""Elements of a row of buttons, of a context, of a choice, of one rich text (Slack names no limit for that; we keep
to this)."""


def cut(text: str, most: int) -> str:
    """The text, or its beginning with a mark where it is longer."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def escaped(text: str) -> str:
    """Text as itself where Slack reads markup: nothing in it mentions, links or names a channel."""
    # a joiner after `@`: clients and bridges that look for names by themselves find none
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "@\u2060")


def unescaped(text: str) -> str:
    """What somebody typed, as they typed it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def tamed(value: Any) -> Any:
    """Blocks that somebody else made, without what rings many people at once."""
    if isinstance(value, str):
        return value.replace("<!", "&lt;!")
    if isinstance(value, Mapping):
        return {key: tamed(one) for key, one in value.items()}
    return [tamed(one) for one in value] if isinstance(value, list | tuple) else value


def plain(text: str, most: int = SECTION) -> dict[str, Any]:
    """A text object; without emoji, which else are made of `:words:`."""
    # Slack refuses an empty one, and with it the whole message
    return {"type": "plain_text", "text": cut(text, most) or "–", "emoji": False}


def header(text: str) -> Block:
    """A heading."""
    return {"type": "header", "text": plain(text, HEADER)}


def context(*lines: str) -> Block:
    """Small print."""
    said = [line for line in lines if line] or [""]
    return {"type": "context", "elements": [plain(line) for line in said[:MOST_CONTEXT]]}


def stretch(text: str, *, bold: bool = False, italic: bool = False, code: bool = False) -> Block:
    """A stretch of a line."""
    style = {name: True for name, on in (("bold", bold), ("italic", italic), ("code", code)) if on}
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def link(url: str, text: str, *, bold: bool = False) -> Block:
    """A stretch that leads somewhere; anything but a web address is only shown."""
    if not url.startswith(("https://", "http://")):
        return stretch(text, bold=bold)
    return {"type": "link", "url": cut(url, SECTION), "text": text, **({"style": {"bold": True}} if bold else {})}


def mention(user: str) -> Block:
    """One person by name."""
    return {"type": "user", "user_id": user}


def lines(entries: Iterable[Sequence[Block] | tuple[int, Sequence[Block]]]) -> Iterator[Block]:
    """Each entry a line of a list, in as many blocks as they need; one with a number is indented by it."""
    leveled = [entry if isinstance(entry, tuple) else (0, entry) for entry in entries]
    for part in _parts([(indent, _within(entry)) for indent, entry in leveled if entry]):
        made = []
        for indent, group in groupby(part, key=lambda one: one[0]):
            sections = [{"type": "rich_text_section", "elements": entry} for _, entry in group]
            made.append({"type": "rich_text_list", "style": "bullet", "indent": indent, "elements": sections})
        yield {"type": "rich_text", "elements": made}


def paragraph(*stretches: Block) -> Block:
    """One paragraph."""
    section = {"type": "rich_text_section", "elements": _within(stretches)}
    return {"type": "rich_text", "elements": [section]}


def preformatted(text: str) -> Block:
    """Text as it is, like the exact bytes of a request."""
    whole = stretch(cut(text, SECTION) or " ")
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [whole], "border": 0}]}


def button(label: str, action: str, *, value: str = "", url: str = "", style: str = "") -> Block:
    """A button. Its value is seen by whoever looks: an opaque id and nothing else."""
    made: Block = {"type": "button", "action_id": cut(action, BLOCK_ID), "text": plain(label, BUTTON)}
    further = {"value": cut(value, VALUE), "url": cut(url, SECTION), "style": style}
    return made | {name: said for name, said in further.items() if said}


def actions(*buttons: Block, block_id: str = "") -> Block:
    """A row of buttons."""
    return {
        "type": "actions",
        "elements": list(buttons[:MOST_ACTIONS]),
        **({"block_id": block_id} if block_id else {}),
    }


def within(blocks: Sequence[Block], most: int, rest: str) -> list[Block]:
    """At most so many blocks; the last says what is left out, and where it is."""
    return list(blocks) if len(blocks) <= most else [*blocks[: most - 1], context(rest)]


def _within(stretches: Iterable[Block]) -> list[Block]:
    """Stretches of a line as long as a text may be, and none of them empty, which Slack refuses."""
    left, found = SECTION, list[Block]()
    for one in stretches:
        if "text" in one:
            if not one["text"] or left <= 0:
                continue
            one = {**one, "text": cut(one["text"], left)}
            left -= len(one["text"])
        found.append(one)
    return found or [stretch("–")]


def _parts(entries: Sequence[tuple[int, list[Block]]]) -> Iterator[list[tuple[int, list[Block]]]]:
    """Entries in groups that fit a block each: cut at the same places each time, so that an edit moves nothing."""
    part, size = list[tuple[int, list[Block]]](), 0
    for entry in entries:
        length = sum(len(str(one.get("text", ""))) for one in entry[1])
        if part and (size + length > SECTION or len(part) >= MOST_ELEMENTS):
            yield part
            part, size = [], 0
        part.append(entry)
        size += length
    if part:
        yield part

"""What Slack refuses of a message or view: the limits of Block Kit, as its documentation states them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.connectors.slack import blocks as kit

_TYPES = frozenset(
    ("header", "section", "context", "actions", "divider", "rich_text", "input", "image", "markdown", "table")
)
_TEXTS = {"header": kit.HEADER, "section": kit.SECTION}


def faults(found: Any, most: int = kit.MOST_BLOCKS) -> list[str]:
    """What is wrong with blocks, in Slack's own manner; none if they are good."""
    if not isinstance(found, list):
        return ["must be a valid array of blocks [json-pointer:/blocks]"]
    if len(found) > most:
        return [f"no more than {most} items allowed [json-pointer:/blocks]"]
    return [fault for at, block in enumerate(found) for fault in _block(block, f"/blocks/{at}")]


def _block(block: Any, at: str) -> Iterator[str]:
    kind = block.get("type") if isinstance(block, Mapping) else None
    if kind not in _TYPES:
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
        return
    if kind in _TEXTS and "fields" not in block:
        yield from _text(block.get("text"), _TEXTS[kind], f"{at}/text")
    if kind == "header" and (block.get("text") or {}).get("type") != "plain_text":
        yield f"must be plain_text [json-pointer:{at}/text/type]"
    if len(str(block.get("block_id", ""))) > kit.BLOCK_ID:
        yield f"must be less than {kit.BLOCK_ID + 1} characters [json-pointer:{at}/block_id]"
    if kind == "input":
        yield from _input(block, at)
    elements = block.get("elements", ())
    most = {"actions": kit.MOST_ACTIONS, "context": kit.MOST_CONTEXT}.get(kind)
    if most and not 0 < len(elements) <= most:
        yield f"no less than 1 and no more than {most} items allowed [json-pointer:{at}/elements]"
    if kind == "actions":
        acts = [element.get("action_id") for element in elements if isinstance(element, Mapping)]
        yield from (f"`action_id` is not unique: {one} [json-pointer:{at}]" for one in {*acts} if acts.count(one) > 1)
    for place, element in enumerate(elements):
        yield from _element(kind, element, f"{at}/elements/{place}")


def _input(block: Mapping[str, Any], at: str) -> Iterator[str]:
    yield from _text(block.get("label"), kit.LABEL, f"{at}/label")
    element = block.get("element")
    if not isinstance(element, Mapping) or element.get("type") not in ("plain_text_input", "static_select"):
        yield f"unsupported element [json-pointer:{at}/element]"
    elif element["type"] == "static_select":
        options, where = element.get("options") or (), f"{at}/element/options"
        if not 0 < len(options) <= kit.MOST_OPTIONS:
            yield f"no less than 1 and no more than {kit.MOST_OPTIONS} items allowed [json-pointer:{where}]"
        for place, option in enumerate(options):
            yield from _text(option.get("text"), kit.BUTTON, f"{where}/{place}/text")
        if (first := element.get("initial_option")) is not None and first not in options:
            yield f"must be one of the options [json-pointer:{at}/element/initial_option]"


def _element(kind: str, element: Any, at: str) -> Iterator[str]:
    if not isinstance(element, Mapping):
        yield f"must be an object [json-pointer:{at}]"
    elif kind == "context":
        yield from _text(element, kit.SECTION, at)
    elif element.get("type") == "button":
        yield from _text(element.get("text"), kit.BUTTON, f"{at}/text")
        if len(str(element.get("value", ""))) > kit.VALUE:
            yield f"must be less than {kit.VALUE + 1} characters [json-pointer:{at}/value]"
        if len(str(element.get("action_id", ""))) > kit.BLOCK_ID:
            yield f"must be less than {kit.BLOCK_ID + 1} characters [json-pointer:{at}/action_id]"
    elif kind == "rich_text":
        yield from _rich(element, at)


def _rich(element: Mapping[str, Any], at: str) -> Iterator[str]:
    for place, one in enumerate(element.get("elements", ())):
        if one.get("type") in ("text", "link") and "text" in one and not one["text"]:
            yield f"must be more than 0 characters [json-pointer:{at}/elements/{place}/text]"
        yield from _rich(one, f"{at}/elements/{place}")


def _text(text: Any, most: int, at: str) -> Iterator[str]:
    said = text.get("text") if isinstance(text, Mapping) else None
    if not isinstance(said, str) or not said:
        yield f"must be more than 0 characters [json-pointer:{at}/text]"
    elif len(said) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{at}/text]"

"""Texts: REST API 3 writes documents, webhooks and Data Center write plain text."""

from __future__ import annotations

import re
from typing import Any

from msgspec import UNSET

from fairlead.connectors.kit.moments import filled
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.kinds import Text

_BLOCKS = frozenset(
    (
        "paragraph", "heading", "blockquote", "codeBlock", "listItem", "panel", "rule", "tableRow", "taskItem",
        "decisionItem", "mediaSingle",
    )
)  # fmt: skip
_MARKUP = re.compile(r"([{\[!])")
_MANY_LINES = re.compile(r"\n{3,}")


def prose(doc: Doc, key: str) -> Text:
    """A text that may be a document of Atlassian's format; formatting is left away, words are not."""
    value = doc.plain(key)
    if key not in doc:
        return UNSET
    if type(value) is dict:
        return filled(_flat(value))
    return filled(doc.text(key))


def plain(value: Any) -> str:
    """The words of a text or document."""
    return _flat(value) if type(value) is dict else value if type(value) is str else ""


def document_of(text: str) -> dict[str, Any]:
    """Plain words as a document of Atlassian's format: nothing in them can be markup there."""
    blocks = [block.split("\n") for block in re.split(r"\n{2,}", text.strip())]
    return {"type": "doc", "version": 1, "content": [_paragraph(lines) for lines in blocks]}


def _paragraph(lines: list[str]) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    for line in lines:
        # a node without a text is refused
        parts += [{"type": "hardBreak"}] if parts else []
        parts += [{"type": "text", "text": line}] if line else []
    return {"type": "paragraph", "content": parts}


def markup_of(text: str) -> str:
    """Plain words for Data Center's wiki markup: macros, links, mentions and pictures lose their force."""
    return _MARKUP.sub(r"\\\1", text)


def _flat(document: dict[str, Any]) -> str:
    """By a stack of our own: documents of strangers may be nested more deeply than Python likes."""
    parts: list[str] = []
    waiting: list[Any] = [document]
    while waiting:
        node = waiting.pop()
        if type(node) is str:
            parts.append(node)
        elif type(node) is dict:
            parts.append(_leaf(node))
            # what follows a node lies below it on the stack
            if str(node.get("type")) in _BLOCKS:
                waiting.append("\n")
            inner = node.get("content")
            waiting += reversed(inner) if type(inner) is list else ()
    return _MANY_LINES.sub("\n\n", "".join(parts)).strip()


def _leaf(node: dict[str, Any]) -> str:
    kind, attrs = node.get("type"), node.get("attrs")
    if kind == "text":
        value = node.get("text")
    elif kind == "hardBreak":
        value = "\n"
    elif type(attrs) is dict:
        value = attrs.get("text") or attrs.get("url") or attrs.get("shortName")
    else:
        value = ""
    return value if type(value) is str else ""

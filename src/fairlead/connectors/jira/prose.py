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
_MANY_LINES = re.compile(r"\n{3,}")


def prose(doc: Doc, key: str) -> Text:
    """A text that may be a document of Atlassian's format; formatting is left away, words are not."""
    value = doc.plain(key)
    if key not in doc:
        return UNSET
    if type(value) is dict:
        return filled(_flat(value))
    return filled(doc.text(key))


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

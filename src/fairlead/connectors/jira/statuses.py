"""Which category a status is of; Jira keeps no word for work that was given up."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import UNSET

from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.kinds import Text
from fairlead.model.records.work import STATUS_CATEGORIES

CATEGORIES: Mapping[str, str] = {"new": "todo", "indeterminate": "in_progress", "done": "done"}
"""Jira's keys, which stay the same in every language; `undefined` says nothing."""

_GIVEN_UP = frozenset(
    (
        "canceled", "cancelled", "won't do", "wont do", "won't fix", "wont fix", "will not do", "will not fix",
        "rejected", "declined", "abandoned", "obsolete", "invalid", "not planned", "withdrawn", "duplicate",
        "cannot reproduce", "incomplete", "out of scope",
    )
)  # fmt: skip
"""Statuses and resolutions that end work without a result."""


def of(status: Doc | None, resolution: Text, options: Mapping[str, Any], known: Mapping[str, str]) -> Text:
    """Category of a status object that an issue carries."""
    if status is None:
        return UNSET
    inner = status.child("statusCategory")
    # older payloads of comments name the status only; the sync knows its category by its id
    key = CATEGORIES.get(inner.text("key") or "") if inner else None
    identity, name = status.text("id") or "", status.text("name") or ""
    return category(identity, name, key or known.get(identity), resolution, options)


def category(identity: str, name: str, word: str | None, resolution: Text, options: Mapping[str, Any]) -> Text:
    """Category in our words: the options first, by name or id, then Jira's own, given up or not."""
    own = options.get("statuses")
    if isinstance(own, Mapping):
        chosen = own.get(name, own.get(identity))
        if chosen in STATUS_CATEGORIES:
            return str(chosen)
    if word == "done" and (given_up(name, options) or given_up(resolution, options)):
        return "canceled"
    return word or UNSET


def given_up(word: Text, options: Mapping[str, Any]) -> bool:
    """Whether a status or a resolution means that nothing came of it."""
    if not isinstance(word, str):
        return False
    own = options.get("canceled")
    if isinstance(own, list | tuple) and word in own:
        return True
    return word.strip().lower().replace("\u2019", "'") in _GIVEN_UP


def noted(text: str) -> Mapping[str, str]:
    """What a sync noted: id of a status -> category."""
    return _noted(text) if text else {}


@lru_cache(maxsize=64)
def _noted(text: str) -> Mapping[str, str]:
    try:
        found = msgspec.json.decode(text, type=dict[str, str])
    except msgspec.MsgspecError:
        return {}
    return {identity: word for identity, word in found.items() if word in STATUS_CATEGORIES}

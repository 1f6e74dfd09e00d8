"""What the custom fields of a Jira mean: their numbers differ from one Jira to the next.

A reader learns it from the options first, then from what the sync noted beside a page, and in a webhook from the
shape of a value and from the names in its changelog.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from fairlead.connectors.kit.payload import Doc

MEANINGS = ("points", "sprint", "epic", "flagged")
Fields = Mapping[str, tuple[str, ...]]
"""Meaning -> ids of fields; several mean points where some projects are managed by their teams."""

_CUSTOM: Mapping[str, str] = {
    "com.pyxis.greenhopper.jira:gh-sprint": "sprint",
    "com.pyxis.greenhopper.jira:gh-epic-link": "epic",
    "com.pyxis.greenhopper.jira:jsw-story-points": "points",
}
_NAMES: Mapping[str, tuple[str, str]] = {
    "story points": ("points", "number"),
    "story point estimate": ("points", "number"),
    "flagged": ("flagged", "array"),
}
"""Name -> meaning, and the type that such a field must have: anybody may name a text field so."""

_OLD_SPRINT = "com.atlassian.greenhopper.service.sprint.Sprint@"
_FIELD = re.compile(r"customfield_\d{1,18}")


def found(entries: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Meanings of the entries of `/field`."""
    known: dict[str, list[str]] = {}
    for entry in entries:
        identity, meaning = entry.get("id"), _meaning(entry)
        if meaning and isinstance(identity, str):
            known.setdefault(meaning, []).append(identity)
    return {meaning: tuple(sorted(known[meaning])) for meaning in MEANINGS if meaning in known}


def noted(text: str) -> Fields:
    """What a sync noted; anything else than a note of ours means nothing."""
    return _noted(text) if text else {}


def stated(options: Mapping[str, Any]) -> Fields:
    """What people said: `fields = {points = "customfield_10016"}`, one or several."""
    own = options.get("fields")
    if not isinstance(own, Mapping):
        return {}
    return {meaning: _several(own[meaning]) for meaning in MEANINGS if meaning in own}


def recognised(fields: Doc) -> dict[str, tuple[str, ...]]:
    """Custom fields of one issue whose values can only be one thing."""
    known: dict[str, list[str]] = {}
    for name, value in fields.data.items():
        if type(value) is list and value and _FIELD.fullmatch(name) and (meaning := _shape(value[0])):
            known.setdefault(meaning, []).append(name)
    return {meaning: tuple(names) for meaning, names in known.items()}


def _meaning(entry: Mapping[str, Any]) -> str:
    schema, name = entry.get("schema"), entry.get("name")
    if not isinstance(schema, Mapping):
        return ""
    if meaning := _CUSTOM.get(str(schema.get("custom"))):
        return meaning
    meaning, kind = _NAMES.get(name.strip().lower(), ("", "")) if isinstance(name, str) else ("", "")
    return meaning if schema.get("type") == kind and schema.get("custom") else ""


def _shape(value: Any) -> str:
    if type(value) is str:
        return "sprint" if value.startswith(_OLD_SPRINT) else ""
    if type(value) is not dict:
        return ""
    if value.get("state") in ("active", "closed", "future") and "name" in value and "boardId" in value:
        return "sprint"
    # the only choice that the field has, in every Jira, unless somebody renamed it
    return "flagged" if value.get("value") == "Impediment" else ""


def _several(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list | tuple) else [value]
    return tuple(one for one in listed if isinstance(one, str))


@lru_cache(maxsize=64)
def _noted(text: str) -> Fields:
    try:
        return msgspec.json.decode(text, type=dict[str, tuple[str, ...]])
    except msgspec.MsgspecError:
        return {}

"""`pull_request_rules` of Mergify: conditions as ours, actions as proposals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fairlead.signals.importing.translated import Translated, listed, quoted, table

_CONDITION = re.compile(r"^(-?)(#?)([a-z-]+)\s*(?:(>=|<=|!=|~=|\*=|=|>|<|:)\s*(.+))?$")
_NUMBERS = {
    "files": "files",
    "modified-lines": "lines",
    "added-lines": "",
    "deleted-lines": "",
    "label": "count(labels)",
}
_FLAGS = {"draft": "why = 'draft'", "conflict": "why = 'conflict'"}
_MOMENTS = {"created-at": "opened_at", "updated-at": "updated_at"}
_TEXTS = {"base": "base", "title": "title"}
_AGO = re.compile(r"(\d+)\s*(minute|hour|day|week)s?")
_LETTER = {"minute": "m", "hour": "h", "day": "d", "week": "w"}
_JOINED = {"and": "all", "or": "any", "not": "all"}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def translate(said: Mapping[str, Any]) -> Translated:
    """A rule of ours for each of theirs of which every condition has a counterpart."""
    made = Translated()
    given = said.get("pull_request_rules")
    for rule in given if isinstance(given, list) else ():
        _rule(made, table(rule))
    for key in said:
        if key != "pull_request_rules":
            made.leave(key, "only `pull_request_rules` are translated")
    return made


def _rule(made: Translated, rule: Mapping[str, Any]) -> None:
    name = str(rule.get("name", "rule"))
    given = rule.get("conditions")
    missing: list[str] = []
    where = [one for one in (_condition(said, missing) for said in (given if isinstance(given, list) else ())) if one]
    # a rule with a condition less would say something else
    for said in missing:
        made.leave(name, f"its condition `{said}` has no counterpart")
    if missing:
        return
    propose: dict[str, Any] = {}
    for action, how in table(rule.get("actions")).items():
        found = _act(action, table(how))
        if not found or propose:
            made.leave(f"{name}, `{action}`", "a rule proposes one act" if found else "no counterpart")
        propose = propose or found
    made.add(name, name, "change", where or ["true"], then={"propose": propose} if propose else {})


def _condition(said: Any, missing: list[str]) -> Any:
    """One condition; empty where it always holds of what is open, or has no counterpart, which is told as missing."""
    if isinstance(said, Mapping):
        joined: list[Any] = []
        for how, inner in said.items():
            if how not in _JOINED:
                missing.append(str(how))
                continue
            parts = [_condition(one, missing) or "true" for one in (inner if isinstance(inner, list) else [inner])]
            both = {_JOINED[how]: parts}
            joined.append({"not": both} if how == "not" else both)
        return joined[0] if len(joined) == 1 else {"all": joined}
    try:
        return _single(str(said).strip())
    except ValueError:
        missing.append(str(said))
        return ""


def _single(said: str) -> Any:
    found = _CONDITION.match(said)
    if not found:
        raise ValueError(said)
    denied, counted, name, how, value = found.groups()
    ours: str = _plain(said, counted, name, how, value)
    if ours == "":
        if denied:
            return ""
        raise ValueError(said)
    return {"not": ours} if denied else ours


def _plain(said: str, counted: str, name: str, how: str | None, value: str | None) -> str:
    value = (value or "").strip().strip("\"'")
    if name in ("merged", "closed") and not how:
        return ""
    if not how and name in _FLAGS:
        return _FLAGS[name]
    if counted and _NUMBERS.get(name) and how in ("=", "!=", ">", ">=", "<", "<=") and value.isdigit():
        return f"{_NUMBERS[name]} {how} {value}"
    if not counted and how in ("=", "!=", ":"):
        if name == "label":
            return f"{'not ' if how == '!=' else ''}has(labels, {quoted(value)})"
        if name in _TEXTS:
            return f"{_TEXTS[name]} {how if how != ':' else '='} {quoted(value)}"
    if name in _MOMENTS and how in _TURNED and value.endswith("ago") and (parts := _AGO.findall(value)):
        # earlier than a while ago is longer since than that while
        length = " + ".join(f"{count}{_LETTER[unit]}" for count, unit in parts)
        return f"time_since({_MOMENTS[name]}) {_TURNED[how]} {length}"
    raise ValueError(said)


def _act(action: str, how: Mapping[str, Any]) -> dict[str, Any]:
    if action == "comment" and how.get("message"):
        # their templates name what ours do not
        return (
            {} if "{{" in str(how["message"]) else {"kind": "comment", "subject": "{id}", "body": str(how["message"])}
        )
    if action == "label" and (how.get("add") or how.get("remove")):
        return {
            "kind": "label",
            "subject": "{id}",
            "add": listed(how.get("add")),
            "remove": listed(how.get("remove")),
        }
    if action == "request_reviews" and isinstance(how.get("users"), list):
        return {"kind": "request_review", "subject": "{id}", "reviewers": [f"github:@{one}" for one in how["users"]]}
    return {}

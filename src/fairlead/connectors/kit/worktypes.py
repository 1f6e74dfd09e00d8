"""From labels and issue types to Fairlead's kinds of work."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import UNSET

from fairlead.model.records.kinds import Text, Texts
from fairlead.model.records.work import WORK_TYPES

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "bug": "bug", "defect": "bug", "regression": "bug", "fix": "bug", "crash": "bug",
        "feature": "feature", "enhancement": "feature", "story": "feature", "improvement": "feature",
        "feature request": "feature", "user story": "feature",
        "tech debt": "tech_debt", "technical debt": "tech_debt", "debt": "tech_debt", "refactor": "tech_debt",
        "refactoring": "tech_debt", "cleanup": "tech_debt", "maintenance": "tech_debt",
        "toil": "toil", "chore": "toil", "ops": "toil", "dependencies": "toil", "support": "toil",
        "incident": "incident", "outage": "incident",
        "epic": "epic", "initiative": "epic",
        "task": "task", "documentation": "task", "docs": "task", "subtask": "task", "sub task": "task",
    }
)  # fmt: skip
_STRONGEST_FIRST = ("incident", "epic", "bug", "tech_debt", "toil", "feature", "task")
_PREFIXES = ("type", "kind", "category", "work")


def work_type(labels: Texts, type_name: Text, options: Mapping[str, Any]) -> Text:
    """The tool's own type decides if it means something, else the strongest label; `work_types` of the options first.

    Unsaid if neither labels nor type are said.
    """
    if labels is UNSET and type_name is UNSET:
        return UNSET
    own = options.get("work_types")
    table = own if isinstance(own, Mapping) else {}
    if isinstance(type_name, str) and (found := _meaning(type_name, table)):
        return found
    meant = {found for label in labels or () if (found := _meaning(label, table))}
    return next((kind for kind in _STRONGEST_FIRST if kind in meant), "other")


def _meaning(name: str, table: Mapping[str, Any]) -> str | None:
    """`type: bug`, `kind/bug`, GitLab's scoped `type::bug` and `Bug` all mean the same."""
    word = name.strip().lower()
    stated = table.get(name, table.get(word))
    if stated in WORK_TYPES:
        return str(stated)
    for mark in ("::", ":", "/"):
        head, found, tail = word.partition(mark)
        if found and head.strip() in _PREFIXES:
            word = tail.strip()
    return _WORDS.get(word.replace("-", " ").replace("_", " "))

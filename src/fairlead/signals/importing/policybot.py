"""`approval_rules` of policy-bot: what was merged without the approvals that they ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fairlead.signals.importing.translated import Translated, listed, quoted, table

_HELD = re.compile(r"^\s*([<>]=?)\s*(\d+)\s*$")


def translate(said: Mapping[str, Any]) -> Translated:
    """A rule for each of theirs; who may approve is policy's to say and not a rule's."""
    made = Translated()
    for rule in said.get("approval_rules") or ():
        _rule(made, table(rule))
    if said.get("policy"):
        made.leave("policy", "how rules are joined into one verdict: write that as a policy")
    return made


def _rule(made: Translated, rule: Mapping[str, Any]) -> None:
    name = str(rule.get("name", "rule"))
    requires = table(rule.get("requires"))
    count = requires.get("count", 0)
    if not isinstance(count, int) or count < 1:
        made.leave(name, "it asks for no approval")
        return
    found = {predicate: _predicate(predicate, value) for predicate, value in table(rule.get("if")).items()}
    missing = [predicate for predicate, ours in found.items() if ours is None]
    for predicate in missing:
        made.leave(name, f"its predicate `{predicate}` has no counterpart")
    if missing:
        return
    where: list[Any] = [one for ours in found.values() for one in ours or ()]
    for key in requires:
        if key != "count":
            made.leave(f"{name}, requires.{key}", "who may approve is policy's to say")
    if count > 1:
        made.leave(f"{name}, requires.count: {count}", "counted are humans who reviewed, whatever they said")
    where.append("approved_at is unknown" if count == 1 else f"reviewers < {count}")
    made.add(name, f"Was merged without what `{name}` asks for", "merged_change", where)


def _predicate(predicate: str, value: Any) -> list[Any] | None:
    """Ours, or nothing where there is none; all of a list must hold."""
    if predicate == "has_labels":
        return [f"has(labels, {quoted(label)})" for label in listed(value)]
    if predicate in ("targets_branch", "title"):
        pattern = str(table(value).get("pattern", ""))
        exact = re.fullmatch(r"\^?\(?([\w/-]+(?:\|[\w/-]+)*)\)?\$?", pattern)
        # an expression that is not anchored at both ends means more than its words
        if predicate == "targets_branch" and exact and pattern.startswith("^") and pattern.endswith("$"):
            return [f"base in ({', '.join(map(quoted, exact[1].split('|')))})"]
        return None
    if (
        predicate == "modified_lines"
        and set(table(value)) == {"total"}
        and (held := _HELD.match(str(value["total"])))
    ):
        return [f"lines {held[1]} {held[2]}"]
    return None

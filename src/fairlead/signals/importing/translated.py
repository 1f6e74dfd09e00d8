"""What a translation gives: rules as their file would have them, and what was left out and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Translated:
    """Rules in the making."""

    rules: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def add(self, name: str, title: str, subject: str, where: Sequence[Any], **more: Any) -> None:
        """Another rule, which only watches until somebody has looked at it."""
        ident = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "rule"
        taken = {rule["id"] for rule in self.rules}
        count = next(n for n in range(1, len(taken) + 2) if (ident if n == 1 else f"{ident}-{n}") not in taken)
        self.rules.append({
            "id": ident if count == 1 else f"{ident}-{count}",
            # a brace would be read as the name of a column
            "title": title.replace("{", "(").replace("}", ")"),
            "subject": subject, "where": list(where), "mode": "monitor",
            **{key: value for key, value in more.items() if value},
        })  # fmt: skip

    def leave(self, what: str, why: str) -> None:
        """Says what did not come along."""
        self.left_out.append(f"{what}: {why}")


def quoted(text: object) -> str:
    """A text of the language."""
    return "'" + str(text).replace("\n", " ").replace("'", "''") + "'"


def listed(said: Any) -> list[str]:
    """A list, or a text with commas, as both are written."""
    parts = said if isinstance(said, list) else str(said or "").split(",")
    return [text for part in parts if (text := str(part).strip())]


def table(said: Any) -> Mapping[str, Any]:
    """A table, else an empty one."""
    return said if isinstance(said, Mapping) else {}

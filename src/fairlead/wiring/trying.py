"""Examples of rules, judged on a warehouse without rows that has the team's own calendars."""

from __future__ import annotations

from typing import Any

from fairlead.config.load import Loaded
from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.signals.rules import read
from fairlead.signals.trying import tried
from fairlead.wiring.ruling import named


def examples(loaded: Loaded, rule: str = "") -> list[dict[str, Any]]:
    """Each example of all rules, or of one, with what came of it."""
    rules, _ = read(loaded.own_folders("rules"))
    chosen = [named(rules, rule)] if rule else list(rules.values())
    warehouse = Warehouse(None, MemorySource(), loaded.settings.setup())
    try:
        warehouse.refresh()
        return [
            {
                "rule": one.rule, "example": one.number, "right": one.right,
                "expected": " ".join(filter(None, (one.case.expect, one.case.severity))),
                "found": " ".join(filter(None, (one.found, one.severity))),
            }
            for one in tried(warehouse, chosen)
        ]  # fmt: skip
    finally:
        warehouse.close()

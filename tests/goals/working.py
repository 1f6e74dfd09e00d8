"""A small team's items, objectives and words about them, as records of a warehouse."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fairlead.goals import facts
from fairlead.goals.effort import Effort, Measure, effort
from fairlead.goals.linking import Link, Rule, links
from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Window
from fairlead.model.setup import Setup, TeamSetup
from fairlead.model.times import FixedClock

SETUP = Setup(teams={"pay": TeamSetup(), "web": TeamSetup()})


def march(day: int, hour: int = 9) -> datetime:
    """2 March 2026 is a Monday."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)


NOW = march(27, 18)
WEEK = Window(start=march(9, 0), end=march(16, 0))


@dataclass
class Work:
    """What there is; each call adds to it."""

    source: MemorySource = field(default_factory=MemorySource)

    def goal(self, name: str, title: str = "", **said: Any) -> str:
        """An objective of the quarter."""
        identity = f"objective:{name}"
        self.source.put("objectives", {
            "id": identity, "title": title or name, "state": "open", "starts_at": march(1, 0),
            "due_at": datetime(2026, 4, 1, tzinfo=UTC), **said,
        })  # fmt: skip
        return identity

    def item(self, key: str, title: str = "", *, began: datetime | None = None, done: datetime | None = None,
             **said: Any) -> str:  # fmt: skip
        """An item that somebody may have begun and finished."""
        identity = f"jira:{key}"
        category = "done" if done else "in_progress" if began else "todo"
        self.source.put("work_items", {
            "id": identity, "key": key, "title": title or key, "created_at": march(2), "status_category": category,
            "status": category, "project": "P", "source": "jira", "closed_at": done, **said,
        })  # fmt: skip
        moves = [(march(2), "todo"), (began, "in_progress"), (done, "done")]
        before = None
        for at, to in moves:
            if at is not None:
                self.source.put("work_item_transitions", {
                    "id": f"{identity}/{to}", "work_item": identity, "at": at, "from_status": before, "to_status": to,
                    "from_category": before, "to_category": to, "source": "jira",
                })  # fmt: skip
                before = to
        return identity

    def word(self, goal: str, item: str, state: str) -> None:
        """Somebody says that an item serves an objective, or not."""
        self.source.put("objective_links", {
            "id": f"objective_link:{goal}/{item}", "objective": goal, "work_item": item, "state": state,
            "at": march(3),
        })  # fmt: skip

    def warehouse(self) -> Warehouse:
        """All of it, refreshed."""
        made = Warehouse(None, self.source, SETUP, FixedClock(NOW))
        made.refresh()
        return made

    def linked(self, *rules: Rule) -> list[Link]:
        """Which item serves which objective."""
        warehouse = self.warehouse()
        return links(warehouse, facts.load(warehouse), rules)

    def served(self, *rules: Rule) -> dict[tuple[str, str], str]:
        """The same by short names: objective and key -> by what."""
        return {(one.objective.partition(":")[2], one.item.partition(":")[2]): one.by for one in self.linked(*rules)}

    def effort(self, window: Window = WEEK, measure: Measure = "time", team: str | None = None) -> Effort:
        """Effort of a week."""
        warehouse = self.warehouse()
        goals = facts.load(warehouse)
        found = links(warehouse, goals)
        return effort(warehouse, [goal.id for goal in goals], found, window, measure=measure, team=team)

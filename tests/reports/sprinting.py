"""Sprints of a team as a test states them: each item with the working day on which it was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tests.reports.stories import Story

MONDAY = datetime(2026, 9, 7, 8, tzinfo=UTC)
LENGTH = timedelta(days=14)


class Board:
    """Sprints of two weeks that follow each other from a Monday at 08:00, number 1 first."""

    def __init__(self, story: Story, team: str | None = "team:pay") -> None:
        self.story, self.team, self.items, self.events = story, team, 0, 0

    def sprint(self, number: int, *, closed: bool = True, goal: str = "") -> str:
        start = self.start(number)
        return self.story.add(
            "sprints", id=f"jira:sprint/{number}", name=f"Pay Sprint {number}", goal=goal or None, team=self.team,
            state="closed" if closed else "active", project="PAY", source="jira", start_at=start,
            end_at=start + LENGTH, completed_at=start + LENGTH if closed else None,
            url=f"https://jira.example/sprint/{number}",
        )  # fmt: skip

    @staticmethod
    def start(number: int) -> datetime:
        return MONDAY + (number - 1) * LENGTH

    def at(self, number: int, day: int, hour: float = 2) -> datetime:
        """So many working days into a sprint: days 0 to 4 are its first week, 5 to 9 its second."""
        return self.start(number) + timedelta(days=day + 2 * (day // 5), hours=hour)

    def item(
        self,
        sprints: Sequence[int],
        *,
        done: datetime | None = None,
        started: datetime | None = None,
        points: float | None = 3,
        title: str = "",
        created: datetime | None = None,
    ) -> str:
        """An item that was planned into the first of these sprints and went on to the others at each start."""
        self.items += 1
        item = f"jira:PAY-{self.items}"
        first = self.start(sprints[0]) - timedelta(days=1)
        self.story.add(
            "work_items", id=item, key=f"PAY-{self.items}", title=title or f"Part {self.items}", project="PAY",
            team=self.team, source="jira", work_type="feature", points=points, created_at=created or first,
            sprint=f"jira:sprint/{sprints[-1]}", url=f"https://jira.example/browse/PAY-{self.items}",
            status="Done" if done else "In Progress" if started else "To Do",
            status_category="done" if done else "in_progress" if started else "todo", closed_at=done,
        )  # fmt: skip
        before = ""
        for number in sprints:
            at = first if number == sprints[0] else self.start(number)
            after = ",".join(filter(None, (before, f"jira:sprint/{number}")))
            self.change(item, "sprint", before, after, created if created and created > at else at)
            before = after
        if started:
            self.moved(item, "todo", "in_progress", started)
        if done:
            self.moved(item, "in_progress" if started else "todo", "done", done)
        return item

    def change(self, item: str, field: str, before: str, after: str, at: datetime) -> None:
        self.events += 1
        self.story.add(
            "work_item_changes", id=f"{item}/{field}/{self.events}", work_item=item, at=at, field=field,
            from_value=before or None, to_value=after or None,
        )  # fmt: skip

    def moved(self, item: str, before: str, after: str, at: datetime) -> None:
        self.events += 1
        self.story.add(
            "work_item_transitions", id=f"{item}/transition/{self.events}", work_item=item, at=at, from_status=before,
            to_status=after, from_category=before, to_category=after,
        )  # fmt: skip

    def past(self, numbers: Sequence[int], daily: Sequence[int] = (1, 0, 2, 1, 1, 0, 1, 2, 1, 1)) -> None:
        """Closed sprints, each of whose working days brought so many items."""
        for number in numbers:
            self.sprint(number)
            for day, count in enumerate(daily):
                for turn in range(count):
                    done = self.at(number, day, 2 + turn)
                    self.item([number], started=done - timedelta(hours=20), done=done)

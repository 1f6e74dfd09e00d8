"""Writer of the dates that a milestone had: tools keep the last one only, so each that they tell is kept."""

from __future__ import annotations

from datetime import datetime

from fairlead.connectors.kit.sheet import Sheet
from fairlead.model.records.kinds import Text, Time
from fairlead.model.records.work import MilestoneDate
from fairlead.model.times import iso


def say_date(
    sheet: Sheet, milestone: str, at: Time, due_at: Time, state: Text, rank: int = 0, *, by_day: bool = False
) -> None:
    """Says when a milestone was due as of a moment; without a moment nothing, for then nobody knows since when.

    Where a tool lists the same again with every sync, its last telling of a day stands for the day.
    """
    if not isinstance(at, datetime):
        return
    since = at.replace(hour=0, minute=0, second=0, microsecond=0) if by_day else at
    sheet.say(
        MilestoneDate(
            id=f"{milestone}/date/{since:%Y-%m-%d}" if by_day else f"{milestone}/date/{iso(at)}",
            source=sheet.source,
            milestone=milestone,
            at=since,
            due_at=due_at,
            state=state,
        ),
        at,
        rank,
    )

"""Forecasts that were asked for each Monday: kept as they were said then, and judged by what came since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from fairlead.planning import scoring
from fairlead.reports.asked import Asked
from fairlead.reports.forecast import Question
from fairlead.wiring import forecasts
from fairlead.wiring.services import Services

_WEEKS = 7
_TEAM = "payments"
_ITEMS = 12
_LOOKS_DAYS = 11
"""To the Friday of the week after."""


def play_forecasts(services: Services, now: datetime) -> None:
    """A team asks when its next dozen is done, and how many there will be at the end of the week after."""
    for monday in _mondays(now):
        asked = Asked(services.warehouse, services.setup, monday, _TEAM)
        friday = (monday + timedelta(days=_LOOKS_DAYS)).date()
        for question in (Question(items=_ITEMS), Question(by=friday)):
            forecasts.give(services, asked, question)
    services.catch_up()
    scoring.judge(services.database, services.warehouse, now)


def _mondays(now: datetime) -> Iterator[datetime]:
    monday = now - timedelta(days=now.weekday())
    for week in range(_WEEKS, 0, -1):
        yield monday - timedelta(weeks=week)

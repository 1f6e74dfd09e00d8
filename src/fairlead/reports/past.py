"""A question about a week that is over, put to what was known by its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from fairlead.reports.asked import Asked
from fairlead.reports.intake import Intake
from fairlead.reports.weekly_facts import period_of

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

Past = Callable[[datetime], AbstractContextManager["Warehouse"]]
"""Opens the warehouse of a moment, for as long as it is asked."""


@contextmanager
def asked_in_week(past: Past, asked: Asked, week: str) -> Iterator[Asked]:
    """The same question as of the end of a week that is named and over; any other as it is."""
    end = period_of(asked, week).end if week else asked.now
    if end >= asked.now:
        yield asked
        return
    # What waits to be read now says nothing about then; that sources are configured it still knows.
    intake = Intake(asked.intake.configured)
    with past(end) as warehouse:
        yield replace(asked, warehouse=warehouse, now=end, intake=intake)

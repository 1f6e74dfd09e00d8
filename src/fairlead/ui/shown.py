"""How values look to a reader: the wording of the reports, with what only pages need beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fairlead.model.times import parse_time
from fairlead.reports.figure_words import quantity
from fairlead.reports.wording import Wording, Working

_MOMENT = re.compile(
    r"\b(?:\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z| \d\d:\d\d UTC)"
    r"|(?P<said>[A-Z][a-z]{2} \d\d [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC))"
)
DASH = "–"
"""Stands in an empty cell; the reason is on hover."""


def zone_of(name: str) -> tzinfo:
    """The zone by its name; UTC where the machine does not know it."""
    try:
        # The name comes from records of people: a wrong one must not take their pages away.
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


@dataclass(frozen=True)
class Shown:
    """Words values for one reader."""

    wording: Wording
    zone: tzinfo
    now: datetime

    @property
    def zone_name(self) -> str:
        """The zone as people say it, like `Europe/Berlin`."""
        return str(self.zone)

    def moment(self, at: datetime | None) -> str:
        """`Tue 14 Oct, 16:20`, with the year once it is another one."""
        return DASH if at is None else self.wording.moment(at)

    def retold(self, text: str) -> str:
        """A sentence written down for everybody, with its moments as this reader has them."""

        def local(found: re.Match[str]) -> str:
            # a tool's own text may hold what only looks like a moment
            try:
                if found["said"]:
                    # as `signals/templates.py` writes them down
                    return self.moment(datetime.strptime(found["said"], "%a %d %b %Y, %H:%M UTC").replace(tzinfo=UTC))
                return self.moment(parse_time(found[0].replace(" UTC", "Z")))
            except ValueError:
                return found[0]

        return _MOMENT.sub(local, text)

    def exact(self, at: datetime) -> str:
        """The moment to the second with its zone, for the hover."""
        local = at.astimezone(self.zone)
        return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}"

    def time(self, at: datetime) -> str:
        """`16:20`."""
        return f"{at.astimezone(self.zone):%H:%M}"

    def day(self, at: datetime | date) -> str:
        """`Tue 14 Oct`."""
        if isinstance(at, datetime):
            return self.wording.day(at)
        # Noon: a day without a time must not fall on the day before in another zone.
        return self.wording.day(datetime(at.year, at.month, at.day, 12, tzinfo=self.zone))

    def ago(self, at: datetime) -> str:
        """`3 h ago`: the relative form that stands beside a date."""
        return self.wording.ago(at)

    def span(self, seconds: float | None) -> str:
        """A length of time with one unit: `42 s`, `42 min`, `31 h`, `3.4 days`."""
        return DASH if seconds is None else self.wording.elapsed(seconds)

    def working(self, seconds: float, day_seconds: float) -> str:
        """A length of working time: `1.4 working days`."""
        return self.wording.working(Working(seconds, day_seconds))

    def number(self, value: float | None, digits: int = 1) -> str:
        """A number by the reader's rules, without useless zeros."""
        if value is None:
            return DASH
        return self.wording.number(value if isinstance(value, int) else round(value, digits))

    def value(self, value: float | None, unit: str) -> str:
        """A figure's value with its unit in words."""
        return quantity(value, unit, self.wording)

    def reason(self, key: str, count: int) -> str:
        """Why rows were left out; a reason of a team's own figure is shown as it is written."""
        # A team's own figures bring reasons that no catalogue has.
        known = f"reason.{key}"
        return self.wording(known, n=count) if self.wording.knows(known) else key.replace("_", " ")

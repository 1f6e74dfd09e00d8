"""When an act would be done, as policies see it: the team's own hour, whether it works, whether it wants quiet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from fairlead.governance.policy.document import Moment
from fairlead.governance.policy.freezes import Freezes
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.times import epoch_us

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours and days in which a team is left alone."""

    begins: time | None = None
    ends: time | None = None
    days: frozenset[int] = frozenset()
    """Days of the week, 0 for Monday, that are quiet as a whole."""

    @classmethod
    def read(cls, hours: str, days: Sequence[str]) -> Quiet:
        """From settings like `20:00-07:00`; empty hours mean that only the days are quiet."""
        whole = frozenset(_DAYS.index(day) for day in days)
        if not hours:
            return cls(days=whole)
        begins, ends = (time.fromisoformat(part) for part in hours.split("-"))
        return cls(begins, ends, whole)

    def holds(self, local: datetime) -> bool:
        """Whether it is quiet at a local moment."""
        if local.weekday() in self.days:
            return True
        if self.begins is None or self.ends is None:
            return False
        at = local.time().replace(tzinfo=None)
        # hours that end before they begin go over midnight
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends

    def until(self, local: datetime) -> datetime | None:
        """When it is next loud; nothing where it is loud now, or never."""
        if not self.holds(local):
            return None
        points = (self.ends or time(0), time(0))
        for ahead in range(9):
            day = local.date() + timedelta(days=ahead)
            for point in sorted({*points}):
                at = datetime.combine(day, point, local.tzinfo)
                if at > local and not self.holds(at):
                    return at
        return None


def moment_of(now: datetime, calendar: WorkingCalendar, quiet: Quiet, freezes: Freezes) -> Moment:
    """The moment in a team's calendar, with the freezes that are in force."""
    local = now.astimezone(calendar.zone)
    loud = quiet.until(local)
    return Moment(
        now_ns=epoch_us(now) * 1000,
        time_zone=str(calendar.zone),
        weekday=local.isoweekday(),
        hour=local.hour,
        minute=local.minute,
        working=calendar.is_working(now),
        quiet=quiet.holds(local),
        loud_ns=epoch_us(loud) * 1000 if loud else 0,
        freezes=freezes.in_force(now),
    )

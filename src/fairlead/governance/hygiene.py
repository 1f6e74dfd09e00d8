"""When somebody is told of what: pure, from what waits, how they want to be told, and what they were told today.

What is over is left out; quiet hours are those of the reader's own wall clock and calendar; a subject is one message;
a day has a budget, and what exceeds it comes with the digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from fairlead.governance.notices import ACTION, APPROVAL
from fairlead.governance.wishes import Wish
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.times import epoch_us
from fairlead.store.notices import Notice, State

GATHERED_FOR = timedelta(minutes=15)
"""How long news of `today` waits for more of the same subject, and for being over before anybody has read it."""

Over = Literal["", "healed", "snoozed"]


@dataclass(frozen=True, slots=True)
class Pending:
    """A notice that waits, and whether what it tells of still stands."""

    notice: Notice
    over: Over = ""
    reason: str = ""
    """Why it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom it is for, as they are now."""

    calendar: WorkingCalendar
    wish: Wish = field(default_factory=Wish)
    reached: bool = True
    """Whether any channel reaches them; else it all lies on their page."""
    budget: int = 5
    spent: int = 0
    """Messages that were charged to this local day already."""
    digested: str = ""
    """Local day of the last digest."""


@dataclass(slots=True)
class Plan:
    """What to do now about all that waits for one reader."""

    day: str
    """The reader's local day."""
    settled: dict[tuple[State, str], list[str]] = field(default_factory=dict)
    """State and reason -> ids of notices that nobody is told of any more."""
    messages: list[tuple[Notice, ...]] = field(default_factory=list)
    """Each is one message of one subject, charged to the day unless it is exempt."""
    digest: tuple[Notice, ...] = ()
    """What goes into one message together, which costs nothing."""

    def settle(self, notice: Notice, state: State, reason: str = "") -> None:
        """Ends a notice without a message."""
        self.settled.setdefault((state, reason), []).append(notice.id)


def plan(now: datetime, waiting: Iterable[Pending], reader: Reader) -> Plan:
    """What to do now; asked again later it goes on from what has been settled since."""
    made = Plan(reader.calendar.local_day(now).isoformat())
    due = [one for one in _standing(now, waiting, reader, made) if one.not_before <= now]
    if not reader.reached:
        for notice in due:
            made.settle(notice, "page")
        return made
    if not is_quiet(now, reader):
        _send(now, due, reader, made)
    moment = digest_moment(now, reader)
    if moment is not None and moment <= now and reader.digested != made.day:
        told = {notice.id for group in made.messages for notice in group}
        made.digest = tuple(notice for notice in due if notice.id not in told and notice.made_at <= moment)
    return made


def is_quiet(now: datetime, reader: Reader) -> bool:
    """Whether the reader is to be left alone: outside the working hours, or the hours that they said themselves."""
    calendar = reader.calendar
    if not reader.wish.quiet:
        return not calendar.is_working(now)
    # own hours take the place of the day's hours alone: days off stay days off
    return is_day_off(now, calendar) or reader.wish.quiet_at(now.astimezone(calendar.zone).time())


def is_day_off(now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether it is no working day of theirs, or they are away at this moment."""
    at = epoch_us(now)
    away = any(start <= at < end for start, end in calendar.absences)
    return away or not calendar.is_working_day(calendar.local_day(now))


def digest_moment(now: datetime, reader: Reader) -> datetime | None:
    """When the digest of the present day comes; `None` on a day without one.

    Without a wish it comes as work begins. What is news only after it waits for the next one, else a quiet morning
    would make a digest of each single thing.
    """
    calendar = reader.calendar
    if is_day_off(now, calendar):
        return None
    day, at = calendar.local_day(now), reader.wish.digest_time
    if at is None:
        return calendar.next_working_moment(calendar.day_bounds(day)[0])
    # an hour that comes twice counts when it comes first, one that does not exist as much later as the gap is long
    return datetime.combine(day, at, calendar.zone).astimezone(UTC)


def _standing(now: datetime, waiting: Iterable[Pending], reader: Reader, made: Plan) -> list[Notice]:
    """What is still to be told, the oldest first; the rest is settled."""
    found = []
    for one in waiting:
        notice = one.notice
        if one.over:
            made.settle(notice, one.over, one.reason)
        elif notice.expires_at is not None and notice.expires_at <= now:
            made.settle(notice, "expired")
        elif notice.topic in reader.wish.muted:
            made.settle(notice, "muted", "by its reader")
        elif reader.wish.where and _is_left_out(now, notice, reader):
            made.settle(notice, "muted", "by a filter of its reader")
        else:
            found.append(notice)
    return sorted(found, key=lambda notice: (notice.made_at, notice.id))


def _is_left_out(now: datetime, notice: Notice, reader: Reader) -> bool:
    # a word that somebody is asked for is no matter of taste
    if notice.topic in (APPROVAL, ACTION):
        return False
    # late: nearly nobody has one, and the language takes its time to load
    from fairlead.governance.filtering import leaves_out

    return leaves_out(reader.wish.where, notice, now, reader.calendar)


def _send(now: datetime, due: Sequence[Notice], reader: Reader, made: Plan) -> None:
    left = reader.budget - reader.spent
    groups = [group for group in _by_subject(due).values() if _is_ripe(now, group)]
    for group in sorted(groups, key=_weight):
        if is_exempt(group):
            made.messages.append(tuple(group))
        elif left > 0:
            made.messages.append(tuple(group))
            left -= 1


def is_exempt(group: Iterable[Notice]) -> bool:
    """Whether a message costs nothing of the budget."""
    return any(notice.exempt for notice in group)


def _by_subject(due: Iterable[Notice]) -> Mapping[str, list[Notice]]:
    found: dict[str, list[Notice]] = {}
    for notice in due:
        found.setdefault(notice.subject, []).append(notice)
    return found


def _is_ripe(now: datetime, group: Sequence[Notice]) -> bool:
    """Whether a subject is to be told by itself, and now: what is for the digest goes along with what is not."""
    return any(
        notice.urgency == "now" or (notice.urgency == "today" and now - notice.made_at >= GATHERED_FOR)
        for notice in group
    )


def _weight(group: Sequence[Notice]) -> tuple[bool, bool, bool, datetime, str]:
    """What comes first where the budget is short."""
    urgent = any(notice.urgency == "now" for notice in group)
    # work stands still until somebody has given their word
    asked = any(notice.topic == APPROVAL for notice in group)
    return not is_exempt(group), not asked, not urgent, group[0].made_at, group[0].id

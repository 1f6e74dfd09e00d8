"""Who is on call when."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.kit.moments import SNAPSHOT
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.pagerduty.sheet import Sheet
from fairlead.model.patch import OLDEST
from fairlead.model.records.operation import OncallShift
from fairlead.model.times import iso, parse_time


def shift(sheet: Sheet, found: Doc) -> None:
    """One entry of `/oncalls`, cut to the window that was asked for.

    Windows are months and stand in the id: a month that is read again replaces its own shifts and no others.
    Who stands on a policy without a schedule is on call all the time and has neither start nor end.
    """
    since, until = _noted(sheet, "since"), _noted(sheet, "until")
    account = sheet.account(found.child("user"))
    if account is None or since is None or until is None:
        return
    # a shift reaches over months: each month holds its own part of it
    start, end = found.time("start") or since, found.time("end") or until
    start, end = max(start, since), min(end, until)
    if start >= end:
        return
    schedule, policy = found.child("schedule"), found.child("escalation_policy")
    place = (schedule or policy or found).text("id") or "unknown"
    level = found.whole("escalation_level")
    person = account.partition(":@")[2]
    sheet.say(
        OncallShift(
            id=f"{scope(sheet.source, since)}{place}/{level or 0}/{person}/{iso(start)}",
            source=sheet.source,
            deleted_at=None,
            account=account,
            schedule=(schedule or policy or found).text("summary") or UNSET,
            level=level,
            start_at=start,
            end_at=end,
        ),
        sheet.date or OLDEST,
        SNAPSHOT,
    )


def scope(source: str, since: datetime) -> str:
    """Prefix of the ids of a month's shifts."""
    return f"{source}:oncall/{since:%Y-%m}/"


def _noted(sheet: Sheet, name: str) -> datetime | None:
    try:
        return parse_time(sheet.headers.get(name, "") or None)
    except ValueError:
        return None

"""A signal as a line of the inbox, and who may say what of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead.model.errors import Denied
from fairlead.reports.plain import plain
from fairlead.signals.entering import calendar_of, demanded, read_until
from fairlead.ui.views.links import page_for, short, signal_page
from fairlead.ui.visit import Visit

TONES = {"escalate": "act", "quick_fix": "watch", "plan": "neutral", "backlog": "neutral"}
"""Response -> tone of its line."""
MAY = {"signal": "member", "team": "manager"}
"""What is said of -> the least role that may say it."""


@dataclass(frozen=True)
class Item:
    """One line."""

    id: str
    link: str
    title: str
    tone: str
    response: str
    severity: str
    rule: str
    subject: str
    subject_link: str
    team: str
    since: datetime | None
    state: str
    reason: str
    """Why nobody knows, or how it ended."""
    taken_by: str
    taken_at: datetime | None
    snoozed_until: datetime | None
    snooze_reason: str
    level: int
    next_at: datetime | None
    muted: str
    """`me` or `team` for whom its rule is muted; else empty."""
    cause: str
    may: bool
    """Whether the reader may take it on or put it off."""


def item(visit: Visit, row: Mapping[str, Any], known: Mapping[str, str], muted: Collection[tuple[str, str]]) -> Item:
    """A signal as its line."""
    me = str(getattr(visit.request.state.viewer, "person", ""))
    cause = row["cause"] or ""
    return Item(
        id=row["id"],
        link=visit.scope.link(signal_page(row["id"])),
        title=plain(visit.shown.retold(row["title"] or "")),
        tone=TONES.get(row["response"] or "", "neutral"),
        response=row["response"] or "backlog",
        severity=row["severity"] or "medium",
        rule=row["rule"],
        subject=short(row["subject"] or ""),
        subject_link=page_for(visit, row["subject"] or ""),
        team=(row["team"] or "").removeprefix("team:"),
        since=row["opened_at"] or row["pending_at"],
        state=row["state"],
        reason=plain(visit.shown.retold(row["reason"] or "")),
        taken_by=known.get(row["acknowledged_by"] or "", row["acknowledged_by"] or ""),
        taken_at=row["acknowledged_at"],
        snoozed_until=row["snoozed_until"],
        snooze_reason=plain(row["snooze_reason"] or ""),
        level=row["level"] or 0,
        next_at=row["next_level_at"],
        muted="me" if (row["rule"], me) in muted else "team" if (row["rule"], row["team"] or "") in muted else "",
        cause=visit.scope.link(signal_page(cause)) if cause else "",
        may=row["state"] in ("open", "unknown") and _member(visit, row["team"]),
    )


def names(visit: Visit, rows: Iterable[Mapping[str, Any]]) -> Mapping[str, str]:
    """Person id -> name of those who have taken one of these on."""
    ids = sorted({row["acknowledged_by"] for row in rows if row["acknowledged_by"]})
    if not ids:
        return {}
    sql = "select id, name from people where name is not null and id in (select unnest($ids))"
    return {row["id"]: plain(row["name"]) for row in visit.services.warehouse.rows(sql, {"ids": ids})}


def may(visit: Visit, *, mute: bool = False) -> Mapping[str, Any]:
    """The signal that a form is about; raises `Denied` for who does not belong to its team."""
    row = demanded(visit.services.database, visit.form.get("signal", ""))
    needed = MAY["team" if mute and visit.form.get("for") == "team" else "signal"]
    if not _member(visit, row["team"], needed):
        raise Denied(
            visit.words("This needs the role {role} or more.", role=visit.words(needed)),
            hint=visit.words("Owners change roles on the page People."),
        )
    return row


def until(visit: Visit) -> datetime:
    """The end that a form names, in the reader's own working days."""
    services = visit.services
    calendar = calendar_of(services.database, services.setup, str(visit.request.state.viewer.person))
    return read_until(visit.form.get("until", ""), calendar, services.clock.now())


def _member(visit: Visit, team: str | None, role: str = "member") -> bool:
    viewer = visit.request.state.viewer
    if viewer is None:
        return False
    held = viewer.role_in(team) if team else viewer.role
    ranks = ("owner", "manager", "member", "viewer")
    return held is not None and ranks.index(held) <= ranks.index(role)

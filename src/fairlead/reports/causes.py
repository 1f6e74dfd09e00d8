"""Loads incidents with the deployment that each counts for, and what the score of its suspect is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from fairlead.reports.scope import Scope, aware

MOST_OF_PART = {"service": 0.4, "path": 0.1, "time": 0.3, "alert": 0.1, "history": 0.1, "rollback": 0.2}
"""Part of the score -> the most it can give, as `incident_causes` has it; the sum counts as 1 at most."""


@dataclass(frozen=True, slots=True)
class Cause:
    """An incident and what it is put down to."""

    incident: str
    title: str
    url: str | None
    service: str
    repository: str
    started_at: datetime
    resolved_at: datetime | None
    deployment: str | None
    """The deployment that it counts for."""
    suspect: str | None
    """The best scored one, whether or not the score suffices."""
    suspect_sha: str
    suspect_finished_at: datetime | None
    verdict: str
    """As in `incident_causes`: `named_deployment`, `scored`, `below_threshold`, `stated_not` ..."""
    stated: str | None
    """Deployment that the incident names or a person stated."""
    reason: str
    """Why no deployment caused it, as a person stated."""
    score: float | None
    parts: tuple[tuple[str, float], ...]
    """Parts of the score in the order of the sum; empty where nothing had to be scored."""
    hours_after: float | None

    def to_json(self) -> dict[str, Any]:
        """Plain values; each part with the most that it could give."""
        said = asdict(self)
        said["parts"] = [{"part": key, "points": points, "most": MOST_OF_PART[key]} for key, points in self.parts]
        for name in ("started_at", "resolved_at", "suspect_finished_at"):
            said[name] = said[name].isoformat() if said[name] else None
        return said


@dataclass(frozen=True, slots=True)
class Suspect:
    """A production deployment that a person could name."""

    deployment: str
    sha: str
    finished_at: datetime


_CAUSES = """
select i.incident, i.title, i.url, i.service, i.repository, i.started_at, i.resolved_at, i.caused_by_deployment,
  i.not_deployment, c.deployment, c.suspect, c.verdict, c.score, c.service_part, c.path_part, c.time_part,
  c.alert_part, c.history_part, c.rollback_part, c.hours_after, d.sha, d.finished_at
from counted_incidents i join incident_causes c on c.incident = i.incident
left join (
  select deployment, min(sha) as sha, min(finished_at) as finished_at from counted_deployments group by all
) d on d.deployment = c.suspect
"""
_SUSPECTS = """
select i.incident, d.deployment, min(d.sha) as sha, min(d.finished_at) as finished_at
from counted_incidents i join counted_deployments d on d.production and d.success and d.finished_at <= i.started_at
  and d.finished_at > i.started_at - $hours * interval '1 hour'
where i.incident in (select unnest($incidents)) group by i.incident, d.deployment
qualify row_number() over (partition by i.incident order by min(d.finished_at) desc, d.deployment) <= 30
order by i.incident, finished_at desc, d.deployment
"""


def load_causes(scope: Scope, *, incident: str = "", days: int = 90) -> list[Cause]:
    """Incidents of the last days, the newest first; or the one of this id, however old."""
    # open ones have no age: they are told however long ago they began
    since = scope.naive_now - timedelta(days=days)
    limits = "i.incident = $incident" if incident else "(i.started_at >= $since or i.resolved_at is null)"
    named: dict[str, Any] = {"incident": incident} if incident else {"since": since}
    rows = scope.warehouse.rows(
        f"{_CAUSES} where {limits} and i.started_at <= $now "
        f"and (i.team = $team or {scope.owned('i.service', 'i.repository')}) order by i.started_at desc, i.incident",
        {**named, "now": scope.naive_now, "team": scope.team},
    )
    return [_cause(row) for row in rows]


def load_suspects(scope: Scope, incidents: Sequence[str]) -> Mapping[str, Sequence[Suspect]]:
    """Incident -> production deployments that came before it within reach of the score, the latest first."""
    found: dict[str, list[Suspect]] = {incident: [] for incident in incidents}
    hours = scope.setup.incidents.attribution_hours
    for row in scope.warehouse.rows(_SUSPECTS, {"incidents": list(incidents), "hours": hours}) if incidents else ():
        found[row["incident"]].append(Suspect(row["deployment"], row["sha"] or "", aware(row["finished_at"])))
    return found


def _cause(row: dict[str, Any]) -> Cause:
    # in the order of the sum; a part that was not looked at is none, not zero
    parts = [(key, row[f"{key}_part"]) for key in MOST_OF_PART if row[f"{key}_part"] is not None]
    return Cause(
        incident=row["incident"], title=row["title"] or "", url=row["url"], service=row["service"] or "",
        repository=row["repository"] or "", started_at=aware(row["started_at"]),
        resolved_at=aware(row["resolved_at"]) if row["resolved_at"] else None, deployment=row["deployment"],
        suspect=row["suspect"], suspect_sha=row["sha"] or "",
        suspect_finished_at=aware(row["finished_at"]) if row["finished_at"] else None, verdict=row["verdict"],
        stated=row["caused_by_deployment"], reason=row["not_deployment"] or "", score=row["score"],
        parts=tuple(parts), hours_after=row["hours_after"],
    )  # fmt: skip

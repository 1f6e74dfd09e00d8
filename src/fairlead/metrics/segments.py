"""How rows of a figure are limited to a team, repository, service, work type or kind of author."""

from __future__ import annotations

from collections.abc import Mapping

from fairlead.metrics.catalogue import Entry
from fairlead.model.errors import Fault

_LIMITS: Mapping[str, Mapping[str, str]] = {
    "change": {
        # A commit stands in for a change where a repository has none; it belongs to whoever owns what it touches.
        "team": "(id in (select change from change_teams where team = {0})"
        " or id in (select commit from commit_teams where team = {0}))",
        "service": "(id in (select change from change_services where service = {0})"
        " or id in (select commit from commit_services where service = {0}))",
        "work_type": "(id in (select change from change_lead_times where work_type = {0})"
        " or id in (select commit from commit_lead_times where work_type = {0}))",
        "author_kind": "(id in (select change from change_lead_times where author_kind = {0})"
        " or id in (select commit from commit_lead_times where author_kind = {0}))",
    },
    "deployment": {
        "team": "id in (select deployment from deployment_teams where team = {})",
        "service": "id in (select deployment from deployment_reach where service = {})",
    },
    "incident": {
        # An incident tool names a team only if it keeps teams itself; who owns the service is known anyway.
        "team": "id in (select incident from counted_incidents where team = {0}"
        " or service in (select service from service_teams where team = {0})"
        " or repository in (select repository from repository_teams where team = {0}))",
        "service": "id in (select incident from counted_incidents where service = {})",
        "severity": "id in (select incident from incident_recoveries where severity = {})",
        "detected_by": "id in (select incident from incident_recoveries where detected_by = {})",
    },
    # Of the team whose people were paged, whoever owns the service.
    "page": {"team": "team = {}", "service": "service = {}"},
    "shift": {"team": "team = {}", "service": "service = {}"},
    "slo": {
        "slo": "slo = {}",
        "service": "service = {}",
        "team": "service in (select service from service_teams where team = {})",
    },
    "work_item": {
        "team": "id in (select work_item from work_item_teams where team = {0})",
        "work_type": "work_type = {0}",
        "project": "project = {0}",
    },
    "sprint": {
        "team": "id in (select sprint from sprint_teams where team = {0})",
        "project": "project = {0}",
    },
    "build": {},
    "repository": {},
}
_BY_REPOSITORY: Mapping[str, str] = {
    "team": "repository in (select repository from repository_teams where team = {})",
    "service": "repository in (select repository from setup_services where service = {})",
    "repository": "repository = {}",
}
_OF_TEAMS = frozenset({"page", "shift"})
"""Kinds of rows that tell of the people of a team, with `small_team` where these are too few."""
_PREFIXES = {"team": "team:", "service": "service:", "slo": "slo:"}


def conditions(entry: Entry, segment: Mapping[str, str]) -> list[str]:
    """SQL conditions over the rows of an entry, values quoted; refuses what the figure cannot be limited by."""
    found = []
    own = _own_rows(entry, segment)
    for key, value in sorted(segment.items()):
        if key not in entry.segments:
            raise Fault(
                f"`{entry.name}` cannot be limited by `{key}`",
                hint="it can by: " + (", ".join(entry.segments) or "nothing"),
            )
        # Rows that are of one service or team say so themselves.
        text = "{1} = {0}" if key == own else _LIMITS[entry.entity].get(key) or _BY_REPOSITORY[key]
        found.append(text.format(quoted(whole_id(key, value)), key))
    # A sum less that of the large teams would be the small one's.
    if of_large_teams(entry, segment):
        found.append("not small_team")
    return found


def of_large_teams(entry: Entry, segment: Mapping[str, str]) -> bool:
    """Whether rows of teams that are too small to tell of are none of the figure's."""
    return entry.entity in _OF_TEAMS and not {"team", "service"} & set(segment)


def rows_of(entry: Entry, segment: Mapping[str, str], *, shown: bool = True) -> str:
    """The select that `conditions` are for: a change has another deployment for each service that it touches."""
    own = _own_rows(entry, segment)
    return entry.rows_by[own] if own else (entry.shown if shown else None) or entry.rows


def _own_rows(entry: Entry, segment: Mapping[str, str]) -> str | None:
    # Of several the first that the entry names: a service says more than the team that owns it.
    return next((key for key in entry.rows_by if key in segment), None)


def known_segments(entity: str) -> list[str]:
    """By what rows of that kind can be limited."""
    return sorted({*_LIMITS[entity], *_BY_REPOSITORY})


def whole_id(key: str, value: str) -> str:
    """A team or service by its key alone is one of the configuration."""
    prefix = _PREFIXES.get(key, "")
    return value if ":" in value else prefix + value


def quoted(text: str) -> str:
    """A text as an SQL literal: only quotes have a meaning in it."""
    return "'" + text.replace("'", "''") + "'"

"""What the team states about itself, as `setup_*` tables that the models join.

Globs become regular expressions here, so that the models need one operator that every engine has. A changed set-up
makes all marts anew; nothing is replayed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec

from fairlead.model.calendar.offsets import offset_rows
from fairlead.model.calendar.resolve import Calendars, PeopleRows
from fairlead.model.calendar.slots import slot_rows
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.setup import Setup

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import duckdb

Rows = list[tuple[Any, ...]]

SEEDS: dict[str, str] = {
    "setup_services": "service varchar, name varchar, repository varchar, team varchar, criticality varchar, "
    "whole_repository boolean",
    "setup_service_paths": "service varchar, repository varchar, pattern varchar, folder varchar",
    "setup_service_environments": "service varchar, repository varchar, pattern varchar",
    "setup_teams": "team varchar, name varchar, parent varchar",
    "setup_team_repositories": "team varchar, pattern varchar",
    "setup_team_services": "team varchar, service varchar",
    "setup_team_members": "team varchar, member varchar",
    "setup_team_calendars": "team varchar, calendar varchar, zone varchar",
    "setup_slos": "slo varchar, name varchar, service varchar, target double, window_days double, indicator varchar, "
    "source varchar",
    "zone_offsets": "zone varchar, from_at timestamp, to_at timestamp, offset_s double",
    "working_slots": "calendar varchar, day date, from_at timestamp, to_at timestamp, end_at timestamp, "
    "worked_before_s double",
}
"""Seed table -> its columns."""

_FIRST_YEAR = 2005
"""Moments before have no working time: version control as we read it is hardly older."""


def glob_pattern(glob: str) -> str:
    """A glob as an anchored regular expression that DuckDB and PostgreSQL read alike; `*` also crosses `/`."""
    parts: list[str] = []
    position = 0
    while position < len(glob):
        sign = glob[position]
        position += 1
        end = glob.find("]", position + 1) if sign == "[" else -1
        if end > 0:
            inside = glob[position:end]
            parts.append("[" + ("^" + inside[1:] if inside[0] in "!^" else inside).replace("\\", "\\\\") + "]")
            position = end + 1
        elif sign == "*":
            position += glob[position : position + 1] == "*"
            parts.append(".*")
        else:
            parts.append("." if sign == "?" else re.escape(sign) if sign.isascii() else sign)
    return "^" + "".join(parts) + "$"


def path_pattern(glob: str) -> str:
    """A glob of files: a bare folder means everything in it, and `*` stays within a folder where `**` crosses."""
    stripped = glob.removeprefix("./").strip("/")
    if not any(sign in stripped for sign in "*?["):
        return f"^{re.escape(stripped)}(/.*)?$"
    crossing = "\0"
    text = glob_pattern(stripped.replace("**/", crossing).replace("**", crossing + crossing))
    inner = text.replace(".*", "[^/]*")
    double, single = re.escape(crossing) * 2, re.escape(crossing)
    return inner.replace(double, ".*").replace(single, "(.*/)?")


def _path(glob: str) -> tuple[str, str | None]:
    """Pattern of a service's files, and the folder if it is nothing but one: comparing starts is far cheaper."""
    folder = glob.removeprefix("./").strip("/").removesuffix("/**").removesuffix("/*")
    plain = not any(sign in folder for sign in "*?[") and not glob.rstrip("/").endswith("/*")
    return path_pattern(glob), folder if plain and folder else None


def fingerprint(setup: Setup) -> str:
    """Changes with anything that the seeds are made of, save people's records and the day."""
    return blake2b(msgspec.json.encode(setup, order="sorted") + _SHAPE, digest_size=16).hexdigest()


_SHAPE = repr(sorted(SEEDS.items())).encode()


def write(con: duckdb.DuckDBPyConnection, setup: Setup, today: date) -> None:
    """Fills all seed tables; must run within a transaction and after the records are loaded."""
    calendars = Calendars(setup, _people_rows(con))
    made = {**_stated(setup), **_working(calendars, _all_teams(con, setup), today)}
    for table, rows in _recorded_services(con, setup).items():
        made[table] += rows
    for table, shape in SEEDS.items():
        con.execute(f"create or replace table {table} ({shape})")
        _insert(con, table, made[table])


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: Rows) -> None:
    import pyarrow as pa

    if not rows:
        return
    columns = list(zip(*rows, strict=True))
    arriving = pa.table({f"c{index}": list(column) for index, column in enumerate(columns)})
    con.register("arriving", arriving)
    con.execute(f"insert into {table} select * from arriving")  # noqa: S608 - a name of SEEDS
    con.unregister("arriving")


def _stated(setup: Setup) -> dict[str, Rows]:
    services = [(f"service:{key}", service) for key, service in sorted(setup.services.items())]
    teams = [(f"team:{key}", team) for key, team in sorted(setup.teams.items())]
    return {
        "setup_services": [
            (
                key,
                s.name or key.removeprefix("service:"),
                s.repository or None,
                _team(s.team),
                s.criticality,
                not s.paths,
            )
            for key, s in services
        ],
        "setup_service_paths": [(key, s.repository, *_path(path)) for key, s in services for path in s.paths],
        "setup_service_environments": [
            (key, s.repository or None, glob_pattern(name.lower())) for key, s in services for name in s.environments
        ],
        "setup_teams": [(key, t.name or key.removeprefix("team:"), _team(t.parent)) for key, t in teams],
        "setup_team_repositories": [(key, glob_pattern(glob.lower())) for key, t in teams for glob in t.repositories],
        "setup_team_services": [
            (key, f"service:{name.removeprefix('service:')}") for key, t in teams for name in t.services
        ],
        "setup_slos": [
            (
                f"slo:{key}",
                s.name or key,
                f"service:{s.service}" if s.service else None,
                s.objective,
                s.window_days,
                s.indicator or None,
                s.source or None,
            )
            for key, s in sorted(setup.slos.items())
        ],
        "setup_team_members": [
            (key, f"person:{name}" if name in setup.people else name.lower())
            for key, t in teams
            for name in t.members
        ],
    }


def _recorded_services(con: duckdb.DuckDBPyConnection, setup: Setup) -> dict[str, Rows]:
    """Services that records tell of; those of the configuration win."""
    known = {f"service:{key}" for key in setup.services}
    found = con.execute(
        "select id, name, repository, team, criticality, paths from services where deleted_at is null order by id"
    ).fetchall()
    rows = [row for row in found if row[0] not in known]
    return {
        "setup_services": [
            (key, name or key, repo, team, crit, not paths) for key, name, repo, team, crit, paths in rows
        ],
        "setup_service_paths": [(row[0], row[2], *_path(path)) for row in rows for path in row[5] or ()],
    }


def _team(key: str) -> str | None:
    return f"team:{key.removeprefix('team:')}" if key else None


def variables(setup: Setup) -> dict[str, Any]:
    """What the models read as `var`: patterns as one regular expression each, so that engines compile them once."""
    deployments, environments, incidents = setup.deployments, setup.environments, setup.incidents
    globs: dict[str, Sequence[str]] = {
        "workflow": deployments.workflows,
        "job": deployments.jobs,
        "tag": deployments.tags,
        "branch": deployments.branches,
        "production": environments.production,
        "not_production": environments.not_production,
        "incident_label": incidents.labels,
        "incident_type": incidents.types,
        "hotfix_label": setup.hotfix.labels,
        "hotfix_branch": setup.hotfix.branches,
        "hotfix_title": setup.hotfix.titles,
        "rollback_task": setup.rollback.tasks,
        "rollback_title": setup.rollback.titles,
        "agent_trailer": setup.identity.agent_trailers,
        "waiting_status": setup.work.waiting,
        "customer_label": incidents.customer_labels,
        "cause_label": incidents.cause_labels,
    }
    night_from_s, night_to_s = (_second_of_day(part) for part in setup.oncall.night.split("-"))
    return {kind: _alternatives(found) for kind, found in globs.items()} | {
        "deltas": True,
        "deployment_sources": list(deployments.sources),
        "incident_sources": list(incidents.sources),
        "prereleases": str(deployments.prereleases).lower(),
        "attribution_threshold": incidents.attribution_threshold,
        "attribution_hours": incidents.attribution_hours,
        "recurrence_threshold": incidents.recurrence_threshold,
        "recurrence_days": incidents.recurrence_days,
        "page_minutes": setup.oncall.page_minutes,
        "minimum_group": setup.privacy.minimum_group,
        "night_from_s": night_from_s,
        "night_to_s": night_to_s,
        "sprint_grace_minutes": setup.work.sprint_grace_minutes,
        **msgspec.structs.asdict(setup.thresholds),
        "teams_configured": bool(setup.teams),
    }


def _alternatives(globs: Sequence[str]) -> str:
    return "^(" + "|".join(glob_pattern(glob.lower())[1:-1] for glob in globs) + ")$" if globs else ""


def _second_of_day(text: str) -> int:
    """`22:00` as seconds of its day; the loader has refused what is no time."""
    hour, minute = text.split(":")
    return int(hour) * 3600 + int(minute) * 60


def _people_rows(con: duckdb.DuckDBPyConnection) -> PeopleRows:
    def rows(table: str) -> list[dict[str, Any]]:
        found = con.execute(f"select * from {table} order by id")  # noqa: S608 - a name of the schema
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    names = ("calendars", "holidays", "absences", "people", "accounts", "teams", "memberships")
    return PeopleRows(**{name: rows(name) for name in names})


def _all_teams(con: duckdb.DuckDBPyConnection, setup: Setup) -> list[str]:
    recorded = {row[0] for row in con.execute("select id from teams where deleted_at is null").fetchall()}
    return sorted(recorded | {f"team:{key}" for key in setup.teams})


def _working(calendars: Calendars, teams: Iterable[str], today: date) -> dict[str, Rows]:
    of_team = {team: calendars.of_team(team) for team in teams}
    used = {calendar.id: calendar for calendar in (calendars.default, *of_team.values())}
    span = date(_FIRST_YEAR, 1, 1), date(today.year + 2, 1, 1)
    zones = {str(calendar.zone): calendar.zone for calendar in used.values()}
    return {
        "setup_team_calendars": [
            (team, calendar.id, str(calendar.zone)) for team, calendar in {"": calendars.default, **of_team}.items()
        ],
        "working_slots": [row for calendar in used.values() for row in _days(calendar, *span)],
        "zone_offsets": [row for zone in zones.values() for row in _offsets(zone, *span)],
    }


@lru_cache(maxsize=64)
def _offsets(zone: ZoneInfo, first: date, last: date) -> tuple[tuple[Any, ...], ...]:
    # found by asking the zone for each week of twenty years
    return tuple(
        (name, _naive(start), _naive(end), offset_s)
        for name, start, end, offset_s in offset_rows([zone], first, last)
    )


@lru_cache(maxsize=64)
def _days(calendar: WorkingCalendar, first: date, last: date) -> tuple[tuple[Any, ...], ...]:
    # twenty years of days take longer than most models, and a calendar seldom changes
    return tuple(_by_day(slot_rows([calendar], first, last)))


def _by_day(slots: Iterable[tuple[str, datetime, datetime, float]]) -> Iterator[tuple[Any, ...]]:
    """Cuts the time line at slots and midnights: then calendar and day lead a moment to its row."""
    held: tuple[str, datetime, datetime, float] | None = None
    for slot in slots:
        if held is not None:
            until = slot[1] if slot[0] == held[0] else _midnight(held[1]) + timedelta(days=1)
            yield from _pieces(held, until)
        held = slot
    if held is not None:
        yield from _pieces(held, _midnight(held[1]) + timedelta(days=1))


def _pieces(slot: tuple[str, datetime, datetime, float], until: datetime) -> Iterator[tuple[Any, ...]]:
    calendar, start, end, worked = slot
    at = start
    while at < until:
        to = min(_midnight(at) + timedelta(days=1), until)
        stop = min(max(end, at), to)
        yield calendar, at.date(), _naive(at), _naive(to), _naive(stop), worked
        worked += (stop - at).total_seconds()
        at = to


def _midnight(moment: datetime) -> datetime:
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)

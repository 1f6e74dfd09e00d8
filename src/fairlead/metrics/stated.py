"""What the settings state, as rows beside the records: whoever asks for teams means those of `fairlead.toml` too.

The records themselves stay as they came: models read what counts from the set-up, and a team that stood in both would
count twice. So these rows exist in views alone, which SQL, API, pages and exports read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from fairlead.metrics.segments import quoted
from fairlead.model.setup import CalendarSetup, Setup
from fairlead.model.times import parse_day

if TYPE_CHECKING:
    import duckdb

STATED = "stated"
"""Schema of the views; what a record table is called, the view is called too."""
SOURCE = "fairlead.toml"
"""Where such a row comes from, in place of a tool."""

Row = Mapping[str, Any]


def make_views(con: duckdb.DuckDBPyConnection, setup: Setup) -> None:
    """Makes the views anew; must run within a transaction, whenever the set-up has changed."""
    con.execute(f"create schema if not exists {STATED}")
    for table, rows in _rows(setup).items():
        told = f'select * from main."{table}"'  # noqa: S608 - a name of ours
        if rows:
            # The settings win: a record of the same id, like an imported one, stands back.
            ids = ", ".join(quoted(row["id"]) for row in rows)
            told += f" where id not in ({ids}) union all by name {' union all by name '.join(map(_literal, rows))}"
        con.execute(f'create or replace view {STATED}."{table}" as {told}')


def tables() -> frozenset[str]:
    """The tables that have such a view."""
    return frozenset(_rows(Setup()))


def ids(setup: Setup) -> Mapping[str, frozenset[str]]:
    """What the settings state, by table: for whoever asks the store alone whether something is known."""
    return {table: frozenset(str(row["id"]) for row in rows) for table, rows in _rows(setup).items()}


def _rows(setup: Setup) -> Mapping[str, Sequence[Row]]:
    # `default` holds for everybody else, whether it is written down or not.
    calendars = {"default": CalendarSetup(), **setup.calendars}
    return {
        "teams": [
            {"id": f"team:{key}", "name": team.name or key, "parent": _id("team", team.parent), "proposed": False,
             "time_zone": team.time_zone or setup.organisation.time_zone,
             "calendar": _id("calendar", team.calendar or setup.organisation.calendar)}
            for key, team in setup.teams.items()
        ],
        "services": [
            {"id": f"service:{key}", "name": service.name or key, "repository": service.repository or None,
             "paths": service.paths, "team": _id("team", service.team), "criticality": service.criticality}
            for key, service in setup.services.items()
        ],
        "slos": [
            {"id": f"slo:{key}", "service": _id("service", slo.service), "name": slo.name or key,
             "target": slo.objective, "window_days": slo.window_days, "indicator": slo.indicator or None}
            for key, slo in setup.slos.items()
        ],
        "calendars": [
            {"id": f"calendar:{key}", "name": key, "hours": calendar.hours,
             "time_zone": calendar.time_zone or setup.organisation.time_zone}
            for key, calendar in calendars.items()
        ],
        "holidays": [row for key, calendar in calendars.items() for row in _holidays(key, calendar)],
    }  # fmt: skip


def _holidays(key: str, calendar: CalendarSetup) -> Iterator[Row]:
    for text in calendar.holidays:
        if (day := parse_day(text)) is not None:
            name = text.strip()[10:].strip() or None
            yield {"id": f"calendar:{key}/{day}", "calendar": f"calendar:{key}", "day": day, "name": name}


def _id(kind: str, key: str) -> str | None:
    return None if not key else key if ":" in key else f"{kind}:{key}"


def _literal(row: Row) -> str:
    """A row as a statement of its own, for a view cannot have parameters; every text is quoted."""
    said = ", ".join(f'{_value(value)} as "{name}"' for name, value in {**row, "source": SOURCE}.items())
    return f"select {said}"


def _value(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            # a quoted number would make texts of the whole column
            return repr(value)
        case date():
            return f"date '{value.isoformat()}'"
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]::varchar[]"
    return quoted(str(value))

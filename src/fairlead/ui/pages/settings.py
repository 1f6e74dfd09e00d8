"""Settings: what is configured, read only; secrets are never shown, only where they are kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.responses import Response

from fairlead.config.reference import meanings
from fairlead.ui.noted import note
from fairlead.ui.page import Page
from fairlead.ui.rights import allowed, sees_people
from fairlead.ui.views.grids import Cell, Column, Grid, grid
from fairlead.ui.visit import Visit


@dataclass(frozen=True)
class Setting:
    """One key with its value."""

    key: str
    value: str
    meaning: str
    changed: bool
    """Whether it differs from what holds without a file."""


@dataclass(frozen=True)
class Section:
    """One section of the file: its keys, or a table of its named entries."""

    name: str
    settings: tuple[Setting, ...] = ()
    table: Grid | None = None


def show(visit: Visit) -> Response:
    """What the file says first; what holds by default waits behind a click."""
    settings = visit.services.settings
    values: dict[str, Any] = msgspec.to_builtins(settings)
    usual: dict[str, Any] = msgspec.to_builtins(type(settings)())
    values["sources"] = without_paths(values["sources"])
    if sees_people(visit):
        note(visit, ["people.email"], sum(bool(person["email"]) for person in values["people"].values()))
    else:
        # Teams name their members by handle or address; an address is for owners, here as everywhere.
        values = _without_addresses(values, visit.words("an address"))
    sections = [_section(visit, name, value, usual[name]) for name, value in values.items()]
    loaded = visit.services.loaded
    title = (
        visit.words("{path} is in force", path=loaded.path.name)
        if loaded.path
        else visit.words("No fairlead.toml was found, the defaults hold")
    )
    return visit.page(
        "pages/settings.html",
        title,
        path=str(loaded.path or ""),
        overridden=loaded.overridden,
        named=[section for section in sections if _touched(section)],
        usual=[section for section in sections if not _touched(section)],
        home=str(visit.services.home),
        may_connect=allowed(visit, "owner"),
    )


_ADDRESS = re.compile(r"[^\s@,;:<>\"'=]+@[^\s@,;<>\"'=]+\.[^\s@,;<>\"'=]+")


def _without_addresses(value: Any, instead: str) -> Any:
    """The same settings with every mail address put as words, wherever it stands."""
    if isinstance(value, str):
        return _ADDRESS.sub(f"({instead})", value)
    if isinstance(value, Mapping):
        return {_without_addresses(key, instead): _without_addresses(part, instead) for key, part in value.items()}
    return [_without_addresses(part, instead) for part in value] if isinstance(value, list | tuple) else value


def without_paths(value: Any) -> Any:
    """Sources with each web address cut to its host: whoever has the path of a private calendar feed can read it.

    >>> without_paths({"url": "https://kim:x@calendar.example:8443/private-f00/basic.ics?key=1"})
    {'url': 'https://calendar.example:8443/…'}
    """
    if isinstance(value, Mapping):
        return {key: without_paths(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [without_paths(part) for part in value]
    return _HIDDEN_PATH.sub(r"\1\2/…", value) if isinstance(value, str) else value


_HIDDEN_PATH = re.compile(r"(?i)\b((?:https?|webcal)://)(?:[^/?#\s]*@)?([^/?#\s@]+)(?:/?[?#]|/(?=\S))\S*")
"""An address with more than a host."""


def _touched(section: Section) -> bool:
    return bool(section.table and section.table.rows) or any(setting.changed for setting in section.settings)


def _section(visit: Visit, name: str, value: Any, usual: Any) -> Section:
    if name in NAMED:
        return Section(name, table=_table(visit, name, value) if value else None)
    docs = meanings().get(name, {})
    settings = (Setting(key, shown(said), docs.get(key, ""), said != usual.get(key)) for key, said in value.items())
    return Section(name, settings=tuple(settings))


NAMED = ("sources", "teams", "people", "calendars", "services", "deliveries")
"""Sections with entries of a team's own naming."""


def _table(visit: Visit, name: str, entries: Mapping[str, Mapping[str, Any]]) -> Grid:
    # A column that no entry fills would only make the table wider.
    used = [key for key in next(iter(entries.values())) if any(entry.get(key) for entry in entries.values())]
    rows = [{"key": key, **entry} for key, entry in entries.items()]
    columns = [Column(visit.words("key"), lambda row: Cell(row["key"])), *map(_column, used)]
    return grid(visit, f"/settings#{name}", columns, rows)


def _column(key: str) -> Column:
    return Column(key, lambda row: Cell(shown(row.get(key)) or None))


def shown(value: Any) -> str:
    """A value as it stands in the file; a secret is only the place where it is kept."""
    if isinstance(value, Mapping):
        if {"env", "file"} <= set(value):
            return f"$ {value['env']}" if value["env"] else " ".join(filter(None, value.values()))
        return ", ".join(f"{key} = {shown(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(shown, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    # `72.0` in the settings' type is what a reader wrote as 72.
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


PAGE = Page("/settings", "Settings", 80, show, shown="more", key="s", role="manager", scoped=False)

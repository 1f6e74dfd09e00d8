"""Finds `fairlead.toml`, lays the environment over it and gives typed settings, or all faults at once."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import msgspec

from fairlead.config.check import did_you_mean, faults
from fairlead.config.positions import nearest, places
from fairlead.config.settings import Settings
from fairlead.model.errors import Abort, ConfigFault, ConfigFaults

FILE_NAME = "fairlead.toml"
OWN_FOLDER = "fairlead.d"
"""Folder beside the file that holds a team's own definitions, one folder a kind."""
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_ENV = re.compile(r"FAIRLEAD_([A-Z]+)__([A-Z_]+)")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings and where they came from."""

    settings: Settings
    path: Path | None
    """The file; `None` if defaults and environment are all there is."""
    overridden: tuple[str, ...]
    """Environment variables that were laid over the file."""

    def own_folders(self, kind: str) -> list[Path]:
        """Folders of the team's own definitions of a kind, like `metrics`, beside the file; they win over ours."""
        folder = self.path.parent / OWN_FOLDER / kind if self.path else None
        return [folder] if folder and folder.is_dir() else []


def home_folder(environ: Mapping[str, str]) -> Path:
    """`$FAIRLEAD_HOME`, else the user's data directory."""
    if given := environ.get("FAIRLEAD_HOME"):
        return Path(given).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("fairlead")


def find_file(start: Path, home: Path) -> Path | None:
    """The nearest `fairlead.toml` upwards from a folder, else the one in the home."""
    folders = [start, *start.parents, home]
    return next((path for folder in folders if (path := folder / FILE_NAME).is_file()), None)


def load(path: Path | None, environ: Mapping[str, str] = os.environ, *, tools: Collection[str] = ()) -> Loaded:
    """Reads a file (`None`: defaults only) and the environment; raises `ConfigFaults` with every fault found.

    With the names of the connectors as `tools` a source of an unknown tool is a fault too.
    """
    text = _text(path) if path else ""
    shown = str(path or "environment")
    values = _parse(text, shown)
    overridden = tuple(_overlay(values, environ))
    known = places(text)
    found = [
        ConfigFault(shown, *nearest(known, where), f"{'.'.join(where)}: {what}" if where else what)
        for where, what in (*faults(values, Settings), *_meanings(values), *_tools(values, tools))
    ]
    if found:
        raise ConfigFaults(found)
    return Loaded(msgspec.convert(values, Settings, strict=True), path, overridden)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as fault:
        hint = "name another file with --config, or run `fairlead init`"
        raise Abort(f"no such file: {path}", hint=hint) from fault
    except (OSError, UnicodeDecodeError) as fault:
        raise Abort(
            f"cannot read {path}: {fault}", hint="name another file with --config, or run `fairlead init`"
        ) from fault


def _parse(text: str, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        place = _TOML_PLACE.search(str(fault))
        line, column = (int(place[1]), int(place[2])) if place else (len(text.splitlines()), 1)
        message = _TOML_PLACE.sub("", str(fault)).strip()
        raise ConfigFaults([ConfigFault(shown, line, column, message)]) from fault


def _overlay(values: dict[str, Any], environ: Mapping[str, str]) -> Iterator[str]:
    """`FAIRLEAD_SERVER__PORT=9000` sets `port` of `[server]`; values are read as TOML where they parse."""
    for name, text in sorted(environ.items()):
        if match := _ENV.fullmatch(name):
            section, key = match[1].lower(), match[2].lower()
            values.setdefault(section, {})[key] = _environment_value(text)
            yield name


def _environment_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _meanings(values: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Faults that types do not show: names that point nowhere, zones that do not exist."""
    zones = available_timezones()
    for path, zone in _zones(values):
        if zone and zone not in zones:
            yield path, f"unknown time zone `{zone}`{did_you_mean(zone, sorted(zones)) if len(zone) > 2 else ''}"
    teams = _table(values, "teams")
    for key, team in teams.items():
        if isinstance(team, Mapping) and (parent := team.get("parent")) and parent not in teams:
            yield ("teams", key, "parent"), f"no team `{parent}`{did_you_mean(str(parent), list(teams))}"
    for key, service in _table(values, "services").items():
        if isinstance(service, Mapping) and (team := service.get("team")) and team not in teams:
            yield ("services", key, "team"), f"no team `{team}`{did_you_mean(str(team), list(teams))}"
    for key, source in _table(values, "sources").items():
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", key):
            yield (
                ("sources", key),
                "a source's name starts the ids of its records: use a-z, 0-9, - and _",
            )
        elif isinstance(source, Mapping):
            yield from _secret_faults(key, source)


def _tools(values: Mapping[str, Any], known: Collection[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, source in _table(values, "sources").items():
        stated = source.get("tool") if isinstance(source, Mapping) else None
        tool = stated or key
        if known and isinstance(tool, str) and tool not in known:
            place = ("sources", key, "tool") if stated else ("sources", key)
            yield place, f"no connector `{tool}`{did_you_mean(tool, list(known))}"


def _secret_faults(key: str, source: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name in ("token", "private_key", "webhook_secrets"):
        given = source.get(name)
        for secret in given if isinstance(given, list) else [given]:
            if isinstance(secret, Mapping) and len([part for part in ("env", "file") if secret.get(part)]) != 1:
                yield (
                    ("sources", key, name),
                    'name one place: `{ env = "GITHUB_TOKEN" }` or `{ file = "..." }`',
                )


def _zones(values: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    organisation = values.get("organisation")
    if isinstance(organisation, Mapping):
        yield ("organisation", "time_zone"), str(organisation.get("time_zone", ""))
    for section in ("teams", "people", "calendars"):
        for key, item in _table(values, section).items():
            if isinstance(item, Mapping):
                yield (section, key, "time_zone"), str(item.get("time_zone", ""))


def _table(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = values.get(name)
    return found if isinstance(found, Mapping) else {}

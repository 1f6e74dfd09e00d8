"""Finds `fairlead.toml`, lays the environment over it and gives typed settings, or all faults at once."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from fairlead.config.check import faults
from fairlead.config.meanings import meanings
from fairlead.config.positions import nearest, places
from fairlead.config.settings import Settings
from fairlead.model.errors import Abort, ConfigFault, ConfigFaults

FILE_NAME = "fairlead.toml"
OWN_FOLDER = "fairlead.d"
"""Folder beside the file that holds a team's own definitions, one folder a kind."""
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_PLAINLY = {
    "Cannot overwrite a value": "this key stands twice",
    "Cannot declare": "this table stands twice",
    "Unterminated string": "a text does not end: close the quotes",
    "Illegal character '\\n'": "a text does not end on its line: close the quotes",
    "Invalid value": "expected a value: text in quotes, a number, true, false, a list or a table",
}
"""What the parser says -> what that means to whoever wrote the file."""
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
        return own_folders(self.path, kind)

    def fault(self, key: tuple[str, ...], what: str) -> ConfigFault:
        """A fault of a setting that only a higher floor can see, at the place of its key."""
        message = f"{'.'.join(key)}: {what}"
        if self.path is None:
            return ConfigFault("environment", 1, 1, message)
        return ConfigFault(str(self.path), *nearest(places(_text(self.path)), key), message)


def own_folders(path: Path | None, kind: str) -> list[Path]:
    """The same for a file that may be faulty: what lies beside it is checked together with it."""
    folder = path.parent / OWN_FOLDER / kind if path else None
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
    # Not `is_file`: a folder of that name is told, where going on to another file would hide the mistake.
    return next((path for folder in folders if (path := folder / FILE_NAME).exists()), None)


def load(
    path: Path | None,
    environ: Mapping[str, str] = os.environ,
    *,
    tools: Collection[str] = (),
    reports: Collection[str] = (),
    figures: Collection[str] = (),
) -> Loaded:
    """Reads a file (`None`: defaults only) and the environment; raises `ConfigFaults` with every fault found.

    With the names of the connectors as `tools` a source of an unknown tool is a fault too; so with `reports` and
    `figures`.
    """
    text = _text(path) if path else ""
    shown = str(path or "environment")
    values = _parse(text, shown)
    laid_over = _overlay(values, environ)
    known = places(text)

    def fault(keys: tuple[str | int, ...], what: str) -> ConfigFault:
        # a list stands where its key does: its items have no place of their own
        where = tuple(key for key in keys if isinstance(key, str))
        message = f"{'.'.join(where)}: {what}" if where else what
        # What the environment says stands on no line of the file: the variable is what must be mended.
        variable = laid_over.get(where[:2]) or laid_over.get(where)
        return (
            ConfigFault(variable, 1, 1, message) if variable else ConfigFault(shown, *nearest(known, where), message)
        )

    # A set: a list of which two items are wrong in the same way says so once.
    told = (*faults(values, Settings), *meanings(values, tools, reports, figures))
    found = {fault(where, what) for where, what in told}
    if found:
        raise ConfigFaults(sorted(found))
    return Loaded(msgspec.convert(values, Settings, strict=True), path, tuple(dict.fromkeys(laid_over.values())))


def _text(path: Path) -> str:
    hint = "name another file with --config, or run `fairlead init`"
    try:
        data = path.read_bytes()
    except FileNotFoundError as fault:
        raise Abort(f"no such file: {path}", hint=hint) from fault
    except IsADirectoryError as fault:
        # A container runtime makes a folder of the name where the file to mount is missing.
        # One that somebody named themselves holds more than that, and is not to be removed.
        mend = (
            f"rmdir {path}, then `fairlead init`" if path.name == FILE_NAME else "name the file in it with --config"
        )
        raise Abort(f"{path} is a folder, not a file", hint=mend) from fault
    except OSError as fault:
        raise Abort(f"cannot read {path}: {(fault.strerror or '').lower()}", hint=hint) from fault
    try:
        # Editors of Windows begin a file with a mark that TOML does not know.
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        before = data[: fault.start].decode("utf-8", errors="replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise ConfigFaults(
            [ConfigFault(str(path), line, column, "this is no UTF-8: save the file as UTF-8")]
        ) from fault


def _parse(text: str, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        place = _TOML_PLACE.search(str(fault))
        line, column = (int(place[1]), int(place[2])) if place else (len(text.splitlines()), 1)
        said = _TOML_PLACE.sub("", str(fault)).strip()
        message = next((plain for words, plain in _PLAINLY.items() if said.startswith(words)), said)
        raise ConfigFaults([ConfigFault(shown, line, column, message)]) from fault


def _overlay(values: dict[str, Any], environ: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """`FAIRLEAD_SERVER__PORT=9000` sets `port` of `[server]`; gives which variable was laid over which key."""
    laid_over: dict[tuple[str, ...], str] = {}
    for name, text in sorted(environ.items()):
        if match := _ENV.fullmatch(name):
            section, key = match[1].lower(), match[2].lower()
            table = values.setdefault(section, {})
            if not isinstance(table, dict):
                continue  # told as a fault of the file
            table[key] = _environment_value(text)
            # A section that the file does not have is the variable's doing too.
            laid_over |= {(section, key): name} | ({(section,): name} if list(table) == [key] else {})
    return laid_over


def _environment_value(text: str) -> Any:
    # As TOML where it parses, so that numbers and lists can be said; else it is the text itself, without quotes.
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text

"""Copies a home into one file and back, also while a server runs on it.

Facts are copied before the raw log: the log may then hold more than the facts have read, never less, and the rest is
applied after a restore. What is made anew is left out: warehouse, drawn charts, socket and address of a server.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from fairlead.config.load import FILE_NAME, OWN_FOLDER, Loaded
from fairlead.config.repositories import table
from fairlead.config.settings import Bus
from fairlead.model.errors import Abort
from fairlead.model.times import Clock, iso
from fairlead.wiring import postgres_copy
from fairlead.wiring.archive import Manifest, manifest_of, pack, unpack

_DATABASES = ("facts.db", "raw.db")
_DUMP = "postgresql.dump"
_STREAM = "nats.stream"
_PLAIN = (FILE_NAME, "as-of")
_KEYS = "keys"
_FOLDERS = (OWN_FOLDER, "reports")
_NO_BUS = Bus()
_MADE_ANEW = ("*.db-wal", "*.db-shm", "warehouse.duckdb*", "past.duckdb*", "made-by")
"""What would contradict restored databases: SQLite would even replay a log that is not theirs into them."""


class Restored(NamedTuple):
    """What came out of a backup."""

    manifest: Manifest
    kept_settings: bool
    """Whether the home had settings of its own, which hold on."""
    named_otherwise: tuple[str, ...] = ()
    """Sections whose `url` in the file is not that of the server just filled, which the environment named."""


def backup(home: Path, loaded: Loaded, target: Path, clock: Clock) -> Manifest:
    """Writes the backup to a new file; an existing one is never overwritten."""
    if os.path.lexists(target):
        raise Abort(f"{target} exists", hint="name another file")
    if not target.absolute().parent.is_dir():
        raise Abort(f"no such folder: {target.absolute().parent}", hint="make it, or name another file")
    url = loaded.settings.store.url
    # Beside the target, so that the finished file is moved and not copied; only we may look into it.
    with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".fairlead-backup-") as scratch:
        folder = Path(scratch)
        bus = loaded.settings.bus
        if url:
            postgres_copy.dump(url, folder / _DUMP)
        else:
            for name in _DATABASES[:1] if bus.url else _DATABASES:
                copy_database(home / name, folder / name)
        if bus.url:
            # late: a home without NATS loads no client of it
            from fairlead.wiring import nats

            nats.dump(bus, loaded.path.parent if loaded.path else None, folder / _STREAM)
        # After the databases: a key that the facts speak of is then in the copy, whatever happens meanwhile.
        for name, path in _plain_files(home, loaded.path):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)
        held = "postgresql" if url else "sqlite"
        manifest = manifest_of(folder, iso(clock.now()), held, home, "nats" if bus.url else "")
        pack(folder, manifest, target)
    return manifest


def restore(source: Path, home: Path, store_url: str, bus: Bus = _NO_BUS, *, force: bool = False) -> Restored:
    """Unpacks a checked backup into an empty home; the home is touched only when all of it was found good."""
    held = [name for name in _DATABASES if (home / name).exists()]
    if held and not force:
        raise Abort(f"{home} already holds {', '.join(held)}", hint="restore into an empty home, or add --force")
    # An image mounts its settings into the home: what was put there beforehand is meant to hold.
    kept = (home / FILE_NAME).exists() and not force
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    # In the home itself: what was checked is then moved by renaming, never half copied.
    with tempfile.TemporaryDirectory(dir=home, prefix=".restore-") as scratch:
        folder = Path(scratch)
        manifest = unpack(source, folder)
        _check_known(source, manifest, folder)
        if manifest.bus:
            _fill_stream(bus, home, folder / _STREAM)
        elif bus.url:
            raise Abort("this backup holds no NATS stream", hint="take [bus] url out of the settings first")
        if manifest.store == "postgresql":
            if not store_url:
                hint = "export FAIRLEAD_STORE__URL=postgresql://... of the database to fill"
                raise Abort("this backup is of a PostgreSQL store", hint=hint)
            postgres_copy.fill(store_url, folder / _DUMP, force=force)
        elif store_url:
            raise Abort("this backup is of a store on SQLite", hint="take [store] url out of the settings first")
        _relocate(folder / FILE_NAME, manifest.home, home)
        # what a server holds now has no place in the home
        elsewhere = {_DUMP, _STREAM} | ({FILE_NAME} if kept else set())
        _move_in([name for name in manifest.files if name not in elsewhere], folder, home)
    return Restored(manifest, kept, _named_otherwise(home / FILE_NAME, {"store": store_url, "bus": bus.url}))


def _fill_stream(bus: Bus, home: Path, source: Path) -> None:
    if not bus.url:
        hint = "export FAIRLEAD_BUS__URL=nats://... of the server to fill"
        raise Abort("this backup's raw events are a NATS stream", hint=hint)
    from fairlead.wiring import nats

    nats.fill(bus, home, source)


def _move_in(names: list[str], folder: Path, home: Path) -> None:
    for pattern in _MADE_ANEW:
        for stale in home.glob(pattern):
            stale.unlink()
    # The settings first: where they cannot be replaced, as under a mount, the databases are still the old ones.
    for name in sorted(names, key=lambda name: name != FILE_NAME):
        (home / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / name).replace(home / name)


def _relocate(settings: Path, old: str, home: Path) -> None:
    """Keys and calendars are named by their full path: where the home has moved, so have they."""
    if old and old != str(home) and settings.is_file():
        text = settings.read_bytes()
        for quote in (b'"', b"'"):
            text = text.replace(quote + os.fsencode(old) + b"/", quote + os.fsencode(home) + b"/")
        settings.write_bytes(text)


def _check_known(source: Path, manifest: Manifest, folder: Path) -> None:
    """Refuses names that no home has: a backup is data and puts nothing else on a machine."""
    databases = (_DUMP,) if manifest.store == "postgresql" else _DATABASES
    if manifest.bus:
        # the raw log is there, and so it is not in the home
        databases = (*databases[:1], _STREAM)
    named = _named(folder / FILE_NAME, Path(manifest.home), Path(manifest.home))
    for name in manifest.files:
        first, *deeper = name.split("/")
        in_folder = (first == _KEYS and len(deeper) == 1) or (first in _FOLDERS and deeper)
        calendar = name.endswith(".ics") and str(Path(name).parent) in named
        if not (name in (*databases, *_PLAIN) or in_folder or name in named or calendar):
            raise Abort(f"{source} holds {name!r}, which no home has", hint="nothing was restored")
    if missing := [name for name in databases if name not in manifest.files]:
        raise Abort(f"{source} lacks {', '.join(missing)}", hint="nothing was restored; try another copy")


def _plain_files(home: Path, settings: Path | None) -> Iterator[tuple[str, Path]]:
    """Name in the archive and file; settings that stand elsewhere come along and are found in the home afterwards."""
    base = settings.absolute().parent if settings else home
    found = {FILE_NAME: settings or home / FILE_NAME, "as-of": home / "as-of"}
    found |= {f"{_KEYS}/{path.name}": path for path in (home / _KEYS).glob("*")}
    for folder in (base / OWN_FOLDER, home / "reports"):
        found |= {f"{folder.name}/{path.relative_to(folder)}": path for path in folder.rglob("*")}
    for name, path in _named(found[FILE_NAME], base, home).items():
        found |= {name: path} | {f"{name}/{file.name}": file for file in path.glob("*.ics")}
    # A file that is being written, like a brief, begins with a dot until it is whole.
    yield from ((name, path) for name, path in found.items() if path.is_file() and not path.name.startswith("."))


def _named(settings: Path, base: Path, home: Path) -> dict[str, Path]:
    """What settings name in the home, or by a relative path beside them: secrets, calendars, a way into NATS."""
    values, found = _values(settings), {}
    bus = table(values, "bus")
    letting_in = [bus[name] for name in ("authority", "certificate", "credentials") if bus.get(name)]
    for text in _texts([values.get("sources"), letting_in]):
        path = Path(os.path.normpath(base / Path(text)))
        root = home if path.is_relative_to(home) else base
        if path != root and path.is_relative_to(root) and (root == home or not Path(text).is_absolute()):
            found[str(path.relative_to(root))] = path
    return found


def _named_otherwise(settings: Path, filled: Mapping[str, str]) -> tuple[str, ...]:
    # The file as it stands: what the environment lays over it is gone with the shell in which it was exported. It is
    # told and not written, for an address may hold a password, which belongs into no file of settings.
    values = _values(settings)
    return tuple(name for name, url in filled.items() if table(values, name).get("url", "") != url)


def _values(settings: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(settings.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, ValueError):
        # An archive's settings are as little to be trusted as the rest of it; faulty ones name nothing.
        return {}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def copy_database(source: Path, target: Path) -> None:
    """A copy of a SQLite file that others write to meanwhile."""
    if not source.exists():
        raise Abort(
            f"nothing to back up: {source} does not exist", hint="set FAIRLEAD_HOME, or `fairlead sync` first"
        )
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            # In one step: in several, a busy server's commits would make it begin anew each time, without an end.
            old.backup(new)
    except sqlite3.Error as fault:
        raise Abort(f"cannot copy {source}: {fault}", hint="is there room for a copy beside the backup?") from fault

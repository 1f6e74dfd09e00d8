"""Copies a home into one file and back, also while a server runs on it.

Facts are copied before the raw log: the log may then hold more than the facts have read, never less, and the rest is
applied after a restore. The warehouse is left out, since it is rebuilt.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from fairlead.config.load import FILE_NAME
from fairlead.model.errors import Abort
from fairlead.model.times import Clock, iso

_DATABASES = ("facts.db", "raw.db")
_DUMP = "postgresql.dump"
_MANIFEST = "manifest.json"
_FORMAT = 1


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds."""

    format: int
    created_at: str
    store: str
    files: dict[str, str]
    """Name -> SHA-256."""


def backup(home: Path, store_url: str, target: Path, clock: Clock) -> Manifest:
    """Writes the backup to a new file; an existing one is never overwritten."""
    if target.exists():
        raise Abort(f"{target} exists", hint="name another file")
    with tempfile.TemporaryDirectory(dir=target.absolute().parent) as scratch:
        folder = Path(scratch)
        if store_url:
            _dump(store_url, folder / _DUMP)
        else:
            for name in _DATABASES:
                _copy_database(home / name, folder / name)
        for path in _plain_files(home):
            copy = folder / path.relative_to(home)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
        manifest = Manifest(
            format=_FORMAT,
            created_at=iso(clock.now()),
            store="postgresql" if store_url else "sqlite",
            files={
                str(path.relative_to(folder)): _hash(path) for path in sorted(folder.rglob("*")) if path.is_file()
            },
        )
        (folder / _MANIFEST).write_bytes(msgspec.json.encode(manifest))
        _pack(folder, target)
    return manifest


def restore(source: Path, home: Path, store_url: str, *, force: bool = False) -> Manifest:
    """Unpacks a backup into an empty home after its hashes were checked."""
    held = [name for name in _DATABASES if (home / name).exists()]
    if held and not force:
        raise Abort(f"{home} already holds {', '.join(held)}", hint="restore into an empty home, or add --force")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        manifest = _unpack(source, folder)
        if manifest.store == "postgresql":
            if not store_url:
                raise Abort("this backup is of a PostgreSQL store", hint="set [store] url to the database to fill")
            _undump(folder / _DUMP, store_url)
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for stale in (*home.glob("*.db-wal"), *home.glob("*.db-shm"), *home.glob("warehouse.duckdb*")):
            stale.unlink()
        for name in manifest.files:
            if name != _DUMP:
                (home / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.move(folder / name, home / name)
    return manifest


def _plain_files(home: Path) -> Iterator[Path]:
    yield from (path for path in (home / FILE_NAME, home / "as-of") if path.is_file())
    yield from (path for path in sorted((home / "keys").rglob("*")) if path.is_file())


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _copy_database(source: Path, target: Path) -> None:
    if not source.exists():
        raise Abort(f"nothing to back up: {source} does not exist")
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new, pages=4096)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(folder: Path, target: Path) -> None:
    partial = target.with_name(target.name + ".partial")
    with tarfile.open(partial, "w:gz", compresslevel=3) as archive:
        archive.add(folder / _MANIFEST, _MANIFEST)
        for path in _files(folder):
            if path.name != _MANIFEST:
                archive.add(path, str(path.relative_to(folder)))
    partial.chmod(0o600)
    partial.rename(target)


def _unpack(source: Path, folder: Path) -> Manifest:
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        manifest = msgspec.json.decode((folder / _MANIFEST).read_bytes(), type=Manifest)
    except (OSError, EOFError, tarfile.TarError, msgspec.MsgspecError) as fault:
        raise Abort(f"{source} is no backup of Fairlead: {fault}") from fault
    if manifest.format != _FORMAT:
        raise Abort(f"{source} has format {manifest.format}", hint="restore it with the version that wrote it")
    broken = [name for name, digest in manifest.files.items() if _hash(folder / name) != digest]
    if broken:
        raise Abort(f"{source} is damaged: {', '.join(broken)}")
    return manifest


def _dump(url: str, target: Path) -> None:
    _postgres_tool("pg_dump", "--format=custom", f"--file={target}", f"--dbname={url}")


def _undump(source: Path, url: str) -> None:
    _postgres_tool("pg_restore", "--clean", "--if-exists", "--no-owner", f"--dbname={url}", str(source))


def _postgres_tool(*command: str) -> None:
    if not shutil.which(command[0]):
        raise Abort(f"{command[0]} is not installed", hint="install the PostgreSQL client")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Abort(f"{command[0]} failed: {done.stderr.strip().splitlines()[-1:] or done.returncode}")

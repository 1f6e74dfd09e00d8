"""The file that holds a home: a gzipped tar with its manifest in front, read as if a stranger had written it.

Archives travel by mail and by bucket, and whoever restores one is often root: nothing in it is believed before it was
looked at. Only regular files that the manifest lists, under plain relative names, with the stated content, come out.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tarfile
import zlib
from pathlib import Path
from typing import IO

import msgspec

from fairlead.model.errors import Abort
from fairlead.model.typed import ready

_MANIFEST = "manifest.json"
_FORMAT = 1
_AT_ONCE = 1 << 20
_HEADER_BYTES = 64 << 20
"""What may be read in one go; only tar's own headers ask for more than `_AT_ONCE`, and honest ones are small."""


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds."""

    format: int
    created_at: str
    store: str
    files: dict[str, str]
    """Name -> SHA-256."""
    home: str = ""
    """Where the home was: settings name files in it by their full path."""
    bus: str = ""
    """What held the raw log beside the store: `nats`, or nothing."""


ready(Manifest)


class _Bounded:
    """A stream that refuses a huge read: `tarfile` takes an extended header into memory whole, at any stated size."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream = stream
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, size: int) -> bytes:
        if not 0 <= size <= _HEADER_BYTES:
            raise tarfile.ReadError(f"a header of {size} bytes")
        return self._stream.read(size)


def manifest_of(folder: Path, created_at: str, store: str, home: Path, bus: str = "") -> Manifest:
    """Describes the files of a folder."""
    files = {str(path.relative_to(folder)): _hash(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    return Manifest(_FORMAT, created_at, store, files, str(home), bus)


def pack(folder: Path, manifest: Manifest, target: Path) -> None:
    """Writes what the manifest lists; the file gets its name only when all of it is on the disk."""
    partial = folder / "whole.partial"
    # Made with its rights, not given them later: keys are in it from the first byte.
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        (folder / _MANIFEST).write_bytes(msgspec.json.encode(manifest))
        # what is stored is text, which shrinks well at a low level already
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as archive:
            # the manifest in front: whoever reads can judge each file as it comes
            for name in (_MANIFEST, *manifest.files):
                archive.add(folder / name, name, recursive=False)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(target)
    directory = os.open(target.absolute().parent, os.O_RDONLY)
    try:
        # The name too must outlive a power cut: whoever made a backup may delete the home next.
        os.fsync(directory)
    finally:
        os.close(directory)


def unpack(source: Path, folder: Path) -> Manifest:
    """Writes the checked files of an archive into an empty folder; raises `Abort` at the first thing amiss."""
    try:
        with gzip.open(source) as stream, tarfile.open(fileobj=_Bounded(stream), mode="r:") as archive:  # type: ignore[call-overload]
            return _members(archive, folder)
    except (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError, msgspec.MsgspecError, ValueError) as fault:
        raise Abort(
            f"{source} is damaged or no backup of Fairlead: {fault}", hint="nothing was restored; try another copy"
        ) from fault
    except Abort as fault:
        raise Abort(f"{source} {fault.message}", hint=fault.hint or "nothing was restored") from fault


def _members(archive: tarfile.TarFile, folder: Path) -> Manifest:
    # not `getmembers`, which would read an archive of any size to its end first
    first = archive.next()
    if first is None or first.name != _MANIFEST:
        raise tarfile.ReadError(f"it does not begin with {_MANIFEST}")
    manifest = msgspec.json.decode(_content(archive, first), type=Manifest)
    if manifest.format != _FORMAT:
        raise Abort(f"has format {manifest.format}", hint="restore it with the version that wrote it")
    _check_names(manifest)
    seen: set[str] = set()
    while (member := archive.next()) is not None:
        if member.name not in manifest.files or member.name in seen:
            raise Abort(f"holds {member.name!r}, which its manifest does not list")
        _check_kind(member)
        seen.add(member.name)
        # Asked of each file anew: a few bytes of gzip can say terabytes.
        if member.size > (free := shutil.disk_usage(folder).free):
            raise Abort(f"does not fit: {member.name} needs {member.size / 1e9:.1f} GB, {free / 1e9:.1f} GB are free")
        if _write(archive, member, folder / member.name) != manifest.files[member.name]:
            raise Abort(f"is damaged: {member.name} is not what was backed up")
    if missing := sorted(manifest.files.keys() - seen):
        raise Abort(f"is damaged: {', '.join(missing)} is missing")
    return manifest


def _check_names(manifest: Manifest) -> None:
    for name in manifest.files:
        parts = name.split("/")
        plain = name.isprintable() and "\\" not in name and all(part not in ("", ".", "..") for part in parts)
        # no name may be a file and a folder at once
        below = any("/".join(parts[:depth]) in manifest.files for depth in range(1, len(parts)))
        if not plain or below or name == _MANIFEST:
            raise Abort(f"holds {name!r}, which is no name of a file in a home")


def _check_kind(member: tarfile.TarInfo) -> None:
    # Not `isreg()`: that lets sparse files pass, whose size says nothing about what they take.
    if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.issparse():
        raise Abort(f"holds {member.name!r}, which is no regular file")


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    _check_kind(member)
    if member.size > _HEADER_BYTES:
        raise tarfile.ReadError(f"a manifest of {member.size} bytes")
    return _opened(archive, member).read()


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    data = _opened(archive, member)
    # never through a link or over a file that lies there already
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while block := data.read(_AT_ONCE):
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def _opened(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    data = archive.extractfile(member)
    assert data is not None, "a regular file has content"
    return data


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

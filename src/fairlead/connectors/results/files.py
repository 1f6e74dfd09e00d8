"""Finds reports on disk: what people name on the command line, and folders that a CI server fills."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from fairlead.connectors.kit.connector import Delivery, Options
from fairlead.connectors.results.read import LARGEST, read
from fairlead.connectors.results.stated import Stated, delivery_id
from fairlead.model.errors import ConfigFault, Skip, Unreadable
from fairlead.model.raw import RawEvent
from fairlead.model.times import EPOCH, from_us

KIND = "results:file"
_ENDINGS = frozenset({".xml", ".json", ".sarif", ".info", ".lcov"})
_PLACE = re.compile(r"line (\d+)(?: column (\d+))?")
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Report:
    """A file that may be a report, with the commit that its folder names."""

    path: Path
    changed_ns: int
    """When the system last saw it change: unlike its own time, a copy cannot carry an old one in."""
    sha: str = ""
    name: str = ""


def given_files(paths: Sequence[str]) -> Iterator[Path]:
    """Files, folders and globs, each file once; a path that leads nowhere is given as it is."""
    seen: set[Path] = set()
    for given in paths:
        path = Path(given).expanduser()
        # a file may have a name that looks like a pattern
        found = [path] if path.exists() else sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
        for one in found or [path]:
            for file in _below(one) if one.is_dir() else [one]:
                if (key := file.absolute()) not in seen:
                    seen.add(key)
                    yield file


def reports_below(root: Path) -> list[Report]:
    """Reports of a folder that CI fills, oldest first: `<root>/.../<sha>/[<run>/]<file>`."""
    found = []
    for path in _below(root) if root.is_dir() else [root]:
        parts = path.relative_to(root).parts[:-1] if root.is_dir() else path.parts[:-1]
        commits = [place for place, part in enumerate(parts) if _SHA.fullmatch(part)]
        sha = parts[commits[-1]] if commits else ""
        name = "/".join(parts[commits[-1] + 1 :]) if commits else ""
        found.append(Report(path, path.stat().st_ctime_ns, sha, name))
    return sorted(found, key=lambda report: (report.changed_ns, str(report.path)))


def content(path: Path) -> tuple[bytes, datetime]:
    """Bytes of a file and when it was written; raises `Skip` for what cannot be taken."""
    try:
        about = path.stat()
        if about.st_size > LARGEST:
            raise Skip(f"{path}: larger than {LARGEST >> 20} MB")
        return path.read_bytes(), from_us(about.st_mtime_ns // 1000)
    except OSError as fault:
        raise Skip(f"{path}: {fault.strerror or 'cannot be read'}") from fault


def read_reports(
    paths: Sequence[str], stated: Stated, options: Options, now: datetime
) -> tuple[list[RawEvent], list[ConfigFault]]:
    """Raw events of all files, and every fault; a file is read through once, so that nothing wrong is taken in."""
    events: list[RawEvent] = []
    faults: list[ConfigFault] = []
    measured: dict[str, Path] = {}
    for path in given_files(paths):
        try:
            body, written = content(path)
            headers = replace(stated, seen_at=max(written, EPOCH)).headers()
            delivery = Delivery(KIND, headers, body)
            reading = read(delivery, options)
        except Skip as fault:
            faults.append(ConfigFault(str(path), 1, 1, fault.message.removeprefix(f"{path}: ")))
            continue
        except Unreadable as fault:
            faults.append(_placed(path, fault))
            continue
        for patch in reading.patches:
            other = measured.setdefault(patch.record.id, path) if patch.table == "coverage" else path
            if other != path:
                words = f"measures the same as {other}: merge them, or bring each in with a --run of its own"
                faults.append(ConfigFault(str(path), 1, 1, words))
        identity = delivery_id(headers, body)
        events.append(RawEvent(options.source, "results", KIND, identity, body, now, headers, "local"))
    return events, faults


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS and path.is_file())


def _placed(path: Path, fault: Unreadable) -> ConfigFault:
    place = _PLACE.search(fault.message)
    line, column = (int(place[1]), int(place[2] or 1)) if place else (1, 1)
    # the place stands before the words already
    words = fault.problem if _PLACE.fullmatch(fault.field) else fault.message
    return ConfigFault(str(path), line, column, words)

"""Golden pairs: a payload in `raw/<name>.json`, what it says in `records/<name>.json`, both for people to read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from fairlead.connectors.kit.connector import Connector, Delivery, Options, Reading
from fairlead.model.patch import OLDEST, Merged, Patch
from fairlead.model.times import iso

UPDATE = "FAIRLEAD_UPDATE_GOLDEN"
"""Set to `1`, the suite writes what it reads instead of comparing; look at the difference before it is committed."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One payload of a connector's test folder."""

    name: str
    kind: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def delivery(self) -> Delivery:
        """What the reader sees of it."""
        return Delivery(self.kind, self.headers, self.body, self.name)


def samples(folder: Path) -> list[Sample]:
    """All payloads of `<folder>/raw`, by name."""
    return [_sample(file) for file in sorted((folder / "raw").glob("*.json"))]


def expected(folder: Path, name: str) -> Any:
    """What a payload says by the golden file; `None` if there is none yet."""
    file = folder / "records" / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def compare(connector: Connector, options: Options, folder: Path, sample: Sample) -> tuple[Any, Any]:
    """What is read and what should be; with `FAIRLEAD_UPDATE_GOLDEN` the file is written first."""
    found = shown(connector.read(sample.delivery(), options))
    # written where it is compared, so that what is shown in a review is what the test holds
    if os.environ.get(UPDATE) == "1":
        file = folder / "records" / f"{sample.name}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    return found, expected(folder, sample.name)


def shown(reading: Reading) -> dict[str, Any]:
    """A reading as plain JSON values, empty parts left out."""
    whole = {
        "patches": [_patch(patch) for patch in reading.patches],
        "events": [event.envelope() for event in reading.events],
        "renames": [{"old": each.old, "new": each.new, "at": iso(each.at)} for each in reading.renames],
        "sweeps": [
            {"table": each.table, "scope": each.scope, "ids": sorted(each.ids), "at": iso(each.at)}
            for each in reading.sweeps
        ],
        "nothing": reading.nothing,
    }
    return {name: part for name, part in whole.items() if part}


def merged(patches: Iterable[Patch]) -> dict[tuple[str, str], Merged]:
    """Records as the store would hold them after these patches, by table and id."""
    found: dict[tuple[str, str], Merged] = {}
    for patch in patches:
        key = (patch.table, patch.record.id)
        found.setdefault(key, Merged(patch.record.id)).apply(patch.said(), patch.version())
    return found


def _patch(patch: Patch) -> dict[str, Any]:
    said = json.loads(msgspec.json.encode(patch.said()))
    # what is usual is left out: the files are read by people
    version = {} if patch.at == OLDEST else {"at": iso(patch.at)}
    rank = {"rank": patch.rank} if patch.rank else {}
    return {"table": patch.table, "id": patch.record.id, **version, **rank, "says": said}


def _sample(file: Path) -> Sample:
    """`{kind, headers, body}`; a body that is text is taken as it is, anything else is encoded."""
    value = json.loads(file.read_text(encoding="utf-8"))
    # text as it is, for bodies that no JSON encoder would write, like broken ones
    body = value["body"]
    encoded = body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()
    return Sample(file.stem, value["kind"], dict(value.get("headers", {})), encoded)

"""A small tool of our own for these tests: payloads are JSON that names the records they speak of.

`{"say": [["changes", "2026-03-02T10:00:00Z", {"id": ..., "title": ...}], ...], "rename": [[old, new, at]],
"sweep": [[table, scope, [ids], at]], "event": [[type, subject, at]]}`; a body that is no JSON cannot be read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from fairlead.bus.log import EventLog
from fairlead.connectors.kit.connector import Delivery, Options, Reading, Rename, Sweep
from fairlead.ingest.apply import Ingest
from fairlead.ingest.batches import Applied
from fairlead.model.errors import Abort, Unreadable
from fairlead.model.events import Event
from fairlead.model.patch import Patch
from fairlead.model.raw import RawEvent, Trust
from fairlead.model.schema import TABLES, columns
from fairlead.model.times import FixedClock, parse_time
from fairlead.store import records
from fairlead.store.database import Database

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Notes:
    """The connector."""

    tool = "notes"
    title = "Notes"
    records = frozenset(TABLES) - {"slos"}

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:
        return "local"

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
        return "note", headers["id"]

    def read(self, delivery: Delivery, options: Options) -> Reading:
        try:
            said = json.loads(delivery.body.removeprefix(options.values.get("guard", "").encode()))
        except ValueError as fault:
            raise Unreadable("body", f"is no JSON: {fault}") from fault
        if not said:
            return Reading(nothing="an empty note")
        if said.get("trip"):
            raise ZeroDivisionError("the reader trips")
        prefix = options.values.get("prefix", "")
        return Reading(
            patches=[_patch(prefix, *one) for one in said.get("say", ())],
            renames=[Rename(old, new, _time(at)) for old, new, at in said.get("rename", ())],
            sweeps=[
                Sweep(table, scope, frozenset(ids), _time(at)) for table, scope, ids, at in said.get("sweep", ())
            ],
            events=[
                Event(type=kind, source=options.source, subject=subject, time=_time(at))
                for kind, subject, at in said.get("event", ())
            ],
        )


def _patch(prefix: str, table: str, at: str, values: dict[str, Any], rank: int = 0) -> Patch:
    kinds = {column.name: column.kind for column in columns(table)}
    read = {
        "time": parse_time,
        "texts": tuple,
        "text": lambda text: f"{prefix}{text}" if text != values["id"] else text,
    }
    taken = {
        name: value if value is None else read.get(kinds[name], lambda same: same)(value)
        for name, value in values.items()
    }
    return Patch(TABLES[table](**{**taken, "id": values["id"]}), _time(at), rank)


def _time(text: str) -> datetime:
    found = parse_time(text)
    assert found is not None
    return found


def note(delivery: str, content: Any, received_at: datetime = START, source: str = "notes") -> RawEvent:
    """A payload of the tool; bytes go as they are."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return RawEvent(source, "notes", "note", delivery, body, received_at)


def hour(count: float) -> str:
    """So many hours after the start, as the tool writes times."""
    return (START + timedelta(hours=count)).isoformat()


class Bench:
    """A store, a log and the ingest between them."""

    def __init__(self, database: Database, log: EventLog) -> None:
        self.database = database
        self.log = log
        self.values: dict[str, Any] = {}
        self.ingest = self.another()

    def another(self) -> Ingest:
        """An ingest as another process would start it."""
        return Ingest(
            self.database,
            self.log,
            self.options,
            clock=FixedClock(START + timedelta(days=1)),
            connector=self.connector,
        )

    def connector(self, tool: str) -> Notes:
        """Finds the connector of a tool."""
        if tool != "notes":
            raise Abort(f"no connector for `{tool}`")
        return Notes()

    def options(self, source: str) -> Options:
        """The options of a source, from `values`."""
        return Options(source, dict(self.values), json.dumps(self.values, sort_keys=True))

    def tell(self, *contents: Any, limit: int = 500) -> Applied:
        """Appends payloads and applies all that is there."""
        start = self.log.latest()
        self.log.append([note(f"n{start}-{place}", content) for place, content in enumerate(contents)])
        return self.apply(limit)

    def apply(self, limit: int = 500) -> Applied:
        """Applies all that is there."""
        total = Applied()
        while (step := self.ingest.step(limit)).raw_events:
            total.add(step)
        return total

    def row(self, table: str, record_id: str) -> dict[str, Any] | None:
        """One record."""
        with self.database.read() as tx:
            return records.get(tx, table, record_id)

    def content(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Every record, without what tells in which order things came."""
        with self.database.read() as tx:
            return {
                table: {
                    row["id"]: {name: value for name, value in row.items() if name not in ("rev", "raw_seq")}
                    for row in found
                }
                for table in TABLES
                if table != "sources" and (found := list(records.rows(tx, table)))
            }

"""Imports a folder of record files and kills itself at a given place. Run by `test_import_killed.py`."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fairlead.bus.log import Appended
from fairlead.bus.postgres import PostgresShelf
from fairlead.bus.sql import Limits, SqlEventLog
from fairlead.bus.sqlite import SqliteShelf
from fairlead.connectors.kit.connector import Options
from fairlead.ingest.apply import Ingest
from fairlead.ingest.records_import import import_records
from fairlead.store.database import Database


def main(folder: str, facts: str, raw: str, die_after: str) -> None:
    """`die_after` is a number of groups inside the transaction, or `append`, or `batch` of ingestion."""

    def at(place: object) -> None:
        if str(place) == die_after:
            os.kill(os.getpid(), signal.SIGKILL)

    shelf: type[Any] = SqliteShelf if raw.startswith("sqlite") else PostgresShelf

    class Dying(shelf):  # type: ignore[misc]
        groups = 0

        def _insert(self, con: Any, new: Any) -> list[Appended]:
            receipts: list[Appended] = super()._insert(con, new)
            self.groups += 1
            at(self.groups)
            return receipts

    log = SqlEventLog(Dying(raw.removeprefix("sqlite:///")), Limits(batch_events=1))
    database = Database.open(facts)
    import_records(Path(folder), log, database, datetime(2026, 11, 20, 8, tzinfo=UTC))
    at("append")
    ingest = Ingest(database, log, options=Options)
    while ingest.step(limit=1).raw_events:
        at("batch")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A log and an ingest over the notes tool."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ingest.notes import Bench

from fairlead.bus.sql import SqlEventLog
from fairlead.store.database import Database


@pytest.fixture
def bench(database: Database, tmp_path: Path) -> Iterator[Bench]:
    """Store, log and ingest, on either database in turn."""
    log = SqlEventLog.open(f"sqlite:///{tmp_path / 'raw.db'}")
    yield Bench(database, log)
    log.close()

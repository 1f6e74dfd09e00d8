"""A large import that is killed has either not taken place, or is finished by whoever comes next."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairlead.bus.sql import SqlEventLog
from fairlead.connectors.kit.connector import Options
from fairlead.ingest.apply import Ingest
from fairlead.store import records
from fairlead.store.database import Database

ROOT = Path(__file__).parents[2]
ROWS = 42_000
"""More than four raw events hold, each of which is a group here."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with many rows."""
    made = tmp_path_factory.mktemp("import")
    lines = (f"build:{at},main,success\n" for at in range(ROWS))
    (made / "builds.csv").write_text("id,branch,result\n" + "".join(lines), encoding="utf-8")
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def raw_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where the raw log lies, on either database in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'raw.db'}"
    else:
        yield request.getfixturevalue("postgres_url")


def killed_import(folder: Path, facts: str, raw: str, die_after: str) -> None:
    """An import that dies there, by kill -9."""
    command = [sys.executable, "-m", "tests.ingest.importer", str(folder), facts, raw, die_after]
    done = subprocess.run(command, cwd=ROOT, check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL


def imported(facts: str, raw: str) -> tuple[int, int, int]:
    """Raw events, rows and runs told of, once a new process has read whatever is there."""
    log, database = SqlEventLog.open(raw), Database.open(facts)
    ingest = Ingest(database, log, options=Options)
    while ingest.step().raw_events:
        pass
    with database.read() as tx:
        counted = records.counts(tx)
    found = sum(1 for _ in log.scan()), counted["builds"], counted["sync_runs"]
    log.close()
    database.close()
    return found


def test_kill_9_in_the_midst_imports_nothing(
    folder: Path, sqlite_template: Path, tmp_path: Path, raw_url: str
) -> None:
    """After the first group, and when all groups are written but not committed."""
    facts = f"sqlite:///{tmp_path / 'facts.db'}"
    (tmp_path / "facts.db").write_bytes(sqlite_template.read_bytes())
    for groups in ("1", "5"):
        killed_import(folder, facts, raw_url, groups)
        assert imported(facts, raw_url) == (0, 0, 0)


@pytest.mark.parametrize("place", ["append", "batch"])
def test_kill_9_after_it_is_in_the_log_loses_nothing(
    folder: Path, sqlite_template: Path, tmp_path: Path, place: str
) -> None:
    """The next process to read the log finishes it; nobody repeats the import."""
    facts, raw = (f"sqlite:///{tmp_path / name}" for name in ("facts.db", "raw.db"))
    (tmp_path / "facts.db").write_bytes(sqlite_template.read_bytes())
    killed_import(folder, facts, raw, place)
    assert imported(facts, raw) == (6, ROWS, 1)

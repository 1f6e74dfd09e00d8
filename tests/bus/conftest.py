"""Logs to test: SQLite in a file, PostgreSQL where a server can be had."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from fairlead.bus.sql import SqlEventLog


class Reopen:
    """Closes the log and opens the same one again; `beside` opens it a second time, as another process would."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.log = SqlEventLog.open(url)

    def __call__(self) -> SqlEventLog:
        self.log.close()
        self.log = SqlEventLog.open(self.url)
        return self.log

    def beside(self) -> SqlEventLog:
        return SqlEventLog.open(self.url)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a PostgreSQL server: `FAIRLEAD_TEST_POSTGRES`, else one that starts here."""
    given = os.environ.get("FAIRLEAD_TEST_POSTGRES")
    if given:
        yield given
        return
    pgserver = pytest.importorskip("pgserver", reason="no PostgreSQL: set FAIRLEAD_TEST_POSTGRES")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """A database of its own."""
    name = f"bus_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres, autocommit=True) as con:
        con.execute(f'CREATE DATABASE "{name}"')
    info = psycopg.conninfo.conninfo_to_dict(postgres)
    host = info.get("host", "localhost")
    user, password = info.get("user", "postgres"), info.get("password", "")
    yield f"postgresql://{user}:{password}@/{name}?host={host}&port={info.get('port', 5432)}"
    with psycopg.connect(postgres, autocommit=True) as con:
        con.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def opened() -> Iterator[Callable[[str], Reopen]]:
    """Opens logs that are closed after the test."""
    kept: list[Reopen] = []

    def open_at(url: str) -> Reopen:
        kept.append(Reopen(url))
        return kept[-1]

    yield open_at
    for one in kept:
        one.log.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/raw.db"

"""Logs to test; databases come from the fixtures of all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

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

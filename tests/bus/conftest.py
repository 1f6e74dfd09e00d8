"""Logs to test; databases come from the fixtures of all tests."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.nats_servers import Node

from fairlead.bus.grouped import GroupedEventLog
from fairlead.bus.nats import NatsEventLog
from fairlead.bus.nats_link import Place
from fairlead.bus.sql import SqlEventLog


class Reopen:
    """Closes the log and opens the same one again; `beside` opens it a second time, as another process would."""

    def __init__(self, make: Callable[[], GroupedEventLog]) -> None:
        self.beside = make
        self.log = make()

    def __call__(self) -> GroupedEventLog:
        self.log.close()
        self.log = self.beside()
        return self.log


@pytest.fixture
def opened() -> Iterator[Callable[[str | Place], Reopen]]:
    """Opens logs that are closed after the test."""
    kept: list[Reopen] = []

    def open_at(where: str | Place) -> Reopen:
        kept.append(Reopen(lambda: SqlEventLog.open(where) if isinstance(where, str) else NatsEventLog.open(where)))
        return kept[-1]

    yield open_at
    for one in kept:
        one.log.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/raw.db"


@pytest.fixture
def nats_place(nats_node: Node) -> Place:
    return Place((nats_node.url,), stream=f"test-{secrets.token_hex(4)}")

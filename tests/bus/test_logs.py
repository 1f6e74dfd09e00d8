"""All logs keep what `EventLog` promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fairlead.bus.grouped import GroupedEventLog
from fairlead.bus.nats_link import Place
from fairlead.bus.suite import EventLogSuite


class TestSqlite(EventLogSuite):
    @pytest.fixture
    def reopen(self, opened: Callable[[str], Any], sqlite_url: str) -> Any:
        return opened(sqlite_url)

    @pytest.fixture
    def log(self, reopen: Any) -> GroupedEventLog:
        return reopen.log


class TestPostgres(EventLogSuite):
    @pytest.fixture
    def reopen(self, opened: Callable[[str], Any], postgres_url: str) -> Any:
        return opened(postgres_url)

    @pytest.fixture
    def log(self, reopen: Any) -> GroupedEventLog:
        return reopen.log


class TestNats(EventLogSuite):
    @pytest.fixture
    def reopen(self, opened: Callable[[Place], Any], nats_place: Place) -> Any:
        return opened(nats_place)

    @pytest.fixture
    def log(self, reopen: Any) -> GroupedEventLog:
        return reopen.log

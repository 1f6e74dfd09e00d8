"""Both SQL logs keep what `EventLog` promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fairlead.bus.sql import SqlEventLog
from fairlead.bus.suite import EventLogSuite


class TestSqlite(EventLogSuite):
    @pytest.fixture
    def reopen(self, opened: Callable[[str], Any], sqlite_url: str) -> Any:
        return opened(sqlite_url)

    @pytest.fixture
    def log(self, reopen: Any) -> SqlEventLog:
        return reopen.log


class TestPostgres(EventLogSuite):
    @pytest.fixture
    def reopen(self, opened: Callable[[str], Any], postgres_url: str) -> Any:
        return opened(postgres_url)

    @pytest.fixture
    def log(self, reopen: Any) -> SqlEventLog:
        return reopen.log

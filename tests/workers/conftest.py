"""A home with a log and a store, and a source of the tests' own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.clocks import NOON, SteppedClock

from fairlead.bus.sql import SqlEventLog
from fairlead.connectors.kit.connector import Finding, Options, Page, Progress, SyncRequest
from fairlead.model.errors import Fault
from fairlead.store.database import Database


@dataclass
class Shelf:
    """A source of numbered pages that goes on from its cursor; may fail or leave something out on the way."""

    pages: int = 5
    fails_after: int | None = None
    fault: Fault | None = None
    left_out: Sequence[str] = ()
    served: list[int] = field(default_factory=list)

    def sync(self, request: SyncRequest) -> Iterator[Page]:
        for what in self.left_out:
            request.report(Progress(0, None, "shelf", left_out=what))
        for number in range(int(request.state.get("next", 0)), self.pages):
            if number == self.fails_after and self.fault is not None:
                raise self.fault
            self.served.append(number)
            request.report(Progress(number, self.pages, "shelf: pages"))
            yield Page("api:shelf", f"page-{number}", f'{{"page": {number}}}'.encode(), state={"next": number + 1})

    def check(self, request: SyncRequest) -> Iterator[Finding]:
        yield Finding("shelf", ok=True)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path}/facts.db")
    yield opened
    opened.close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqlEventLog]:
    opened = SqlEventLog.open(f"sqlite:///{tmp_path}/raw.db")
    yield opened
    opened.close()


@pytest.fixture
def shelf() -> Callable[..., Shelf]:
    return Shelf


@pytest.fixture
def request_for() -> Callable[..., SyncRequest]:
    """What a sync is asked, from a cursor on."""

    def make(cursor: dict[str, int] | None = None, **more: object) -> SyncRequest:
        heard: list[Progress] = []
        return SyncRequest(
            options=Options("shelf"),
            settings={},
            credentials={},
            state=cursor or {},
            since=None,
            now=NOON,
            client=None,
            report=heard.append,
            sleep=lambda _: None,
            **more,  # type: ignore[arg-type]
        )

    return make

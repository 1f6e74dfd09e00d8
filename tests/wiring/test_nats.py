"""How the raw log on NATS stands, as `fairlead doctor` tells it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests import nats_servers
from tests.nats_servers import Node

from fairlead.config.load import load
from fairlead.connectors.kit.connector import Finding
from fairlead.connectors.records import Part, rows_event
from fairlead.ingest.replay import replay
from fairlead.model.raw import RawEvent
from fairlead.model.times import SystemClock
from fairlead.store import offsets, records
from fairlead.wiring.checkup import checkup
from fairlead.wiring.services import Services

Told = Callable[..., Finding]


@pytest.fixture
def told(tmp_path: Path, nats_node: Node) -> Iterator[Told]:
    """What is said of the bus with these settings."""
    stream = f"test-{secrets.token_hex(4)}"

    def tell(url: str = nats_node.url, **more: str) -> Finding:
        environ = {"FAIRLEAD_BUS__URL": url, "FAIRLEAD_BUS__STREAM": stream, **more}
        with Services(load(None, environ), tmp_path / "home") as services:
            [found] = [one for one in checkup(services) if one.what == "bus"]
        return found

    yield tell


def test_size_and_copies_are_told(told: Told, tmp_path: Path, nats_node: Node) -> None:
    fine = told()
    assert fine.ok
    assert fine.detail.endswith("0 messages, 0.0 MB, 1 copy")
    more = told(FAIRLEAD_BUS__REPLICAS="3")
    assert more.ok is None
    assert "1 copy, where [bus] replicas says 3" in more.detail
    assert more.remedy.startswith("nats stream edit")


def test_a_server_that_is_not_there_is_named_without_its_password(told: Told) -> None:
    [port] = nats_servers.free_ports(1)
    found = told(f"nats://kim:hush@127.0.0.1:{port}")
    assert found.ok is False
    assert "no NATS server can be reached" in found.detail
    assert "[bus] url" in found.remedy
    assert "hush" not in f"{found}"


def test_a_stream_that_lacks_what_was_applied_is_refused(tmp_path: Path, told: Told) -> None:
    told()
    with Services(load(None, {}), tmp_path / "home") as services, services.database.begin() as tx:
        offsets.set(tx, "ingest", 7)
    assert "ends at 0, and events up to 7 were applied" in told().detail


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_a_home_that_moves_to_nats_and_back_goes_on(
    store: str, tmp_path: Path, nats_node: Node, request: pytest.FixtureRequest
) -> None:
    """What comes is read wherever it is kept, and a replay of what a log still has changes no record."""
    environ = {} if store == "sqlite" else {"FAIRLEAD_STORE__URL": request.getfixturevalue("postgres_url")}
    bus = {"FAIRLEAD_BUS__URL": nats_node.url, "FAIRLEAD_BUS__STREAM": f"test-{secrets.token_hex(4)}"}
    taken: list[int] = []
    # the second time on NATS in a stream of its own, for the first one lacks what was read meanwhile
    ways = [{}, bus, {}, {**bus, "FAIRLEAD_BUS__STREAM": f"test-{secrets.token_hex(4)}"}, {}]
    for at, where in enumerate(ways):
        with Services(load(None, environ | where), tmp_path / "home") as services:
            receipts = services.log.append([reported(number) for number in (2 * at, 2 * at + 1)])
            assert services.apply().raw_events == 2
            assert services.ingest.behind() == 0
            taken += [one.seq for one in receipts]
            before = rows(services)
            assert len(before) == 2 * at + 2
            assert replay(services.ingest).raw_events == len(list(services.log.scan()))
            assert rows(services) == before
    assert taken == sorted(set(taken)), "a position was given twice"


def reported(number: int) -> RawEvent:
    """An incident as the demo's own source states it."""
    at = SystemClock().now()
    return rows_event([Part("incidents", ("id", "title"), [[f"manual:{number}", f"Number {number}"]])], "records", at)


def rows(services: Services) -> list[tuple[object, ...]]:
    with services.database.read() as tx:
        return [(one["id"], one["title"], one["raw_seq"]) for one in records.rows(tx, "incidents")]

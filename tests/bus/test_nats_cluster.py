"""Three NATS servers, of which one is killed while gateways publish: then another, then all at once."""

from __future__ import annotations

import secrets
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests import nats_servers
from tests.bus import races
from tests.nats_servers import Node

from fairlead.bus.grouped import GroupedEventLog
from fairlead.bus.nats import NatsEventLog
from fairlead.bus.nats_link import Place
from fairlead.bus.suite import EventLogSuite

APPENDER = Path(__file__).with_name("appender.py")


class Publisher:
    """An appender, and what it was told is kept."""

    def __init__(self, place: Place, name: str) -> None:
        words = [",".join(place.servers), name, place.stream, str(place.replicas)]
        self.process = subprocess.Popen([sys.executable, APPENDER, *words], stdout=subprocess.PIPE)
        self.acknowledged: list[str] = []
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            # a last line without its end was cut by the kill
            if line.endswith(b"\n"):
                with self._more:
                    self.acknowledged.append(line.decode().strip())
                    self._more.notify_all()

    def wait_for_more(self, count: int) -> None:
        """Until so many more events are acknowledged than are now."""
        wanted = len(self.acknowledged) + count
        with self._more:
            assert self._more.wait_for(lambda: len(self.acknowledged) >= wanted, 60), "nothing more is acknowledged"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Node]]:
    """Three servers for the tests that kill none."""
    with nats_servers.nodes(tmp_path_factory.mktemp("cluster"), 3) as nodes:
        yield nodes


def place_on(nodes: list[Node]) -> Place:
    return Place(tuple(node.url for node in nodes), f"test-{secrets.token_hex(4)}", 3)


@pytest.mark.slow
class TestCluster(EventLogSuite):
    """What one server keeps, three keep as well, although a page may come from one that lags."""

    @pytest.fixture
    def reopen(self, opened: Callable[[Place], Any], cluster: list[Node]) -> Any:
        return opened(place_on(cluster))

    @pytest.fixture
    def log(self, reopen: Any) -> GroupedEventLog:
        return reopen.log


@pytest.mark.slow
def test_what_gateways_at_several_servers_are_sent_at_once_is_one_event(
    opened: Callable[[Place], Any], cluster: list[Node]
) -> None:
    reopen = opened(place_on(cluster))
    others = [reopen.beside(), reopen.beside()]
    races.settle([reopen.log, *others])
    for log in others:
        log.close()


def led_by(nodes: list[Node], log: NatsEventLog) -> Node:
    """The server that leads the stream."""
    name = log.state().leader
    return next(node for node in nodes if node.name == name)


@pytest.mark.slow
def test_a_cluster_of_three_loses_nothing_when_servers_are_killed_under_load(tmp_path: Path) -> None:
    with nats_servers.nodes(tmp_path, 3) as nodes:
        place = Place(tuple(node.url for node in nodes), "load", 3)
        log = nats_servers.patiently(lambda: NatsEventLog.open(place))
        publishers = [Publisher(place, name) for name in "ab"]
        try:
            for one in publishers:
                one.wait_for_more(500)
            # the leader first, for all of publishing goes through it, then one that follows
            for _ in range(2):
                victim = led_by(nodes, log)
                victim.kill()
                for one in publishers:
                    one.wait_for_more(500)
                victim.start()
                nats_servers.ready([victim])
                nats_servers.patiently(lambda: not log.state().behind or None)
            # and all at once: what was acknowledged is in their files
            for node in nodes:
                node.kill()
        finally:
            for one in publishers:
                one.kill()
        for node in nodes:
            node.start()
        nats_servers.ready(nodes)
        held = nats_servers.patiently(lambda: [found.event.delivery for found in log.scan()] or None)
        with suppress(Exception):
            log.close()
    acknowledged = {name for one in publishers for name in one.acknowledged}
    assert len(acknowledged) > 2500
    assert not acknowledged - set(held)
    assert len(set(held)) == len(held), "an event stands there twice"
    order: dict[str, list[int]] = defaultdict(list)
    for name in held:
        publisher, _, number = name.partition(".")
        order[publisher].append(int(number))
    for numbers in order.values():
        assert numbers == sorted(numbers)

"""What is NATS's own: large bodies in parts, duplicates for good, servers that go away, streams that are not ours."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import nats
import pytest
from tests import nats_servers
from tests.bus import races
from tests.bus.lossy import Lossy
from tests.nats_servers import Node

from fairlead.bus import nats_copy
from fairlead.bus.nats import NatsEventLog
from fairlead.bus.nats_link import Place
from fairlead.bus.suite import NOON, event
from fairlead.model.errors import Abort, Retry

LARGEST = 25 << 20
Found = TypeVar("Found")


def noise(size: int) -> bytes:
    """Bytes that no compressor makes smaller."""
    return random.Random(size).randbytes(size)


def awaited(work: Coroutine[Any, Any, Found]) -> Found:
    """What that comes to, in a thread of its own: a browser's tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def published(place: Place, subject: str, data: bytes) -> None:
    """What a stranger sends to our stream."""

    async def send() -> None:
        client = await nats.connect(place.servers[0])
        await client.request(subject, data, timeout=5)
        await client.close()

    awaited(send())


def asked(place: Place, subject: str, data: bytes = b"") -> bytes:
    async def ask() -> bytes:
        client = await nats.connect(place.servers[0])
        answer: bytes = (await client.request(subject, data, timeout=5)).data
        await client.close()
        return answer

    return awaited(ask())


def test_a_body_larger_than_any_message_is_one_event(opened: Callable[[Place], Any], nats_place: Place) -> None:
    log = opened(nats_place).log
    large = event("large", noise(LARGEST))
    small, first, after = log.append([event("small"), large, event("after")])
    # its parts lie between, and no reader takes one for an event
    assert first.seq - small.seq > 25
    assert log.get(first.seq - 1) is None
    assert [found.event.delivery for found in log.read(0, 10)] == ["small", "large", "after"]
    assert log.read(small.seq, 1)[0].event == large
    assert log.get(first.seq).event == large
    assert log.append([large])[0].duplicate
    assert log.expire(NOON + timedelta(1), first.seq) == 2
    assert [found.seq for found in log.scan()] == [after.seq]
    assert log.state().messages == 1


def test_what_two_gateways_are_sent_at_once_is_one_event(opened: Callable[[Place], Any], nats_place: Place) -> None:
    reopen = opened(nats_place)
    others = [reopen.beside(), reopen.beside()]
    races.settle([reopen.log, *others])
    for log in others:
        log.close()


def test_what_a_stranger_publishes_stops_no_consumer(opened: Callable[[Place], Any], nats_place: Place) -> None:
    log = opened(nats_place).log
    log.append([event("before")])
    published(nats_place, f"{nats_place.stream}.event.github.mine", b"hello")
    log.append([event("after")])
    assert [(found.event.tool, found.event.body[:5]) for found in log.read(0, 5)][1] == ("nats", b"hello")
    assert [found.event.delivery for found in log.read(0, 5)][::2] == ["before", "after"]


def test_a_clock_that_is_ahead_does_not_keep_the_log_from_expiring(
    opened: Callable[[Place], Any], nats_place: Place
) -> None:
    log = opened(nats_place).log
    soon = NOON.replace(year=NOON.year + 5)
    log.append([event("old"), replace(event("ahead"), received_at=soon), event("older"), event("kept")])
    last = log.latest()
    assert log.expire(NOON + timedelta(days=1), last) == 1
    # by the server's time it is old as well
    assert log.expire(soon - timedelta(days=1), last - 1) == 2
    assert [found.event.delivery for found in log.scan()] == ["kept"]


def test_a_page_of_which_something_got_lost_is_no_page(nats_node: Node, nats_place: Place) -> None:
    log = NatsEventLog.open(nats_place)
    log.append([event(f"d{number}") for number in range(20)])
    log.close()
    with Lossy(nats_node.port) as lossy:
        log = NatsEventLog.open(replace(nats_place, servers=(lossy.url,)))
        assert len(log.read(0, 20)) == 20
        # in the middle, at the beginning, at the end
        for lost in (8, 1, 20):
            lossy.lose = lost
            with pytest.raises(Retry, match="a gap"):
                log.read(0, 20)
            assert lossy.lose == 0, "it was not lost"
        assert len(log.read(0, 20)) == 20
        log.close()


def test_positions_go_on_from_what_was_applied_before(nats_place: Place) -> None:
    log = NatsEventLog.open(nats_place, applied=5000)
    assert log.latest() == 5000
    assert log.append([event("first")])[0].seq == 5001
    log.close()
    NatsEventLog.open(nats_place, applied=5001).close()
    with pytest.raises(Abort, match="ends at 5001, and events up to 5002 were applied"):
        NatsEventLog.open(nats_place, applied=5002)


def test_a_stream_that_could_lose_events_is_refused(nats_place: Place) -> None:
    name = nats_place.stream
    told = f'{{"name": "{name}", "subjects": ["{name}.>"], "max_age": 1000000000, "discard": "old"}}'
    asked(nats_place, f"$JS.API.STREAM.CREATE.{name}", told.encode())
    with pytest.raises(Abort, match=r"not made for raw events: allow_atomic = None, .*max_age = 1000000000"):
        NatsEventLog.open(nats_place)


def test_a_copy_comes_back_with_its_positions(
    opened: Callable[[Place], Any], nats_place: Place, tmp_path: Path
) -> None:
    log = opened(nats_place).log
    log.append([event(f"d{number}", noise(3000)) for number in range(300)])
    log.append([event("large", noise(3 << 20))])
    log.expire(NOON + timedelta(1), 100)
    before = list(log.scan())
    nats_copy.dump(nats_place, tmp_path / "copy")
    log.append([event("later")])
    with pytest.raises(Abort, match="holds a stream"):
        nats_copy.fill(nats_place, tmp_path / "copy")
    asked(nats_place, f"$JS.API.STREAM.DELETE.{nats_place.stream}")
    with pytest.raises(Abort, match="is of the stream"):
        nats_copy.fill(replace(nats_place, stream="other"), tmp_path / "copy")
    nats_copy.fill(nats_place, tmp_path / "copy")
    assert list(log.scan()) == before
    assert log.append([event("large"), event("d299"), event("new")])[:2] == [
        replace(one, duplicate=True) for one in log.append([event("large"), event("d299")])
    ]


def test_a_server_that_is_gone_is_told_and_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairlead.bus.nats.PATIENCE_S", 0.5)
    with nats_servers.nodes(tmp_path) as [node]:
        log = NatsEventLog.open(Place((node.url.replace("://", "://kim:secret@"),)))
        kept = log.append([event(f"d{number}", noise(500)) for number in range(50)])
        node.kill()
        with pytest.raises(Retry, match="no NATS server can be reached") as told:
            log.append([event("while it is down")])
        assert "secret" not in str(told.value)
        with pytest.raises(Retry, match="not available"):
            log.read(0, 10)
        node.start()
        nats_servers.ready([node])
        monkeypatch.setattr("fairlead.bus.nats.PATIENCE_S", 20)
        # a server that takes connections is still reading what it wrote
        [again] = log.append([event("d49")])
        assert again == replace(kept[-1], duplicate=True)
        assert not log.append([event("while it is down")])[0].duplicate
        assert len(log.read(0, 100)) == 51
        log.close()

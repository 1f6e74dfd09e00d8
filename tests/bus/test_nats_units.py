"""What is too much for one batch of NATS is there as a whole or not at all, whoever is killed between batches."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fairlead.bus import nats_stream, nats_units
from fairlead.bus.log import Appended
from fairlead.bus.nats import NatsEventLog
from fairlead.bus.nats_link import Place
from fairlead.bus.shelf import ShelfDown
from fairlead.bus.suite import event
from fairlead.model.errors import Abort

IMPORTER = Path(__file__).with_name("importer.py")
COUNT = 1200
"""Three batches of at most 500."""


def many(count: int = COUNT) -> list[Any]:
    return [event(f"d{number}", b"%d" % number) for number in range(count)]


def held(log: NatsEventLog) -> list[str]:
    """Deliveries in order, without what is said of units."""
    return [found.event.delivery for found in log.scan() if found.event.source != "fairlead"]


def killed_after(place: Place, batches: int) -> None:
    done = subprocess.run([sys.executable, IMPORTER, place.servers[0], place.stream, str(COUNT), str(batches)])
    assert done.returncode == -9


def test_a_unit_of_several_batches_is_one(opened: Callable[[Place], Any], nats_place: Place) -> None:
    log = opened(nats_place).log
    [known] = log.append([event("d700")])
    receipts = log.append_whole(many())
    assert [receipt for receipt in receipts if receipt.duplicate] == [Appended(known.seq, duplicate=True)]
    assert held(log) == ["d700", *(f"d{number}" for number in range(COUNT) if number != 700)]
    assert [found.seq for found in log.scan("github")][1:] == [one.seq for one in receipts if not one.duplicate]
    # the end of the log is something that a consumer reaches, and each page but the last holds something
    *_, last = log.scan()
    assert last.seq == log.latest()
    after, pages = 0, 0
    while page := log.read(after, 7):
        after, pages = page[-1].seq, pages + 1
    assert after == log.latest()
    assert pages >= COUNT // 7
    assert log.append_whole(many()) == [Appended(one.seq, duplicate=True) for one in receipts]
    assert log.latest() == after, "what was known already left something behind"


@pytest.mark.parametrize("batches", [2, 3])
def test_a_kill_between_batches_leaves_nothing_or_all(
    opened: Callable[[Place], Any], nats_place: Place, batches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = opened(nats_place).log
    log.append([event("before")])
    killed_after(nats_place, batches)
    [after] = log.append([event("after")])
    whole = [f"d{number}" for number in range(COUNT)] if batches == 3 else []
    if not whole:
        # it may still go on: nothing of it is there, and nothing after it is given before that is settled
        assert held(log) == ["before"]
        assert log.known("github", ["d3", "after"]) == {"after"}
        assert log.get(2) is None
    monkeypatch.setattr(nats_units, "SILENT_S", 0.0)
    assert held(log) == ["before", *whole, "after"]
    assert log.known("github", ["d3", "after"]) == ({"d3", "after"} if whole else {"after"})
    # one of them comes by itself, then the import again: each is there once
    [alone] = log.append([event("d3")])
    assert alone.duplicate is bool(whole)
    receipts = log.append_whole(many())
    assert sum(receipt.duplicate for receipt in receipts) == (COUNT if whole else 1)
    assert sorted(held(log)) == sorted(["before", "after", *(f"d{number}" for number in range(COUNT))])
    assert [log.get(one.seq).event.delivery for one in receipts[::300]] == [f"d{at}" for at in range(0, COUNT, 300)]
    reader = opened(nats_place).log
    assert list(reader.scan()) == list(log.scan()), "another process sees something else"
    assert reader.read(after.seq, 10) == log.read(after.seq, 10)


def test_a_writer_that_was_given_up_is_told_and_leaves_nothing(
    opened: Callable[[Place], Any], nats_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    reopen = opened(nats_place)
    log, other = reopen.log, reopen.beside()
    publish, done = nats_stream.Stream.publish, []

    def slowly(self: Any, drafts: Any, append: str) -> dict[str, int]:
        found = publish(self, drafts, append)
        done.append(len(drafts))
        if len(done) == 2:
            # a reader for which it has been silent long enough
            monkeypatch.setattr(nats_units, "SILENT_S", 0.0)
            assert other.read(0, 10)[0].event.kind == "unit.void"
        return found

    monkeypatch.setattr(nats_stream.Stream, "publish", slowly)
    with pytest.raises(Abort, match="nothing of it is kept"):
        log.append_whole(many())
    assert held(log) == held(other) == []
    monkeypatch.setattr(nats_stream.Stream, "publish", publish)
    assert not any(receipt.duplicate for receipt in log.append_whole(many()))
    other.close()


def test_a_lost_acknowledgement_between_batches_makes_nothing_twice(
    opened: Callable[[Place], Any], nats_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = opened(nats_place).log
    publish, calls = nats_stream.Stream.publish, []

    def lossy(self: Any, drafts: Any, append: str) -> dict[str, int]:
        found = publish(self, drafts, append)
        calls.append(len(drafts))
        if len(calls) in (1, 3):
            raise ShelfDown("the connection broke")
        return found

    monkeypatch.setattr(nats_stream.Stream, "publish", lossy)
    receipts = log.append_whole(many())
    assert not any(receipt.duplicate for receipt in receipts)
    assert held(log) == [f"d{number}" for number in range(COUNT)]
    assert [found.seq for found in log.scan("github")] == [one.seq for one in receipts]


def test_a_reader_beside_the_writer_sees_all_or_nothing(opened: Callable[[Place], Any], nats_place: Place) -> None:
    reopen = opened(nats_place)
    log, other = reopen.log, reopen.beside()
    writing = threading.Thread(target=lambda: log.append_whole(many()))
    writing.start()
    seen: list[str] = []
    after = 0
    while len(seen) < COUNT:
        for found in other.read(after, 400):
            after = found.seq
            seen += [found.event.delivery] if found.event.source == "github" else []
        # once one is there all are: nobody ever sees a part
        assert not seen or len(held(other)) == COUNT
    writing.join()
    other.close()
    assert seen == [f"d{number}" for number in range(COUNT)]

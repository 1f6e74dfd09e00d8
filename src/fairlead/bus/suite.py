"""What every event log must keep: subclass `EventLogSuite` in a test and hand over the log as fixtures.

`log` is an empty log, `reopen` a way to the same one again. The suite is product, so that a log from
elsewhere can be held to it.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from fairlead.bus.log import Appended, EventLog
from fairlead.model.raw import RawEvent

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def event(delivery: str, body: bytes = b'{"zen": "Keep it logically awesome."}', source: str = "github") -> RawEvent:
    """A plain event of the suite."""
    headers = {"x-github-event": "ping", "content-type": "application/json"}
    return RawEvent(source, "github", "ping", delivery, body, NOON, headers, "verified")


class Reopen(Protocol):
    """How the suite comes to the same log again."""

    def __call__(self) -> EventLog:
        """Closes the log and opens it again."""
        ...

    def beside(self) -> EventLog:
        """Opens it a second time, as another process would; the suite closes that one."""
        ...


class EventLogSuite:
    """The promises of `EventLog`, one test each."""

    def test_gives_back_what_was_appended(self, log: EventLog, reopen: Reopen) -> None:
        """Bytes that are no text, emoji, nothing at all: all come back after a restart."""
        # one that spans many pages, and one of which a compressor leaves nothing
        bodies = [bytes(range(256)), "🚀 שלום".encode(), b"", b"\0" * 5000, b"x" * 3_000_000]
        events = [event(f"d{at}", body) for at, body in enumerate(bodies)]
        receipts = log.append(events)
        log = reopen()
        assert [found.event for found in log.read(0, 10)] == events
        assert [found.seq for found in log.read(0, 10)] == [receipt.seq for receipt in receipts]

    def test_positions_grow_in_the_order_of_appending(self, log: EventLog) -> None:
        """Order is what consumers rely on."""
        # more than one group of the writer, so that its borders are crossed
        receipts = log.append([event(f"d{at}") for at in range(700)])
        seqs = [receipt.seq for receipt in receipts]
        assert seqs == sorted(set(seqs))
        assert [found.event.delivery for found in log.read(0, 1000)] == [f"d{at}" for at in range(700)]
        assert log.latest() == seqs[-1]

    def test_the_same_delivery_is_one_event(self, log: EventLog) -> None:
        """A duplicate is told the place of the first, in the same group and in a later one."""
        first, again, other = log.append([event("d1"), event("d1", b"changed"), event("d1", source="github-eu")])
        assert not first.duplicate
        assert again == Appended(first.seq, duplicate=True)
        assert not other.duplicate
        assert log.append([event("d1")]) == [Appended(first.seq, duplicate=True)]
        assert len(log.read(0, 10)) == 2

    def test_appends_as_a_whole(self, log: EventLog) -> None:
        """However much it is, in order, and known deliveries keep their place."""
        [known] = log.append([event("d350", b"the first")])
        receipts = log.append_whole(event(f"d{at}", b"x" * 60_000) for at in range(700))
        assert [receipt.seq for receipt in receipts if receipt.duplicate] == [known.seq]
        found = list(log.scan())
        assert [one.event.delivery for one in found] == ["d350", *(f"d{at}" for at in range(700) if at != 350)]
        assert found[0].event.body == b"the first"
        assert log.wait(known.seq, 0.0) == found[-1].seq
        assert log.append_whole([]) == []

    def test_reads_upwards_from_a_position(self, log: EventLog) -> None:
        """A consumer goes on where it stopped."""
        seqs = [receipt.seq for receipt in log.append([event(f"d{at}") for at in range(5)])]
        assert [found.seq for found in log.read(seqs[1], 2)] == seqs[2:4]
        assert log.read(seqs[-1], 5) == []
        found = log.get(seqs[3])
        assert found is not None
        assert found.event.delivery == "d3"
        assert log.get(seqs[-1] + 1000) is None

    def test_scans_one_source(self, log: EventLog) -> None:
        """A replay of one source leaves the others alone."""
        log.append([event(f"d{at}", source="github" if at % 2 else "ci") for at in range(450)])
        assert [found.event.delivery for found in log.scan("ci")] == [f"d{at}" for at in range(0, 450, 2)]
        assert sum(1 for _ in log.scan()) == 450

    def test_knows_its_deliveries(self, log: EventLog) -> None:
        """The sweep for deliveries never received asks this."""
        log.append([event("a"), event("b"), event("c", source="ci")])
        assert log.known("github", ["a", "c", "z"]) == {"a"}
        assert log.known("github", []) == set()

    def test_waits_until_something_comes(self, log: EventLog) -> None:
        """A follower sleeps here and wakes at once."""
        assert log.wait(0, 0.0) == 0
        found: list[int] = []
        waiting = threading.Thread(target=lambda: found.append(log.wait(0, 20.0)))
        waiting.start()
        [receipt] = log.append([event("d1")])
        waiting.join(5.0)
        assert found == [receipt.seq]

    def test_keeps_no_secrets(self, log: EventLog) -> None:
        """Signatures and tokens are for the door only."""
        headers = {
            "authorization": "Bearer abc",
            "cookie": "s=1",
            "x-hub-signature-256": "sha256=00",
            "x-gitlab-token": "word",
            "x-github-event": "push",
        }
        log.append([replace(event("d1"), headers=headers)])
        assert log.read(0, 1)[0].event.headers == {"x-github-event": "push"}

    def test_holds_ids_that_are_no_clean_text(self, log: EventLog) -> None:
        """NUL and lone surrogates in an id taken from a body do not stop the log."""
        [first, again] = log.append([event("a\0b\ud800"), event("a\0b\ud800")])
        assert again == Appended(first.seq, duplicate=True)
        assert log.known("github", ["a\0b\ud800"]) == {"a\0b\ud800"}

    def test_compresses_what_was_consumed(self, log: EventLog, reopen: Reopen) -> None:
        """Bodies read the same afterwards, and doing it again does nothing."""
        bodies = [b'{"number": 42, "title": "Pay by invoice"}' * 200, b"short", bytes(range(256)) * 3]
        seqs = [one.seq for one in log.append([event(f"d{at}", body) for at, body in enumerate(bodies)])]
        assert log.compress(seqs[0]) <= 1
        log.compress(seqs[-1])
        assert log.compress(seqs[-1]) == 0
        assert [found.event.body for found in reopen().read(0, 5)] == bodies

    def test_expires_what_is_old_and_consumed(self, log: EventLog) -> None:
        """What a consumer has yet to read stays, however old, and positions are never given again."""
        old = [replace(event(f"o{at}"), received_at=NOON - timedelta(days=400)) for at in range(600)]
        seqs = [one.seq for one in log.append([*old, event("new")])]
        assert log.expire(NOON - timedelta(days=90), seqs[590]) == 591
        assert [found.seq for found in log.read(0, 20)] == seqs[591:]
        assert log.expire(NOON + timedelta(days=1), seqs[-1]) == 10
        # a consumer whose offset lies above a position that is given again would never see it
        assert log.append([event("after")])[0].seq > seqs[-1]

    def test_many_writers_lose_nothing(self, log: EventLog) -> None:
        """Each future resolves with its own place."""
        futures = [log.submit(event(f"d{at}", b"x" * 2000)) for at in range(1500)]
        seqs = [future.result(30).seq for future in futures]
        assert len(set(seqs)) == 1500
        assert seqs == sorted(seqs)

    def test_a_reader_sees_positions_in_order(self, log: EventLog, reopen: Reopen) -> None:
        """Nothing appears below a position once something above it was seen, whoever writes."""
        # two writers: what one of them numbered first may be committed last
        other = reopen.beside()
        seen: list[int] = []

        def write(to: EventLog, prefix: str) -> None:
            for at in range(60):
                to.append([event(f"{prefix}{at}.{part}") for part in range(3)])

        writers = [threading.Thread(target=write, args=(to, name)) for to, name in ((log, "a"), (other, "b"))]
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers) or log.latest() > (seen[-1] if seen else 0):
            seen.extend(found.seq for found in log.read(seen[-1] if seen else 0, 50))
        other.close()
        assert len(seen) == 360
        assert len({found.event.delivery for found in log.scan()}) == 360

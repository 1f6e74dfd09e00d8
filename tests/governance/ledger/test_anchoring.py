"""Checkpoints are shown in a repository, a channel and to an authority, once each, and what is down stops nothing."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.clocks import NOON
from tests.governance.ledger.conftest import fill

from fairlead.governance.ledger.anchoring import anchor, check_stamp, place
from fairlead.governance.ledger.book import Ledger
from fairlead.governance.ledger.fake_tsa import FakeAuthority
from fairlead.model.errors import Abort, Fault, Skip
from fairlead.store import ledger as kept
from fairlead.store import outbox


@pytest.fixture
def authority() -> Iterator[tuple[str, FakeAuthority]]:
    """An authority on a port, as one answers by HTTP."""
    fake = FakeAuthority(NOON)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["content-type"] == "application/timestamp-query"
            said = fake.answer(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/tsr", fake
    server.shutdown()
    thread.join()
    server.server_close()


def shown(ledger: Ledger, folder: Path, *words: str) -> list[Fault]:
    """Anchors the last checkpoint at places of the settings."""
    return anchor(
        ledger.database,
        ledger.clock,
        [
            (
                word,
                lambda word=word: place(word, ledger.database, ledger.clock, lambda path: folder / path, "root.pem"),
            )
            for word in words
        ],
    )


def test_a_checkpoint_is_shown_once_at_each_place(
    file_ledger: Ledger, tmp_path: Path, authority: tuple[str, FakeAuthority]
) -> None:
    url, fake = authority
    (tmp_path / "root.pem").write_bytes(fake.root)
    subprocess.run(["git", "init", "-q", str(tmp_path / "anchors")], check=True)
    words = ("git:anchors", "slack:#audit", f"rfc3161:{url}")
    fill(file_ledger, 3)
    note = str(file_ledger.checkpoint())
    for _ in range(2):
        assert shown(file_ledger, tmp_path, *words) == []
    fill(file_ledger, 2)
    second = str(file_ledger.checkpoint())
    assert shown(file_ledger, tmp_path, *words) == []
    log = subprocess.run(
        ["git", "-C", str(tmp_path / "anchors"), "log", "--format=%s"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert [line.rpartition(": ")[2] for line in log] == ["7 entries", "5 entries"]
    assert (tmp_path / "anchors" / "fairlead-ledger.txt").read_text() == second
    with file_ledger.database.read() as tx:
        assert [(one.channel, one.address) for one in outbox.rows(tx)] == [("slack", "#audit")] * 2
        stamps = [one for one in kept.anchors(tx) if one.place.startswith("rfc3161")]
    assert len(stamps) == 2 and fake.serial == 2
    check_stamp(stamps[1].receipt, note, fake.root)
    for stamp, text, root in ((stamps[0], note, fake.root), (stamps[1], note, FakeAuthority(NOON).root)):
        with pytest.raises(Skip, match="does not hold"):
            check_stamp(stamp.receipt, text, root)


def test_what_is_down_or_wrong_stops_no_other(
    file_ledger: Ledger, tmp_path: Path, authority: tuple[str, FakeAuthority]
) -> None:
    """No repository, no server, an authority that is another: said, and tried again."""
    url, _ = authority
    (tmp_path / "root.pem").write_bytes(FakeAuthority(NOON).root)
    fill(file_ledger, 1)
    file_ledger.checkpoint()
    words = ("git:nowhere", "rfc3161:http://127.0.0.1:9/", f"rfc3161:{url}", "carrier pigeon", "slack:#audit")
    faults = shown(file_ledger, tmp_path, *words)
    assert [fault.message.split(": ")[0] for fault in faults] == [f"anchor {word}" for word in words[:4]]
    assert isinstance(faults[3], Abort)
    with file_ledger.database.read() as tx:
        assert [one.place for one in kept.anchors(tx)] == ["slack:#audit"]


def test_the_authority_rejects_what_it_cannot_read() -> None:
    """As RFC 3161 says, with a status."""
    for request in (b"", b"\x30\x00", b"\x30\x03\x02\x01\x02"):
        assert FakeAuthority(NOON).answer(request) == bytes.fromhex("30053003020102")

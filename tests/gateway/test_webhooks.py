"""Deliveries over real HTTP: what is stored, what is refused, what the sender is told."""

from __future__ import annotations

import concurrent.futures
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.gateway.conftest import signed

from fairlead.bus.sql import Limits, SqlEventLog
from fairlead.bus.suite import event
from fairlead.gateway import patience, webhooks
from fairlead.model.errors import Abort


def test_a_signed_delivery_is_stored_before_it_is_acknowledged(house: Any) -> None:
    answer = house.send(b'{"oven": 7}', x_kiln_delivery="d1")
    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})
    [found] = house.log.read(0, 10)
    assert found.event.body == b'{"oven": 7}'
    assert (found.event.source, found.event.kind, found.event.delivery) == ("kiln", "fired", "d1")
    assert found.event.trust == "verified"
    assert "x-kiln-signature" not in found.event.headers


def test_a_duplicate_has_no_effect(house: Any) -> None:
    house.send(b"{}", x_kiln_delivery="d1")
    answer = house.send(b"{}", x_kiln_delivery="d1")
    assert (answer.status_code, answer.json()["status"]) == (200, "duplicate")
    assert len(house.log.read(0, 10)) == 1


def test_a_header_that_comes_twice_the_same_is_one_and_two_signatures_that_differ_are_none(house: Any) -> None:
    headers = signed(b"{}", "s3cret") | {"x-kiln-delivery": "d1"}
    twice = [*headers.items(), *headers.items()]
    assert house.client.post("/hooks/kiln", content=b"{}", headers=twice).status_code == 202
    assert house.client.post("/hooks/kiln", content=b"{}", headers=headers).json()["status"] == "duplicate"
    mixed = [*headers.items(), *signed(b"{}", "stolen").items()]
    assert house.client.post("/hooks/kiln", content=b"{}", headers=mixed).status_code == 401
    assert house.client.post("/hooks/kiln", content=b"{}", headers=mixed[::-1]).status_code == 401


def test_what_failed_is_taken_up_again_when_it_is_sent_again(house: Any) -> None:
    house.send(b"{}", x_kiln_delivery="d1")
    house.quarantined.add(house.log.latest())
    assert house.send(b"{}", x_kiln_delivery="d1").json()["status"] == "again"
    assert not house.quarantined
    assert house.send(b"{}", x_kiln_delivery="d1").json()["status"] == "duplicate"


@pytest.mark.parametrize(
    "headers",
    [
        {"x_kiln_signature": "0" * 64},
        {"x_kiln_signature": ""},
        {"x_kiln_signature": "\u00e9".encode("latin-1")},
        {"x_kiln_signature": "sha256=" + "f" * 5000},
    ],
)
def test_a_wrong_signature_stores_nothing(house: Any, headers: dict[str, Any]) -> None:
    answer = house.send(b"{}", **headers)
    assert answer.status_code == 401
    assert house.log.latest() == 0
    assert house.count("refused") == 1


def test_a_body_changed_on_the_way_is_refused(house: Any) -> None:
    from_tool = house.client.build_request("POST", "/hooks/kiln", content=b"{}")
    genuine = house.send(b'{"a": 1}').request.headers["x-kiln-signature"]
    from_tool.headers.update({"x-kiln-signature": genuine, "x-kiln-event": "fired"})
    assert house.client.send(from_tool).status_code == 401


@pytest.mark.parametrize("secret", ["old", "s3cret"])
def test_every_live_secret_opens(house: Any, secret: str) -> None:
    assert house.send(b"{}", secret=secret).status_code == 202


def test_without_a_secret_nothing_opens(house: Any) -> None:
    answer = house.send(b"{}", source="mute", secret="")
    assert answer.status_code == 401
    assert "no webhook secret is configured for source `mute`" in answer.json()["detail"]
    assert house.log.latest() == 0


@pytest.mark.parametrize("source", ["nobody", "..%2fkiln", "kiln%00", "%F0%9F%9A%80", "k" * 300])
def test_an_unknown_source_is_not_found(house: Any, source: str) -> None:
    assert house.send(b"{}", source=source).status_code == 404


def test_missing_headers_are_named(house: Any) -> None:
    body = b"{}"
    signature = house.send(body).request.headers["x-kiln-signature"]
    answer = house.client.post("/hooks/kiln", content=body, headers={"x-kiln-signature": signature})
    assert answer.status_code == 400
    assert "x-kiln-event" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [b"", b"\0" * 100, b"{" * 10_000, b'"\\ud800"', "🚀 שלום".encode(), bytes(range(256)), b"not json at all"],
)
def test_any_bytes_are_kept_as_they_came(house: Any, body: bytes) -> None:
    assert house.send(body).status_code == 202
    assert house.log.read(0, 1)[0].event.body == body


def test_bodies_up_to_the_limit_pass(house: Any) -> None:
    body = b'{"x": "' + b"y" * (webhooks.LARGEST_BODY - 9) + b'"}'
    assert len(body) == webhooks.LARGEST_BODY
    assert house.send(body).status_code == 202
    assert house.log.read(0, 1)[0].event.body == body


def test_a_larger_body_is_refused_by_its_announcement(house: Any) -> None:
    assert house.send(b"y" * (webhooks.LARGEST_BODY + 1)).status_code == 413
    assert house.log.latest() == 0


def test_a_larger_body_without_announcement_is_cut_off(house: Any) -> None:
    chunks = (b"y" * (1 << 20) for _ in range(40))
    try:
        answer = house.client.post("/hooks/kiln", content=chunks, headers={"x-kiln-event": "fired"})
        assert answer.status_code == 413
    except OSError:  # the server may close while the sender still writes
        pass
    except Exception as fault:
        assert type(fault).__module__.startswith("http")
    assert house.log.latest() == 0
    assert house.count("too_large") == 1


def test_at_once_from_many_senders(house: Any) -> None:
    with concurrent.futures.ThreadPoolExecutor(16) as senders:
        answers = list(senders.map(lambda at: house.send(b"{}", x_kiln_delivery=f"d{at % 150}"), range(300)))
    assert sorted({answer.status_code for answer in answers}) == [200, 202]
    assert sum(answer.status_code == 202 for answer in answers) == 150
    assert len(house.log.read(0, 1000)) == 150


def test_a_full_log_asks_the_sender_to_come_back(build: Any, tmp_path: Path) -> None:
    log = SqlEventLog.open(f"sqlite:///{tmp_path}/full.db", Limits(events=1))
    house = build(log)
    with closing(sqlite3.connect(tmp_path / "full.db", isolation_level=None)) as other:
        # The writer waits for this lock with one event in hand and one behind it.
        other.execute("BEGIN IMMEDIATE")
        held = [log.submit(event("held0"))]
        while log.queued()[0]:
            pass
        held.append(log.submit(event("held1")))
        answer = house.send(b"{}")
        other.execute("ROLLBACK")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert [future.result(20).duplicate for future in held] == [False, False]
    assert house.send(b"{}").status_code == 202
    log.close()


def test_a_slow_head_is_cut_off(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_WITHIN_S", 0.2)
    port = house.client.base_url.port
    with socket.create_connection(("127.0.0.1", port), timeout=10) as stranger:
        stranger.sendall(b"POST /hooks/kiln HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert stranger.recv(100) == b""


def test_a_slow_body_is_cut_off(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "BODY_WITHIN_S", 0.2)
    port = house.client.base_url.port
    with socket.create_connection(("127.0.0.1", port), timeout=10) as stranger:
        stranger.sendall(b"POST /hooks/kiln HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert stranger.recv(1000).startswith(b"HTTP/1.1 408")


def test_bodies_in_flight_are_bounded(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "BODIES_IN_FLIGHT", 1000)
    assert house.send(b"y" * 2000).status_code == 503
    assert house.send(b"y" * 500).status_code == 202


def test_a_secret_that_is_named_but_not_there_is_no_open_door(house: Any) -> None:
    house.secrets["kiln"] = Abort("environment variable `KILN_SECRET` is not set")
    answer = house.send(b"{}")
    assert answer.status_code == 500
    assert "KILN_SECRET" not in answer.text
    assert house.log.latest() == 0

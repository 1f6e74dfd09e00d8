"""A look at endpoints, containers and the store: kept as a raw event, told with evidence, the same after a replay."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from fairlead.config.load import load
from fairlead.ingest.replay import replay
from fairlead.model.raw import RawEvent
from fairlead.model.times import FixedClock
from fairlead.reports.asked import Asked
from fairlead.reports.document import Document
from fairlead.reports.snapshot import snapshot
from fairlead.wiring.measuring import look_and_write, settle
from fairlead.wiring.services import Services

NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
CONTAINERS = [
    {"Id": "a1", "Names": ["/pay-api"], "Image": "pay:3", "State": "running", "Status": "Up 3 hours (healthy)"},
    {"Id": "b2", "Names": ["/pay-db"], "Image": "pg:16", "State": "running", "Status": "Up 3 hours (unhealthy)"},
    {"Id": "c3", "Names": ["/old\x1b[31m"], "Image": "old:1", "State": "exited", "Status": "Exited (1) 2 days ago"},
]


class Site(BaseHTTPRequestHandler):
    """Answers by its path; one leads elsewhere, and nobody must follow."""

    broken = False

    def do_GET(self) -> None:
        codes = {"/health": 503 if type(self).broken else 200, "/away": 302, "/missing": 404}
        self.send_response(codes[self.path])
        if self.path == "/away":
            self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Engine(BaseHTTPRequestHandler):
    """Docker's list of containers on its socket; only reads are known to it."""

    def do_GET(self) -> None:
        assert self.path == "/containers/json?all=true"
        body = json.dumps(CONTAINERS).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "socket"

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def site() -> Iterator[tuple[str, type[Site]]]:
    kind = type("OneSite", (Site,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    with _running(server):
        yield f"http://127.0.0.1:{server.server_port}", kind


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield
    server.shutdown()
    server.server_close()
    thread.join()


class Home:
    """A home that is asked on several days."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        (folder / "fairlead.toml").write_text(text)

    def services(self, at: datetime) -> Services:
        return Services(load(self.folder / "fairlead.toml", {}), self.folder / "home", FixedClock(at), {})

    def look(self, at: datetime, language: str = "en") -> Document:
        """Measures at a moment, and tells it."""
        with self.services(at) as services:
            settle(services)
            services.look()
            return snapshot(Asked(services.warehouse, services.setup, at, language=language))


def texts(document: Document, section: str) -> list[str]:
    [found] = [one for one in document.sections if one.key == section]
    return [claim.text for claim in document.claims() if claim in found.blocks] or [
        block.claim.text for block in found.blocks if hasattr(block, "claim")
    ]


def test_endpoints_are_told_as_they_answer_and_what_changed_since_the_day_before(
    tmp_path: Path, site: tuple[str, type[Site]]
) -> None:
    url, kind = site
    home = Home(tmp_path, f"""
[endpoints.pay]
url = "{url}/health"
[endpoints.away]
url = "{url}/away"
[endpoints.strict]
url = "{url}/missing"
[endpoints.gone]
url = "http://127.0.0.1:9/"
[endpoints.metadata]
url = "http://169.254.169.254/latest/meta-data"
""")  # fmt: skip
    first = home.look(NOW)
    said = texts(first, "endpoints")
    assert [one.split(" ")[0] for one in said] == ["gone", "metadata", "strict", "away", "pay"]
    assert said[0].startswith("gone does not answer: ")
    assert "link-local" in said[1]
    assert said[2].startswith("strict answers 404 in ")
    assert said[3].startswith("away answers 302 in ")
    assert first.title.text == "3 things need a look, as of Wed 09:00."
    kind.broken = True
    second = home.look(NOW + timedelta(days=1))
    (pay,) = [one for one in texts(second, "endpoints") if one.startswith("pay ")]
    assert pay.startswith("pay answers 503")
    assert pay.endswith("The day before it was well.")
    with home.services(NOW + timedelta(days=1)) as services:
        before = services.warehouse.rows("select id, body from documents order by id")
        assert [row["id"] for row in before] == [f"fairlead:snapshot/2026-03-{day}T09:00:00Z" for day in (18, 19)]
        replay(services.ingest, "fairlead")
        services.warehouse.refresh(full=True)
        assert services.warehouse.rows("select id, body from documents order by id") == before
        for claim in second.claims():
            assert len(services.warehouse.rows(claim.evidence.query)) == claim.evidence.count, claim.key


def test_containers_come_from_the_socket_and_none_is_said(tmp_path: Path) -> None:
    path = tmp_path / "docker.sock"
    home = Home(tmp_path, f'[snapshot]\ncontainers = ["{path}", "{tmp_path}/none.sock"]\n')
    with _running(socketserver.ThreadingUnixStreamServer(str(path), Engine)):
        said = texts(home.look(NOW), "containers")
    assert said[0] == f"One container runs ({path})."
    assert said[1:3] == ["pay-db is not well: Up 3 hours (unhealthy).", "old[31m is not well: Exited (1) 2 days ago."]
    assert said[3].startswith(f"{tmp_path}/none.sock does not answer: ")


def test_the_flow_of_events_is_compared_with_what_is_usual(tmp_path: Path) -> None:
    home = Home(tmp_path, "")
    number = 0

    def come(count: int, at: datetime) -> None:
        nonlocal number
        with home.services(at) as services:
            events = []
            for _ in range(count):
                number += 1
                events.append(RawEvent("ci", "github", "ping", f"d{number}", b'{"zen": "."}', at))
            services.log.append(events)
            services.apply()

    for day in range(8):
        come(20, NOW + timedelta(days=day))
        document = home.look(NOW + timedelta(days=day))
        told = [one for one in texts(document, "flow") if one.startswith("ci: ")]
        if day == 0:
            assert told == ["ci: 20 events so far; how many are usual shows after a day."]
    assert told == ["ci: 20 events since the day before; 20 are usual."]
    come(4, NOW + timedelta(days=8))
    document = home.look(NOW + timedelta(days=8), "de")
    assert [one for one in texts(document, "flow") if one.startswith("ci: ")] == [
        "ci: nur 4 Ereignisse seit dem Tag davor, wo 20 üblich sind."
    ]


def test_a_day_is_a_file_of_markdown(tmp_path: Path) -> None:
    home = Home(tmp_path, "")
    with home.services(NOW) as services:
        path = look_and_write(services)
    assert path == tmp_path / "home" / "reports" / "all" / "2026-03-18-snapshot.md"
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# All that was looked at on Wed 09:00 is well.")
    assert "No endpoints are configured" in text


def test_before_the_first_look_nothing_is_claimed(tmp_path: Path) -> None:
    home = Home(tmp_path, "")
    with home.services(NOW) as services:
        services.look()
        document = snapshot(Asked(services.warehouse, services.setup, NOW))
    assert document.title.text == "Nothing was looked at yet."
    assert document.title.act is not None
    assert document.title.act.command == "fairlead snapshot"

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
from fairlead.connectors.records import Part, rows_event
from fairlead.ingest.replay import replay
from fairlead.model.errors import ConfigFaults
from fairlead.model.raw import RawEvent
from fairlead.model.times import FixedClock, iso
from fairlead.reports.asked import Asked
from fairlead.reports.document import Chart, Document
from fairlead.reports.snapshot import snapshot
from fairlead.wiring import measuring
from fairlead.wiring.counting import check_counts
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
[endpoints.slow]
url = "{url}/health"
slow_s = 0.0
[endpoints.strict]
url = "{url}/missing"
[endpoints.gone]
url = "http://127.0.0.1:9/"
[endpoints.metadata]
url = "http://169.254.169.254/latest/meta-data"
""")  # fmt: skip
    first = home.look(NOW)
    said = texts(first, "endpoints")
    assert [one.split(" ")[0] for one in said] == ["gone", "metadata", "strict", "slow", "away", "pay"]
    assert said[0].startswith("gone does not answer: ")
    assert "link-local" in said[1]
    assert said[2].startswith("strict answers 404 in ")
    assert said[4].startswith("away answers 302 in ")
    assert first.title.text == "4 things need a look, as of Wed 09:00"
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
    assert text.startswith("# All that was looked at on Wed 09:00 is well")
    assert "No endpoints are configured" in text


def test_before_the_first_look_nothing_is_claimed(tmp_path: Path) -> None:
    home = Home(tmp_path, "")
    with home.services(NOW) as services:
        services.look()
        document = snapshot(Asked(services.warehouse, services.setup, NOW))
    assert document.title.text == "Nothing was looked at yet"
    assert document.title.act is not None
    assert document.title.act.command == "fairlead snapshot"


COUNTS = """
[snapshot.queries.open]
title = "Incidents that are open"
sql = '''
select count(*) from incidents
where resolved_at is null;
'''
warn_above = 3
[snapshot.queries.share]
sql = "select 0.5"
warn_below = 0.75
[snapshot.queries.none]
sql = "select max(epoch(resolved_at)) from incidents"
"""
LATE = """
[snapshot.queries.late]
sql = "select count(*) from range(100000000000) t"
[snapshot.queries.after]
sql = "select 1"
"""


def incidents(home: Home, at: datetime, *numbers: int) -> None:
    with home.services(at) as services:
        said = [[f"manual:{number}", f"Number {number}", iso(at)] for number in numbers]
        services.log.append([rows_event([Part("incidents", ("id", "title", "created_at"), said)], "records", at)])
        services.apply()


def test_own_counts_are_told_with_their_change_and_their_query(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path, COUNTS)
    incidents(home, NOW, 1, 2)
    first = home.look(NOW)
    assert texts(first, "counts") == [
        "Incidents that are open: 2.",
        "share: 0.5, below 0.75.",
        "none: the query gives no number.",
    ]
    incidents(home, NOW + timedelta(days=1), 3, 4, 5)
    document = home.look(NOW + timedelta(days=1), "de")
    assert texts(document, "counts")[:2] == [
        "Incidents that are open: 5, über 3. Seit dem Tag davor: +3.",
        "share: 0,5, unter 0,75. Gleich wie am Tag davor.",
    ]
    [claim] = [one for one in document.claims() if one.key == "snapshot.count_high"]
    assert claim.tone == "watch"
    assert "from incidents\nwhere resolved_at is null;" in claim.evidence.query
    with home.services(NOW + timedelta(days=1)) as services:
        services.look()
        assert services.warehouse.readonly(claim.evidence.query).rows == [{"count_star()": 5}]
    # one that never ends takes what the others would need, and all is there in time
    monkeypatch.setattr(measuring, "_COUNTS_S", 0.3)
    (tmp_path / "fairlead.toml").write_text(LATE)
    assert texts(home.look(NOW + timedelta(days=2)), "counts") == [
        "late could not be counted: the query took longer than 0.3 s.",
        "after could not be counted: the counts before it took 0.3 s.",
    ]


def test_a_count_that_cannot_work_is_told_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "fairlead.toml").write_text("""\
[snapshot.queries.typo]
sql = "select count(*) from incidnets"
[snapshot.queries.rows]
title = "Two"
sql = "select * from (values (1), (2))"
[snapshot.queries.person]
sql = "select max(name) from people"
[snapshot.queries.writes]
sql = "delete from incidents"
[snapshot.queries.good]
sql = "select avg(1)"
""")
    with pytest.raises(ConfigFaults) as told:
        check_counts(load(tmp_path / "fairlead.toml", {}))
    found = told.value.faults
    assert [(one.line, one.column) for one in found] == [(2, 1), (5, 1), (7, 1), (9, 1)]
    assert "no table `incidnets`" in found[0].message
    assert "incidents" in found[0].message
    assert "gives 2 rows with 1 column" in found[1].message
    with pytest.raises(ConfigFaults, match=r"toml:1:1: snapshot.queries.empty: say the `sql`"):
        (tmp_path / "fairlead.toml").write_text('[snapshot.queries.empty]\ntitle = "Nothing"\n')
        load(tmp_path / "fairlead.toml", {})


def test_the_hours_of_a_day_stand_beside_the_usual_ones_and_silence_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path, '[organisation]\ntime_zone = "Europe/Berlin"\n')
    # five weeks of a board on which four items move at 15 minutes past 03, 06 and 08 UTC; and a chat of bursts
    moves = [
        (f"jira:{week}.{hour}.{at}", NOW - timedelta(weeks=week, hours=9 - hour, minutes=-15))
        for week in range(1, 6)
        for hour in (3, 6, 8)
        for at in range(4)
    ]
    moves += [("jira:last", NOW - timedelta(hours=5))]
    talk = [(f"chat:{at}", NOW - timedelta(weeks=2, minutes=30, seconds=at)) for at in range(40)]
    talk += [("chat:first", NOW - timedelta(weeks=5)), ("chat:later", NOW - timedelta(hours=20))]
    with home.services(NOW) as services:
        for table, field, source, rows in (
            ("work_item_transitions", "at", "jira", moves), ("messages", "created_at", "chat", talk)
        ):  # fmt: skip
            said = [[name, source, iso(at)] for name, at in rows]
            event = rows_event([Part(table, ("id", "source", field), said)], "records", NOW)
            services.log.append([event])
        services.apply()
    document = home.look(NOW)
    [silent] = [one for one in document.claims() if one.key == "pulse.silent"]
    assert silent.text == "jira is silent since Wed 18 Mar, 05:00, where 8 events are usual."
    [chart] = [block for one in document.sections for block in one.blocks if isinstance(block, Chart)]
    assert chart.table.caption.text.startswith("2 events in 24 hours")
    assert "; 22 are usual" in chart.table.caption.text
    by_hour = {row[0].text: (row[1].text, row[2].text) for row in chart.table.rows}
    assert len(by_hour) == 24
    assert by_hour["Wed 18 Mar, 04:00"] == ("0", "4")
    assert by_hour["Wed 18 Mar, 05:00"] == ("1", "0")
    assert by_hour["Wed 18 Mar, 09:00"] == ("0", "14")
    with home.services(NOW) as services:
        services.look()
        for claim in (silent, chart.table.caption):
            assert len(services.warehouse.rows(claim.evidence.query)) == claim.evidence.count

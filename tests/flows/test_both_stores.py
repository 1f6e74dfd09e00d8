"""One history in SQLite and in PostgreSQL: the same records and answers, and a replay changes nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.nats_servers import Node

from fairlead.config.load import load
from fairlead.gateway.app import create_apps
from fairlead.ingest.replay import replay
from fairlead.model.raw import RawEvent
from fairlead.model.schema import TABLES
from fairlead.model.times import FixedClock
from fairlead.reports.registry import REPORTS, asked_as
from fairlead.store import offsets, records
from fairlead.wiring import verbs
from fairlead.wiring.demo.calendars import write_calendars
from fairlead.wiring.demo.story import DemoHistory
from fairlead.wiring.services import Services
from fairlead.workers.apart import Apart
from fairlead.workers.run import Parts, work

AT_ONCE = 700
Questions = Sequence[tuple[str, Mapping[str, str]]]
QUESTIONS: Questions = (
    ("brief", {"changes": "yes"}),
    ("triage", {}),
    ("metrics", {}),
    ("metrics", {"name": "dora", "compatible": "devlake"}),
    ("sql", {"query": "select * from change_turns order by change, since, account, until"}),
    ("sql", {"query": "select * from change_lead_times order by change"}),
)
REST: Questions = tuple(asked_as(report) for report in REPORTS if report not in dict(QUESTIONS))


def opened(folder: Path, url: str, history: DemoHistory, end: Any, bus: str = "") -> Services:
    """Services of the demo's company on a store of either kind."""
    folder.mkdir()
    (folder / "fairlead.toml").write_text(history.setup, encoding="utf-8")
    write_calendars(folder, history.calendars)
    (folder / "webhook-secret").write_text(history.secret, encoding="utf-8")
    # other tests have their streams on the same server
    environ = {"FAIRLEAD_STORE__URL": url, "FAIRLEAD_BUS__URL": bus, "FAIRLEAD_BUS__STREAM": bus and "both-stores"}
    loaded = load(folder / "fairlead.toml", {name: value for name, value in environ.items() if value})
    return Services(loaded, folder, FixedClock(end), environ={})


def fill(services: Services, deliveries: Sequence[RawEvent]) -> None:
    for start in range(0, len(deliveries), AT_ONCE):
        services.log.append(deliveries[start : start + AT_ONCE])
        services.apply()
    services.catch_up()


def answers(services: Services, questions: Questions) -> list[Any]:
    found = [json.loads(verbs.ask(services, verb, {"form": "json", **words}).text) for verb, words in questions]
    for (verb, _), said in zip(questions, found, strict=True):
        if verb == "plan":
            # how long it was looked for is the machine's
            del said["plan"]["took_s"]
    return found


def stored(services: Services) -> dict[str, list[dict[str, Any]]]:
    """All record rows, without what only says when they were written."""
    with services.database.read() as tx:
        return {
            table: sorted(
                ({name: value for name, value in row.items() if name not in ("rev", "raw_seq")}
                 for row in records.rows(tx, table)),
                key=lambda row: str(row["id"]),
            )
            for table in TABLES
        }  # fmt: skip


def compare(
    folder: Path,
    url: str,
    history: DemoHistory,
    deliveries: Sequence[RawEvent],
    bus: str = "",
    questions: Questions = QUESTIONS,
) -> None:
    end = max(event.received_at for event in deliveries)
    with (
        opened(folder / "lite", "", history, end) as lite,
        opened(folder / "postgres", url, history, end, bus) as postgres,
    ):
        for services in (lite, postgres):
            fill(services, deliveries)
            # a forecast that was given is a record from then on
            verbs.ask(services, "forecast", {"form": "json"})
            services.catch_up()
        assert lite.database.dialect != postgres.database.dialect
        said_before, said_there = answers(lite, questions), answers(postgres, questions)
        for (verb, _), one, other in zip(questions, said_before, said_there, strict=True):
            assert one == other, verb
        records_before = stored(lite)
        assert sum(map(len, records_before.values())) > len(deliveries) // 2
        assert stored(postgres) == records_before
        for services in (lite, postgres):
            again = replay(services.ingest)
            assert (again.raw_events, again.changed, again.quarantined) == (len(deliveries), 0, 0)
            services.catch_up()
            assert stored(services) == records_before
            assert answers(services, questions) == said_before


def test_a_few_weeks_are_the_same_in_both(tmp_path: Path, postgres_url: str, story: DemoHistory) -> None:
    compare(tmp_path, postgres_url, story, story.deliveries[:600])


def test_a_raw_log_on_nats_makes_the_same(
    tmp_path: Path, postgres_url: str, nats_node: Node, story: DemoHistory
) -> None:
    compare(tmp_path, postgres_url, story, story.deliveries[:200], nats_node.url)


@pytest.mark.slow
def test_the_whole_demo_is_the_same_in_both(tmp_path: Path, postgres_url: str, story: DemoHistory) -> None:
    compare(tmp_path, postgres_url, story, story.deliveries, questions=(*QUESTIONS, *REST))


def test_the_gateway_and_workers_of_another_process_share_postgresql(
    tmp_path: Path, postgres_url: str, story: DemoHistory
) -> None:
    sent = [event for event in story.deliveries[:60] if event.source == "github"]
    with opened(tmp_path / "home", postgres_url, story, story.end) as services:
        gateway = TestClient(create_apps(services).network, base_url="http://localhost")
        apart = Apart(services, partial(work, parts=Parts(marts=False, schedules=False)))
        apart.start()
        try:
            for event in sent:
                answer = gateway.post("/hooks/github", content=event.body, headers=signed(event, story.secret))
                assert answer.status_code == 202, answer.text
            deadline = time.monotonic() + 90
            while applied(services) < services.log.latest():
                assert time.monotonic() < deadline, "the workers never caught up"
                services.log.wait(services.log.latest(), 0.05)
        finally:
            apart.stop()
        # the marts are this process's own: it only has to look again
        services.warehouse.refresh()
        [counted] = answers_of(services, "select count(*) as n from repositories")
        assert counted["n"] > 0
        assert len(list(services.log.scan())) == len(sent)


def signed(event: RawEvent, secret: str) -> dict[str, str]:
    """Headers as GitHub signs them; the log keeps no signature."""
    signature = hmac.new(secret.encode(), event.body, hashlib.sha256).hexdigest()
    return {**event.headers, "x-hub-signature-256": f"sha256={signature}"}


def applied(services: Services) -> int:
    with services.database.read() as tx:
        return offsets.get(tx, "ingest")


def answers_of(services: Services, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(verbs.ask(services, "sql", {"query": query, "form": "json"}).text)
    return found

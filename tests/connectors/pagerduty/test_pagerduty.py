"""PagerDuty: golden pairs, and random histories by webhook and by API."""

from __future__ import annotations

import hashlib
import hmac
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fairlead.connectors.kit.connector import Delivery, Options
from fairlead.connectors.kit.fake.tool import Json
from fairlead.connectors.kit.suite import ConnectorSuite
from fairlead.connectors.kit.sync_suite import Reader, SyncSuite, World
from fairlead.connectors.pagerduty.connector import CONNECTOR
from fairlead.connectors.pagerduty.fake import FakePagerDuty
from fairlead.model.errors import Refused

START = datetime(2026, 9, 7, 8, 0, 0, 250_000, tzinfo=UTC)
OPTIONS = Options(source="pagerduty")


class TestPagerDuty(ConnectorSuite):
    connector = CONNECTOR
    options = OPTIONS
    folder = Path(__file__).parent

    def signed(self, body: bytes, secret: str) -> dict[str, str]:
        return {"x-pagerduty-signature": "v1=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


class TestSync(SyncSuite):
    connector = CONNECTOR

    def world(self, dice: random.Random) -> World:
        fake, end = history(dice)
        deliveries = [
            Delivery(CONNECTOR.envelope({}, sent.body)[0], {}, sent.body, str(n)) for n, sent in enumerate(fake.sent)
        ]
        return World(
            fake, deliveries, end + timedelta(hours=1), OPTIONS, {"token": fake.token}, refusable="/services",
            happens=lambda at: fake.trigger(fake.services[0], "Flood", at),
        )  # fmt: skip

    def synced_only(self, key: tuple[str, str]) -> bool:
        # Shifts, pages, and people and services without an incident are told by the API alone.
        return key[0] in ("oncall_shifts", "accounts", "services", "teams") or "/notified/" in key[1]


def history(dice: random.Random) -> tuple[FakePagerDuty, datetime]:
    fake = FakePagerDuty(secret="s3cret", token="t0ken", requests_a_minute=100_000)
    people = [fake.add_user(name, f"{name.lower()}@harbor.example") for name in ("Mira", "Jonas", "Sahar")]
    services = [fake.add_service("Tide Tables", fake.add_team("Harbor")), fake.add_service("Berths")]
    for week in range(3):
        start = START + timedelta(weeks=week)
        fake.on_call(people[week], "Harbor primary", start, start + timedelta(weeks=1))
    at, held = START, list[Json]()
    for _ in range(40):
        at += timedelta(seconds=dice.randint(60, 9000))
        who, step = dice.choice(people), dice.random()
        if step < 0.3 or not held:
            priority = dice.choice(("P1", "P3", "", "SEV2"))
            held.append(fake.trigger(dice.choice(services), "Levels are stale", at, priority=priority, page=who))
            continue
        _move(fake, dice.choice(held), who, at, step)
    return fake, at


def _move(fake: FakePagerDuty, incident: Json, who: Json, at: datetime, step: float) -> None:
    if incident["status"] == "resolved":
        if step < 0.5:
            fake.reopen(incident, who, at)
    elif step < 0.5:
        fake.acknowledge(incident, who, at)
    elif step < 0.55:
        fake.unacknowledge(incident, at)
    elif step < 0.6:
        fake.escalate(incident, at, page=who)
    elif step < 0.7:
        fake.note(incident, "the gauge at pier 4 hangs", who, at)
    elif step < 0.75:
        fake.update(incident, "We know what it is", who, at)
    elif step < 0.8:
        fake.prioritise(incident, "P2", who, at)
    else:
        fake.resolve(incident, who if step < 0.9 else None, at)


def test_while_a_secret_is_rotated_any_signature_may_fit() -> None:
    body = b'{"event": {"id": "1", "event_type": "pagey.ping"}}'
    old, new = (hmac.new(word.encode(), body, hashlib.sha256).hexdigest() for word in ("old", "new"))
    now = datetime(2026, 9, 7, tzinfo=UTC)
    assert CONNECTOR.verify({"x-pagerduty-signature": f"v1={old}, v1={new}"}, body, ["new"], now) == "verified"
    with pytest.raises(Refused):
        CONNECTOR.verify({"x-pagerduty-signature": f"v0={new}"}, body, ["new"], now)


def test_an_incident_that_came_back_is_open_again() -> None:
    fake, at = FakePagerDuty("s", "t"), START
    kim = fake.add_user("Kim", "kim@harbor.example")
    incident = fake.trigger(fake.add_service("Berths"), "Doubly booked", at)
    fake.resolve(incident, kim, at + timedelta(hours=1))
    fake.reopen(incident, kim, at + timedelta(hours=2))
    world = World(fake, (), at + timedelta(days=1), OPTIONS, {"token": "t"})
    reader = Reader(CONNECTOR, world)
    found = reader.records(reader.pages())
    record = found["incidents", f"pagerduty:{incident['id']}"]
    assert record["status"] == "open"
    assert "resolved_at" not in record
    kinds = {values["kind"] for (table, _), values in found.items() if table == "incident_events"}
    assert kinds == {"triggered", "resolved", "reopened"}


def test_a_page_that_comes_once_more_hides_none() -> None:
    fake = FakePagerDuty("s", "t")
    service = fake.add_service("Berths")
    wanted = {fake.trigger(service, f"Ebb {n}", START + timedelta(minutes=n))["id"] for n in range(230)}
    fault = fake.faults.add("repeat", r"/incidents\?.*limit=100", times=2, after=1)
    reader = Reader(CONNECTOR, World(fake, (), START + timedelta(days=1), OPTIONS, {"token": "t"}))
    found = reader.records(reader.pages())
    assert not fault.times
    assert {identity.removeprefix("pagerduty:") for table, identity in found if table == "incidents"} == wanted
    assert not reader.left_out


def test_what_happened_since_is_read_whole_and_nothing_else() -> None:
    fake, end = history(random.Random(7))
    world = World(fake, (), end + timedelta(hours=1), OPTIONS, {"token": fake.token})
    reader = Reader(CONNECTOR, world)
    reader.pages()
    incident = fake.incidents[0]
    fake.note(incident, "looked at it again", fake.users[0], reader.now + timedelta(minutes=1))
    reader.now += timedelta(minutes=10)
    fake.seen.clear()
    new = reader.pages()
    assert any(incident["id"] in page.headers["path"] and page.kind == "api:notes" for page in new if page.headers)
    logs = {
        request.path
        for request in fake.seen
        if request.path.endswith("/log_entries") and "/incidents/" in request.path
    }
    assert logs == {f"/incidents/{incident['id']}/log_entries"}

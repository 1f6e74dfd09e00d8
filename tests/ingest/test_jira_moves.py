"""Issues of Jira take their history along when they move, and links told by number find their issues."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fairlead.bus.sql import SqlEventLog
from fairlead.connectors.jira.connector import CONNECTOR
from fairlead.connectors.jira.fake import FakeJira
from fairlead.connectors.kit.connector import Options
from fairlead.ingest.apply import Ingest
from fairlead.model.raw import RawEvent
from fairlead.store import records
from fairlead.store.database import Database

START = datetime(2026, 9, 7, 8, tzinfo=UTC)


def test_what_was_told_before_a_move_follows_it(database: Database, tmp_path: Path) -> None:
    fake = FakeJira(secret="s3cret", user="bot@tern.example", token="t0ken")
    ingrid = fake.add_user("Ingrid", "ingrid@tern.example")
    for key in ("QUAY", "DOCK"):
        fake.add_project(key)
    issue, other = (fake.create("QUAY", title, ingrid, START) for title in ("Berth", "Crane"))
    fake.change(issue, ingrid, START + timedelta(hours=1), status="In Progress", points=5)
    fake.link(issue, other, ingrid, START + timedelta(hours=2))
    fake.comment(issue, "the gauge hangs", ingrid, START + timedelta(hours=3))
    fake.move(issue, "DOCK", ingrid, START + timedelta(hours=4))
    fake.change(issue, ingrid, START + timedelta(hours=5), points=8)
    log = SqlEventLog.open(f"sqlite:///{tmp_path / 'raw.db'}")
    ingest = Ingest(database, log, options=Options)
    log.append(_raws(fake))
    while ingest.step().raw_events:
        pass
    log.close()
    with database.read() as tx:
        found = {
            table: list(records.rows(tx, table))
            for table in ("work_items", "work_item_changes", "work_item_links", "work_item_transitions", "messages")
        }
    assert {row["id"] for row in found["work_items"]} == {f"jira:{issue['key']}", "jira:QUAY-2"}
    points = {row["to_value"] for row in found["work_item_changes"] if row["field"] == "points"}
    assert points == {"5", "8"}
    assert {row["work_item"] for row in found["work_item_changes"]} == {f"jira:{issue['key']}"}
    assert {row["from_item"] for row in found["work_item_links"]} == {f"jira:{issue['key']}"}
    assert {row["work_item"] for row in found["work_item_transitions"]} == {f"jira:{issue['key']}", "jira:QUAY-2"}
    assert {row["about"] for row in found["messages"]} == {f"jira:{issue['key']}"}


def test_a_link_heard_of_before_an_earlier_move_goes_along(database: Database, tmp_path: Path) -> None:
    """The webhook of the move is late: by its number the link was placed under a key that the issue no longer had."""
    fake = FakeJira(secret="s3cret", user="bot@tern.example", token="t0ken")
    ingrid = fake.add_user("Ingrid", "ingrid@tern.example")
    for key in ("QUAY", "DOCK"):
        fake.add_project(key)
    berth, crane = (fake.create("QUAY", title, ingrid, START) for title in ("Berth", "Crane"))
    fake.move(berth, "DOCK", ingrid, START + timedelta(hours=1))
    before = len(fake.sent)
    fake.link(berth, crane, ingrid, START + timedelta(hours=2))
    told = _raws(fake)
    (link,) = (one for one in told[before:] if one.kind == "issuelink_created")
    made, move = told[: before - 1], told[before - 1]
    log = SqlEventLog.open(f"sqlite:///{tmp_path / 'raw.db'}")
    ingest = Ingest(database, log, options=Options)
    for one in (*made, link, move):
        log.append([one])
        ingest.step()
    log.close()
    with database.read() as tx:
        found = {row["id"]: row["created_at"] for row in records.rows(tx, "work_item_links")}
    assert found == {f"jira:{berth['key']}/blocks/jira:QUAY-2": START + timedelta(hours=2)}


def _raws(fake: FakeJira) -> list[RawEvent]:
    found = []
    for sent in fake.sent:
        headers = {name.lower(): value for name, value in sent.headers.items()}
        kind, delivery = CONNECTOR.envelope(headers, sent.body)
        found.append(RawEvent("jira", "jira", kind, delivery, sent.body, START, headers, "verified"))
    return found


def _linked_and_not() -> list[RawEvent]:
    """Webhooks of links alone, as Jira sends them: what it says of the issues is silent about their links."""
    fake = FakeJira(secret="s3cret", user="bot@tern.example", token="t0ken")
    ingrid = fake.add_user("Ingrid", "ingrid@tern.example")
    fake.add_project("QUAY")
    berth, crane, gauge = (fake.create("QUAY", title, ingrid, START) for title in ("Berth", "Crane", "Gauge"))
    fake.link(berth, crane, ingrid, START + timedelta(hours=1))
    fake.link(gauge, crane, ingrid, START + timedelta(hours=2))
    fake.unlink(gauge, crane, ingrid, START + timedelta(hours=3))
    return [one for one in _raws(fake) if one.kind != "jira:issue_updated"]


@pytest.mark.parametrize("seed", range(6))
def test_a_link_told_by_numbers_waits_for_its_issues(database: Database, tmp_path: Path, seed: int) -> None:
    told = _linked_and_not()
    random.Random(seed).shuffle(told)
    log = SqlEventLog.open(f"sqlite:///{tmp_path / 'raw.db'}")
    ingest = Ingest(database, log, options=Options)
    for one in told:
        log.append([one])
        ingest.step()
    log.close()
    with database.read() as tx:
        found = {row["id"]: row for row in records.rows(tx, "work_item_links")}
    assert {one: (row["created_at"], row["deleted_at"]) for one, row in found.items()} == {
        "jira:QUAY-1/blocks/jira:QUAY-2": (START + timedelta(hours=1), None),
        "jira:QUAY-3/blocks/jira:QUAY-2": (START + timedelta(hours=2), START + timedelta(hours=3)),
    }
    ends = {(row["from_item"], row["to_item"]) for row in found.values()}
    assert ends == {("jira:QUAY-1", "jira:QUAY-2"), ("jira:QUAY-3", "jira:QUAY-2")}

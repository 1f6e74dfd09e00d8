"""An issue of Jira that moves to another project takes its history along, whichever way it was heard of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

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
    for sent in fake.sent:
        headers = {name.lower(): value for name, value in sent.headers.items()}
        kind, delivery = CONNECTOR.envelope(headers, sent.body)
        log.append([RawEvent("jira", "jira", kind, delivery, sent.body, START, headers, "verified")])
    while ingest.step().raw_events:
        pass
    log.close()
    with database.read() as tx:
        found = {
            table: list(records.rows(tx, table)) for table in ("work_items", "work_item_changes", "work_item_links")
        }
    assert {row["id"] for row in found["work_items"]} == {f"jira:{issue['key']}", "jira:QUAY-2"}
    points = {row["to_value"] for row in found["work_item_changes"] if row["field"] == "points"}
    assert points == {"5", "8"}
    assert {row["work_item"] for row in found["work_item_changes"]} == {f"jira:{issue['key']}"}
    assert {row["from_item"] for row in found["work_item_links"]} == {f"jira:{issue['key']}"}

"""GitLab renames a project; its CI scripts go on to hand over reports under the name that stands in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fairlead.bus.sql import SqlEventLog
from fairlead.connectors.kit.connector import Options
from fairlead.connectors.results.stated import Stated
from fairlead.ingest.apply import Ingest
from fairlead.model.raw import RawEvent
from fairlead.store import records
from fairlead.store.database import Database

RENAMED = datetime(2026, 9, 7, 15, tzinfo=UTC)
SARIF = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {"driver": {"name": "Semgrep"}},
            "results": [{"ruleId": "eval", "level": "error", "message": {"text": "evaluates what users type"}}],
        }
    ],
}
JUNIT = b'<testsuite name="tides"><testcase name="ebb" time="0.5"/></testsuite>'
LCOV = b"SF:a.py\nDA:1,1\nDA:2,0\nend_of_record\n"


@pytest.mark.parametrize("late", [False, True])
def test_reports_before_and_after_a_rename_are_of_one_project(database: Database, tmp_path: Path, late: bool) -> None:
    hook = {
        "event_name": "project_rename", "created_at": "2026-03-02T09:00:00Z", "updated_at": RENAMED.isoformat(),
        "name": "wallet", "path_with_namespace": "acme/wallet", "project_id": 7,
        "old_path_with_namespace": "acme/pay",
    }  # fmt: skip
    page = [{"id": 7, "path_with_namespace": "acme/pay", "last_activity_at": "2026-09-07T13:00:00Z"}]
    issue = {
        "id": 88, "iid": 12, "project_id": 7, "title": "Ebb", "state": "opened", "created_at": "2026-09-07T12:00:00Z",
        "updated_at": "2026-09-07T12:00:00Z", "web_url": "https://gitlab.example/acme/pay/-/issues/12",
    }  # fmt: skip
    dated = {"date": "2026-09-07T14:00:00Z"}
    rename = _raw("gitlab", "project_rename", json.dumps(hook).encode())
    told = [
        _raw("gitlab", "api:projects", json.dumps(page).encode(), dated),
        _raw("gitlab", "api:issues", json.dumps([issue]).encode(), {**dated, "project": "acme/pay"}),
        *_reports(RENAMED - timedelta(hours=1)),
        rename,
        *_reports(RENAMED + timedelta(hours=2)),
    ]
    if late:
        told.remove(rename)
        told.append(rename)
    log = SqlEventLog.open(f"sqlite:///{tmp_path / 'raw.db'}")
    ingest = Ingest(database, log, options=Options)
    for one in told:
        log.append([one])
        applied = ingest.step()
        assert not applied.quarantined
    log.close()
    with database.read() as tx:
        (alert,) = records.rows(tx, "alerts")
        assert (alert["repository"], alert["state"], alert["deleted_at"]) == ("gitlab:acme/wallet", "open", None)
        assert alert["started_at"] == RENAMED - timedelta(hours=1)
        for table in ("test_results", "coverage"):
            (row,) = records.rows(tx, table)
            assert row["repository"] == "gitlab:acme/wallet", table
        (item,) = records.rows(tx, "work_items")
        assert (item["id"], item["key"]) == ("gitlab:acme/wallet#12", "acme/wallet#12")
        (repository,) = records.rows(tx, "repositories")
        assert (repository["id"], repository["name"]) == ("gitlab:acme/wallet", "acme/wallet")


def _reports(at: datetime) -> list[RawEvent]:
    headers = Stated("gitlab:acme/pay", "5d1c0f7ab2e9", "main", at=at).headers()
    return [_raw("results", "results:file", body, headers) for body in (json.dumps(SARIF).encode(), JUNIT, LCOV)]


def _raw(tool: str, kind: str, body: bytes, headers: dict[str, str] | None = None) -> RawEvent:
    identity = f"{kind}/{body[:40]!r}/{headers}"
    return RawEvent(tool, tool, kind, identity, body, RENAMED + timedelta(days=1), headers or {})

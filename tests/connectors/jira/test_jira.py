"""Jira: golden pairs, and what they are to mean."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fairlead.connectors.jira.connector import CONNECTOR
from fairlead.connectors.kit.connector import Delivery, Options
from fairlead.connectors.kit.suite import ConnectorSuite
from fairlead.model.errors import Refused


class TestJira(ConnectorSuite):
    connector = CONNECTOR
    options = Options(source="jira")
    folder = Path(__file__).parent

    def signed(self, body: bytes, secret: str) -> dict[str, str]:
        return {"x-hub-signature": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def test_a_webhook_without_a_secret_is_refused_in_words() -> None:
    now = datetime(2026, 9, 7, tzinfo=UTC)
    with pytest.raises(Refused, match="signs only webhooks that have a secret"):
        CONNECTOR.verify({}, b"{}", ["s3cret"], now)
    made = hmac.new(b"s3cret", b"{}", hashlib.sha1).hexdigest()
    with pytest.raises(Refused, match="sha256"):
        CONNECTOR.verify({"x-hub-signature": f"sha1={made}"}, b"{}", ["s3cret"], now)


def test_stated_fields_and_statuses_win() -> None:
    options = Options(
        source="jira",
        values={
            "fields": {"points": "customfield_10077"},
            "statuses": {"Shelved": "canceled"},
            "teams": {"QUAY": "k"},
        },
    )
    fields = {
        "updated": "2026-09-07T08:00:00.000+0200", "customfield_10077": 13, "customfield_10016": 3,
        "status": {"id": "7", "name": "Shelved", "statusCategory": {"key": "done"}},
    }  # fmt: skip
    body = {"webhookEvent": "jira:issue_updated", "issue": {"key": "QUAY-9", "fields": fields}}
    reading = CONNECTOR.read(Delivery("jira:issue_updated", {}, json.dumps(body).encode()), options)
    said = next(patch.said() for patch in reading.patches if patch.table == "work_items")
    assert said["points"] == 13
    assert said["status_category"] == "canceled"
    assert said["team"] == "team:k"


def test_labels_of_one_edit_stay_apart() -> None:
    items = [{"field": "labels", "from": None, "fromString": "old app/api", "toString": "old web/api ops/api"}]
    body = {
        "webhookEvent": "jira:issue_updated", "timestamp": 1788760800000, "changelog": {"id": "881", "items": items},
        "issue": {"key": "QUAY-9", "fields": {"updated": "2026-09-07T08:00:00.000+0200"}},
    }  # fmt: skip
    reading = CONNECTOR.read(Delivery("jira:issue_updated", {}, json.dumps(body).encode()), Options("jira"))
    said = [patch.said() for patch in reading.patches if patch.table == "work_item_changes"]
    assert [(each["from_value"], each["to_value"]) for each in said] == [
        ("app/api", None), (None, "web/api"), (None, "ops/api"),
    ]  # fmt: skip
    assert len({patch.record.id for patch in reading.patches if patch.table == "work_item_changes"}) == 3

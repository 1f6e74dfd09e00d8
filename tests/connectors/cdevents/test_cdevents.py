"""The suite on CDEvents' golden pairs, and both ways to prove who sends."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fairlead.connectors.cdevents.connector import CONNECTOR
from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.golden import merged, samples
from fairlead.connectors.kit.suite import ConnectorSuite
from fairlead.model.errors import Refused

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class TestCDEvents(ConnectorSuite):
    connector = CONNECTOR
    options = Options(source="cdevents")
    folder = Path(__file__).parent

    def signed(self, body: bytes, secret: str) -> dict[str, str]:
        return standard(body, secret, NOW)


def standard(body: bytes, secret: str, at: datetime) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    made = hmac.new(secret.encode(), f"msg_1.{stamp}.".encode() + body, hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(made).decode()
    return {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": signature}


def test_shared_token() -> None:
    assert CONNECTOR.verify({"authorization": "Bearer t0ken"}, b"{}", ["old", "t0ken"], NOW) == "token"
    for header in ("Bearer other", "Basic t0ken", "t0ken", ""):
        with pytest.raises(Refused):
            CONNECTOR.verify({"authorization": header}, b"{}", ["old", "t0ken"], NOW)


@pytest.mark.parametrize("off", [timedelta(minutes=6), -timedelta(minutes=6), timedelta(days=4000)])
def test_a_signature_does_not_last(off: timedelta) -> None:
    with pytest.raises(Refused, match="at most 300 s"):
        CONNECTOR.verify(standard(b"{}", "s", NOW + off), b"{}", ["s"], NOW)


def test_one_history_of_a_run_and_of_an_incident() -> None:
    folder = Path(__file__).parent
    told = [CONNECTOR.read(sample.delivery(), Options(source="cdevents")) for sample in samples(folder)]
    found = {key[1]: each.values for key, each in merged(p for reading in told for p in reading.patches).items()}
    run = found["cdevents:harbor/ci/run/run-7"]
    assert (run["state"], run["result"], run["repository"]) == ("finished", "failure", "github:harbor-co/tides")
    assert run["queued_at"] < run["started_at"] < run["finished_at"]
    incident = found["cdevents:harbor/monitoring/incident/inc-12"]
    assert incident["status"] == "resolved"
    assert incident["service"] == "service:tides-api"
    assert incident["caused_by_version"] == "1.4.0"
    assert (incident["resolved_at"] - incident["started_at"]) == timedelta(minutes=35)
    change = found["cdevents:harbor/tides#41"]
    assert (change["state"], change["number"]) == ("merged", 41)

"""A tool that nobody knows: its payloads by HTTP, its mapping changed later, and what a person types about it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.typed import typed

from fairlead.config.load import load
from fairlead.gateway.app import create_apps
from fairlead.model.errors import ConfigFaults
from fairlead.model.times import FixedClock
from fairlead.store import records
from fairlead.wiring.services import Services

HERE = Path(__file__).parent
NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
SETTINGS = """
[sources.spinnaker]
tool = "generic"
mapping = "deploys.yaml"
webhook_secrets = [{ env = "HARBOUR" }]
"""


def opened(folder: Path) -> Services:
    return Services(
        load(folder / "fairlead.toml", {}),
        folder / "home",
        FixedClock(NOW),
        environ={"HARBOUR": "whsec_aGFyYm91cg=="},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fairlead.toml").write_text(SETTINGS)
    (tmp_path / "fairlead.d" / "mappings").mkdir(parents=True)
    (tmp_path / "fairlead.d" / "mappings" / "deploys.yaml").write_text((HERE / "spinnaker.yaml").read_text())
    return tmp_path


def sent(services: Services, body: Any, identity: str = "msg_1", **headers: str) -> int:
    tool = TestClient(create_apps(services).network, base_url="http://localhost")
    encoded, stamp = json.dumps(body).encode(), str(int(NOW.timestamp()))
    made = hmac.new(b"harbour", f"{identity}.{stamp}.".encode() + encoded, hashlib.sha256).digest()
    signed = {"webhook-signature": "v1," + base64.b64encode(made).decode()}
    signed |= {"webhook-id": identity, "webhook-timestamp": stamp}
    return tool.post("/hooks/spinnaker", content=encoded, headers={**signed, **headers}).status_code


def held(services: Services, table: str) -> dict[str, Any]:
    with services.database.read() as tx:
        return {row["id"]: row for row in records.rows(tx, table)}


def payload(name: str) -> Any:
    return json.loads((HERE / "raw" / f"{name}.json").read_text())["body"]


def test_payloads_become_records_and_a_changed_mapping_reads_them_again(folder: Path) -> None:
    with opened(folder) as services:
        assert sent(services, payload("deploy_finished")) == 202
        assert sent(services, payload("deploy_finished")) == 200
        assert sent(services, payload("alarm"), "msg_2", **{"x-harbour-kind": "alarm"}) == 202
        assert sent(services, {"event": "unheard of"}, "msg_3") == 202
        assert services.apply().quarantined == 0
        deployments = held(services, "deployments")
        assert {row["environment"] for row in deployments.values()} == {"prod-eu", "prod-us"}
        assert [row["title"] for row in held(services, "incidents").values()] == ["lock 3 gate stuck"]
        assert len(list(services.log.scan("spinnaker"))) == 3
    path = folder / "fairlead.d" / "mappings" / "deploys.yaml"
    changed = path.read_text().replace(
        "environment: {path: item.cluster, as: lower}", "environment: {value: harbour}"
    )
    path.write_text(changed.partition("examples:")[0])
    with opened(folder) as services:
        services.apply()
        assert {row["environment"] for row in held(services, "deployments").values()} == {"harbour"}
        version = services.options("spinnaker").version
    path.write_text(path.read_text() + "# a remark changes nothing\n")
    with opened(folder) as services:
        assert services.options("spinnaker").version == version


def test_a_faulty_or_missing_mapping_stops_before_anything_starts(folder: Path) -> None:
    path = folder / "fairlead.d" / "mappings" / "deploys.yaml"
    path.write_text("mappings:\n  - record: deploymnts\n")
    with pytest.raises(ConfigFaults, match=r"deploys.yaml:2:5: no table `deploymnts`; did you mean `deployments`"):
        opened(folder)
    path.unlink()
    with pytest.raises(ConfigFaults, match=r"fairlead.toml:4:1: sources.spinnaker.mapping: no file `deploys.yaml`"):
        opened(folder)
    (folder / "fairlead.toml").write_text('[sources.other]\ntool = "generic"\n')
    with pytest.raises(ConfigFaults, match=r"fairlead.toml:1:1: .* names no mapping"):
        opened(folder)


def fairlead(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("FAIRLEAD")}
    return typed(*words, folder=folder, environ={**kept, "FAIRLEAD_HOME": str(folder / "home"), "NO_COLOR": "1"})


def test_what_a_person_types(folder: Path) -> None:
    mapping = "fairlead.d/mappings/deploys.yaml"
    (folder / "body.json").write_text(json.dumps(payload("deploy_finished")))
    tried = fairlead(folder, "mappings", "try", mapping, "body.json")
    assert tried.returncode == 0, tried.stderr
    assert tried.stdout.startswith("deployments spinnaker:deploy/17/PROD-EU\n")
    assert "  result: success\n" in tried.stdout
    captured = {"headers": {"X-Harbour-Kind": "alarm"}, "body": payload("alarm")}
    (folder / "captured.json").write_text(json.dumps(captured))
    made = json.loads(fairlead(folder, "mappings", "try", mapping, "captured.json", "--json").stdout)
    assert [record["id"] for record in made["records"]] == ["spinnaker:incidents/9"]
    (folder / "other.json").write_text('{"a": 1}')
    assert fairlead(folder, "mappings", "try", mapping, "other.json").stdout == (
        "kept, becomes nothing: no mapping fits\n"
    )
    assert fairlead(folder, "mappings", "test").stdout.endswith("deploys.yaml: 2 examples, all hold\n")
    path = folder / mapping
    path.write_text(path.read_text().replace("result: success", "result: failure"))
    failed = fairlead(folder, "mappings", "test", mapping)
    assert failed.returncode == 1
    assert failed.stderr.startswith(f"{mapping}:39:5: spinnaker:deploy/17/PROD-EU: `result` is 'success'")
    path.write_text(path.read_text().replace("as: lower", "as: loewr"))
    checked = fairlead(folder, "config", "check")
    assert checked.returncode == 2
    assert "no conversion `loewr`; did you mean `lower`?" in checked.stderr
    assert not (folder / "home" / "raw.db").exists()

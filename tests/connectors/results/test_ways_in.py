"""A report by hand, by HTTP and from a folder: the same records, and one event where it is the same report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from fairlead.config.load import load
from fairlead.connectors.results.stated import Stated
from fairlead.gateway.app import create_apps
from fairlead.model.errors import Abort, ConfigFaults
from fairlead.store import records
from fairlead.wiring.imports import import_results
from fairlead.wiring.services import Services
from fairlead.workers.syncs import run_sync

SHA = "beefcafe" * 5
STATED = Stated("github:harbor-co/tides", SHA, "main")
REPORT = '<testsuite name="a"><testcase name="b" time="0.5"/><testcase name="c"><failure/></testcase></testsuite>'
ADDRESS = f"/results/ci?repository=github:harbor-co/tides&sha={SHA}&branch=main"
TOKEN = {"authorization": "Bearer harbour-word"}


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    (tmp_path / "fairlead.toml").write_text(
        '[sources.ci]\ntool = "results"\nwebhook_secrets = [{ env = "CI_TOKEN" }]\npaths = ["reports"]\n'
        'known_as = "github:harbor-co/tides"\noptions = { branch = "main" }\n[sources.github]\n'
    )
    loaded = load(tmp_path / "fairlead.toml", {})
    with Services(loaded, tmp_path / "home", environ={"CI_TOKEN": "harbour-word"}) as services:
        yield services


def _held(services: Services, table: str = "test_results") -> dict[str, Any]:
    with services.database.read() as tx:
        return {row["id"]: row for row in records.rows(tx, table)}


def test_three_ways_are_one_event(services: Services, tmp_path: Path) -> None:
    folder = tmp_path / "reports" / SHA
    folder.mkdir(parents=True)
    (folder / "junit.xml").write_text(REPORT)
    done = import_results(services, [str(folder)], STATED, source="ci", apply=True)
    assert (done.files, done.new, done.quarantined) == (1, 1, 0)
    before = _held(services)
    assert sorted(row["result"] for row in before.values()) == ["failed", "passed"]
    assert {(row["source"], row["sha"]) for row in before.values()} == {("ci", SHA)}
    tool = TestClient(create_apps(services).network, base_url="http://localhost")
    assert tool.post(ADDRESS, content=REPORT, headers=TOKEN).status_code == 200
    summary = run_sync(services, "ci")
    assert (summary.result, summary.pages, summary.new_pages) == ("success", 1, 0)
    services.apply()
    assert _held(services) == before


def test_http_tells_a_job_what_is_wrong(services: Services) -> None:
    tool = TestClient(create_apps(services).network, base_url="http://localhost")
    assert tool.post(ADDRESS, content=REPORT, headers=TOKEN).status_code == 202
    assert tool.post(ADDRESS, content=REPORT, headers={"authorization": "Bearer x"}).status_code == 401
    assert tool.post(ADDRESS.replace("/ci", "/github"), content=REPORT, headers=TOKEN).status_code == 404
    answer = tool.post("/results/ci?repository=github:harbor-co/tides", content=REPORT, headers=TOKEN)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("sha: is not stated")
    # kept and told on the Data page, since nothing is parsed at the door
    assert tool.post(ADDRESS, content="<html/>", headers=TOKEN).status_code == 202
    assert services.apply().quarantined == 1
    assert len(_held(services)) == 2


def test_a_newer_scan_buries_what_it_no_longer_finds(services: Services, tmp_path: Path) -> None:
    scan = (
        '{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "Lint"}}}}, "results": [{}], '
        '"invocations": [{{"endTimeUtc": "2026-03-0{}T10:00:00Z"}}]}}]}}'
    )
    first, second = ('{"ruleId": "%s", "message": {"text": "no"}}' % rule for rule in ("R1", "R2"))  # noqa: UP031
    for name, body in (
        ("new", scan.format(second, 2)),
        ("old", scan.format(f"{first}, {second}", 1)),
    ):
        (tmp_path / f"{name}.sarif").write_text(body)
        import_results(services, [str(tmp_path / f"{name}.sarif")], STATED, source="ci", apply=True)
    alerts = {row["rule"]: row for row in _held(services, "alerts").values()}
    assert {rule: row["deleted_at"] is not None for rule, row in alerts.items()} == {"R1": True, "R2": False}
    assert {str(row["started_at"])[:10] for row in alerts.values()} == {"2026-03-01"}


def test_nothing_is_taken_in_where_one_file_is_wrong(services: Services, tmp_path: Path) -> None:
    (tmp_path / "good.xml").write_text(REPORT)
    (tmp_path / "bad.xml").write_text("<testsuite>")
    with pytest.raises(ConfigFaults):
        import_results(services, [str(tmp_path)], STATED, apply=True)
    assert _held(services) == {}
    with pytest.raises(Abort, match="--sha: expected the hash"):
        import_results(services, [str(tmp_path)], Stated("github:a/b", "main"), apply=True)
    with pytest.raises(Abort, match="is a source of github"):
        import_results(services, [str(tmp_path)], STATED, source="github", apply=True)

"""The report of a move from Apache DevLake: figures of `tests/ingest/lake.py` worked out by hand, with reasons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.ingest import lake

from fairlead.config.load import load
from fairlead.model.times import FixedClock
from fairlead.wiring.moving import move_in
from fairlead.wiring.services import Services

MINUTE = 60


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """A home without settings."""
    clock = FixedClock(datetime(2026, 6, 10, 8, tzinfo=UTC))
    with Services(load(None), tmp_path / "home", clock) as opened:
        yield opened


def told(services: Services, folder: Path) -> dict[str, dict[str, Any]]:
    """The figures by name; May is the whole window and its only month, so each is told once."""
    answer = msgspec.json.decode(move_in(services, str(folder), {"form": "json"}).report.text)
    found = {one["figure"]: one for one in answer["figures"]}
    assert len(found) == len(answer["figures"])
    return found


def test_each_figure_three_ways(services: Services, tmp_path: Path) -> None:
    """Theirs, their rules over our records, and ours."""
    found = told(services, lake.write(tmp_path / "lake"))
    lead = found["lead_time"]
    assert (lead["start"], lead["end"]) == ("2026-05-01T00:00:00+00:00", "2026-06-01T00:00:00+00:00")
    # of 1680, 1681 and 23280 minutes the one in the middle; ours has a fourth of 28 h and no rounding
    assert lead["theirs"] == {"value": 1681 * MINUTE, "n": 3}
    assert lead["compatible"] == {"value": 1681 * MINUTE, "n": 3}
    assert lead["ours"] == {"value": 28 * 3600 + 15, "n": 4}
    assert [(one["key"], one["ids"]) for one in lead["reasons"]] == [
        ("undated", ["github:acme/payments#1"]),
        ("rounded", ["github:acme/payments#3"]),
    ]
    # days in the weeks from Monday 27 April on: 2 (in the cut one), 1, 0, 1, 0; ours begins with the complete ones
    frequency = found["deployment_frequency"]
    assert frequency["theirs"]["value"] == frequency["compatible"]["value"] == 1
    assert frequency["ours"]["value"] == 0.5
    assert [one["key"] for one in frequency["reasons"]] == ["weeks"]
    assert found["deployments"]["theirs"] == found["deployments"]["ours"] == {"value": 4, "n": 4}
    rate = found["change_failure_rate"]
    assert (rate["theirs"]["value"], rate["ours"]["value"]) == (0.25, 0)
    assert [(one["key"], one["ids"]) for one in rate["reasons"]] == [
        ("blamed", ["devlake:github:GithubDeployment:1:D3"])
    ]
    recovery = found["failed_deployment_recovery_time"]
    # from 4 May 12:00:30 to 19 May 10:00, in whole minutes that are over
    assert recovery["theirs"] == {"value": (14 * 24 * 60 + 22 * 60 - 1) * MINUTE, "n": 1}
    assert recovery["ours"]["value"] is None


def test_metrics_that_were_never_calculated(services: Services, tmp_path: Path) -> None:
    """Two of the four changes have them: of two rows DevLake takes the lower."""
    metrics, kept = lake.tables()["project_pr_metrics"]
    lead = told(services, lake.write(tmp_path / "lake", project_pr_metrics=(metrics, kept[1::2])))["lead_time"]
    assert lead["theirs"] == {"value": 1680 * MINUTE, "n": 2}
    assert [(one["key"], one["ids"]) for one in lead["reasons"]] == [
        ("undated", ["github:acme/payments#1", "github:acme/payments#3"]),
        ("lower_median", ["github:acme/payments#2", "github:acme/payments#4"]),
        ("data", []),
    ]


def test_a_deployment_of_which_a_part_failed(services: Services, tmp_path: Path) -> None:
    """One successful part is enough for DevLake."""
    head, rows = lake.tables()["cicd_deployment_commits"]
    failed = list(rows[3])
    failed[0], failed[4], failed[12] = "part", "FAILURE", "https://git/web"
    found = told(services, lake.write(tmp_path / "lake", cicd_deployment_commits=(head, [*rows, tuple(failed)])))
    count = found["deployments"]
    assert (count["theirs"]["value"], count["ours"]["value"]) == (4, 3)
    assert [(one["key"], one["ids"]) for one in count["reasons"]] == [
        ("part_failed", ["devlake:github:GithubDeployment:1:D4"]),
        ("data", []),
    ]


@pytest.mark.parametrize("form", ["terminal", "md", "html"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_reason_has_words(services: Services, tmp_path: Path, form: str, language: str) -> None:
    """The report in each form; rows are named."""
    answer = move_in(services, str(lake.write(tmp_path / "lake")), {"form": form, "language": language})
    assert "GithubDeployment:1:D3" in answer.report.text
    assert "DevLake" in answer.report.text
    assert answer.lines[:2] == ("accounts: 4", "change_commits: 4")


def test_nothing_to_compare(services: Services, tmp_path: Path) -> None:
    """A folder of issues alone: it is moved in, and the report says that there is nothing."""
    left = {name: None for name in lake.tables() if not name.startswith(("issue", "sprint"))}
    answer = move_in(services, str(lake.write(tmp_path / "lake", **left)), {"form": "md"})
    assert "nothing to compare" in answer.report.text
    assert any("cicd_deployment_commits is not there" in one for one in answer.warnings)

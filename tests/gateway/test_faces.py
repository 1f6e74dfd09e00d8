"""No report lacks a face: whatever the registry names has its command, its verb, its route and its page."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from fairlead.cli.main import Commands
from fairlead.gateway.app import create_apps
from fairlead.reports.registry import REPORTS, asked_as
from fairlead.ui.registry import pages
from fairlead.wiring.deliveries import page_at
from fairlead.wiring.verbs import verbs

COMMANDS = Commands(name="fairlead").list_commands(None)


@pytest.fixture
def operator(services: Any) -> TestClient:
    return TestClient(create_apps(services).operator, base_url="http://localhost")


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_has_its_command_and_its_verb(report: str) -> None:
    word, _ = asked_as(report)
    assert word in COMMANDS
    assert word in verbs()


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_has_its_page(report: str) -> None:
    assert page_at(report)[0] in {page.path for page in pages()}


def test_a_report_has_its_route(operator: TestClient) -> None:
    """Asked for as JSON, as a page and as Markdown; a route of the list of incidents gives numbers as JSON."""
    for report in REPORTS:
        word, said = asked_as(report)
        answer = operator.get(f"/api/v1/{word}", params={**said, "language": "en"})
        assert answer.status_code == 200, report
        assert report == "incidents" or answer.json()["kind"] == report
        for form, media in (("md", "text/markdown"), ("html", "text/html")):
            told = operator.get(f"/api/v1/{word}", params={**said, "format": form})
            assert told.headers["content-type"].startswith(media), report

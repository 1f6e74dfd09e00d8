"""The set-up pages: what each tool is told to do, what was heard of it, and which fields were taken for what."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.ui.sites import AS_OF, Site

from fairlead.config.load import load
from fairlead.connectors.kit.guide import guides
from fairlead.model.raw import RawEvent
from fairlead.model.times import FixedClock
from fairlead.wiring.services import Services

_SETTINGS = """
[server]
public_url = "https://fair.quay.example/"

[sources.tickets]
tool = "jira"
url = "https://quay.atlassian.net"
user = "bot@quay.example"
token = { env = "QUAY" }
[sources.tickets.options]
fields = { flagged = "customfield_7" }

[sources.pagerduty]
webhook_secrets = [{ env = "PAGER" }]
"""
_ISSUES = {
    "issues": [
        {
            "id": "20418",
            "key": "QUAY-7",
            "fields": {
                "summary": "Berth plan",
                "status": {"id": "3", "name": "Doing", "statusCategory": {"key": "indeterminate"}},
                "created": "2026-10-01T08:00:00.000+0000",
                "updated": "2026-10-02T08:00:00.000+0000",
                "customfield_31": 8,
            },
        }
    ]
}


@pytest.fixture(scope="module")
def quay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A Jira that was synced and stated in part, behind a public address, and a PagerDuty that nobody has heard."""
    home = tmp_path_factory.mktemp("quay")
    (home / "fairlead.toml").write_text(_SETTINGS, encoding="utf-8")
    with Services(load(home / "fairlead.toml", {}), home, FixedClock(AS_OF), {}) as services:
        note = {"fields": json.dumps({"points": ["customfield_31"], "sprint": ["customfield_4", "customfield_5"]})}
        sent = {"webhookEvent": "worklog_created", "timestamp": 1}
        services.log.append(
            [
                _event("api:issues", "p1", _ISSUES, "local", 3, {"path": "/rest/api/3/search", **note}),
                _event("worklog_created", "w1", sent, "verified", 2),
                _event("api:issues", "p2", {"issues": []}, "local", 1, note),
            ]
        )
        services.catch_up()
        yield Site(services)


def _event(
    kind: str, delivery: str, body: object, trust: str, hours: int, headers: dict[str, str] | None = None
) -> RawEvent:
    at = AS_OF - timedelta(hours=hours)
    return RawEvent("tickets", "jira", kind, delivery, json.dumps(body).encode(), at, headers or {}, trust)  # type: ignore[arg-type]


@pytest.fixture
def open_quay(quay: Site) -> Iterator[TestClient]:
    with quay.signed_in() as client:
        yield client


def _main(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text.partition("<main")[2].partition("</main>")[0]))


@pytest.mark.parametrize("tool", sorted(guides()))
@pytest.mark.parametrize("language", ["en", "de"])
def test_each_tool_has_its_page_in_each_language(empty: TestClient, tool: str, language: str) -> None:
    answer = empty.get(f"/setup/{tool}", headers={"accept-language": language})
    assert answer.status_code == 200
    text, guide = _main(answer.text), guides()[tool]
    assert (guide.brings in text) == (language == "en")
    assert all(step.lines.strip().partition("\n")[0].replace("{source}", guide.source or tool) in text
               for way in guide.ways for step in way.steps)  # fmt: skip
    assert not re.search(r"\{(source|address|public)\}", text), "names and addresses are filled in"
    assert "fairlead doctor" in text
    assert 'type="password"' not in answer.text, "no secret is typed into a page"


def test_an_unknown_tool_is_told_with_those_that_there_are(empty: TestClient) -> None:
    answer = empty.get("/setup/harbour")
    assert answer.status_code == 404
    assert "“harbour” is not known" in answer.text
    assert "pagerduty" in answer.text


def test_the_overview_says_what_is_connected_and_what_comes_next(open_quay: TestClient) -> None:
    text = _main(open_quay.get("/setup").text)
    assert "2 tools are connected" in text
    assert "no public address" not in text
    assert "Add a webhook to tickets" in text
    assert "not heard yet" in text
    assert "not connected" in text


def test_a_page_names_the_source_and_address_that_there_are(open_quay: TestClient) -> None:
    text = _main(open_quay.get("/setup/jira").text)
    assert "Jira: connected as tickets" in text
    assert "https://fair.quay.example/hooks/tickets" in text
    assert "fairlead sync tickets" in text
    assert "[sources.tickets]" in text


def test_what_was_sent_is_shown_with_how_it_was_checked(open_quay: TestClient) -> None:
    text = _main(open_quay.get("/setup/jira").text)
    assert "worklog_created" in text, "the last that was sent, though a sync came later"
    assert "verified by its signature" in text
    assert "nothing was sent yet" in open_quay.get("/setup/pagerduty").text


def test_fields_found_by_meaning_are_shown_for_confirmation(open_quay: TestClient) -> None:
    text = _main(open_quay.get("/setup/jira").text)
    assert "customfield_31" in text
    assert "found by the sync: please confirm" in text
    assert "stated in fairlead.toml" in text
    assert "QUAY-7: 8" in text
    assert "1 of 1" in text
    kept = '{ points = "customfield_31", sprint = ["customfield_4", "customfield_5"], flagged = "customfield_7" }'
    assert f"[sources.tickets.options]\nfields = {kept}" in text


def test_lines_that_are_to_be_copied_are_settings(tmp_path: Path) -> None:
    asked = 0
    for tool, guide in guides().items():
        for step in (step for way in guide.ways for step in way.steps if step.lines):
            section = f'[sources.{{source}}]\ntool = "{tool}"\n'
            lines = step.lines if step.lines.lstrip().startswith("[") else section + step.lines
            # An objective is of a service, and measured by a source, that another part of the file names.
            lines += "\n[services.payments-api]\n[sources.prometheus]\n" * ("[slos." in lines)
            # Acts are of a source that another part of the file connects.
            lines += f"\n[sources.{tool}]\n" * ("[actions]" in lines)
            file = tmp_path / "fairlead.toml"
            file.write_text(lines.replace("{source}", tool), encoding="utf-8")
            assert load(file, {}).settings.sources.keys() | load(file, {}).settings.slos.keys(), (tool, step.say)
            asked += 1
    assert asked > 15

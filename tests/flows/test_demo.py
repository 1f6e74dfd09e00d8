"""The brief says what the story says, each sentence with rows that can be looked at."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fairlead.reports.registry import REPORTS, asked_as
from fairlead.wiring import verbs
from fairlead.wiring.demo.story import DemoHistory
from fairlead.wiring.services import Services

NAMED_BY_THE_BRIEF = (
    "stuck-reviewer-away", "approved-unmerged", "conflict", "main-red", "review-load", "first-review-waits",
)  # fmt: skip


def claims(value: Any) -> Iterator[dict[str, Any]]:
    """All claims of a report, wherever they stand."""
    if isinstance(value, dict):
        if "text" in value and "evidence" in value:
            yield value
        for part in value.values():
            yield from claims(part)
    elif isinstance(value, list):
        for part in value:
            yield from claims(part)


def figures(value: Any) -> Iterator[dict[str, Any]]:
    """All figures of a report."""
    if isinstance(value, dict):
        if "definition" in value and "value" in value:
            yield value
        for part in value.values():
            yield from figures(part)
    elif isinstance(value, list):
        for part in value:
            yield from figures(part)


@pytest.fixture(scope="module")
def reports(demo_services: Services) -> dict[str, Any]:
    """Each report as JSON."""
    asked = {name: asked_as(name) for name in REPORTS}
    found = {
        name: verbs.ask(demo_services, verb, {"form": "json", "changes": "yes", **words}).text
        for name, (verb, words) in asked.items()
    }
    return {name: json.loads(text) for name, text in found.items()}


def test_every_claim_has_evidence_and_its_query_gives_its_rows(
    demo_services: Services, reports: dict[str, Any]
) -> None:
    counted = 0
    for report in reports.values():
        for claim in claims(report):
            evidence = claim["evidence"]
            assert claim["text"]
            assert evidence["ids"], claim["text"]
            assert evidence["query"], claim["text"]
            # without the owner's scope: what a member is told a member can look at
            rows = demo_services.warehouse.readonly(evidence["query"], owner=False, limit=100_000).rows
            assert len(rows) == evidence["count"] or not evidence["count"], claim["text"]
            counted += 1
    assert counted > 40


def test_every_figure_opens(demo_services: Services, reports: dict[str, Any]) -> None:
    found = list(figures(reports["brief"]))
    assert {figure["name"] for figure in found} >= {"deployment_frequency", "lead_time", "change_failure_rate"}
    for figure in found:
        for key in ("value", "unit", "n", "excluded", "definition", "freshness", "rows"):
            assert key in figure
        rows = demo_services.warehouse.readonly(figure["rows"]["query"], owner=True, limit=100_000).rows
        assert len(rows) == figure["rows"]["count"], figure["name"]


@pytest.mark.parametrize("kind", NAMED_BY_THE_BRIEF)
def test_the_brief_names_what_the_story_tells(kind: str, story: DemoHistory, reports: dict[str, Any]) -> None:
    facts = [fact for fact in story.story_facts if fact.kind == kind]
    assert facts, f"the story has no {kind}"
    named = {found for report in reports.values() for claim in claims(report) for found in claim["evidence"]["ids"]}
    shown = json.dumps(reports, ensure_ascii=False)
    for fact in facts:
        assert fact.id in named or fact.id in shown, fact.sentence


def test_a_german_brief_says_the_same(demo_services: Services, reports: dict[str, Any]) -> None:
    german = json.loads(verbs.ask(demo_services, "brief", {"form": "json", "changes": "yes", "language": "de"}).text)
    english = reports["brief"]
    assert [claim["evidence"] for claim in claims(german)] == [claim["evidence"] for claim in claims(english)]
    assert [claim["text"] for claim in claims(german)] != [claim["text"] for claim in claims(english)]


@pytest.mark.parametrize("form", ["terminal", "md", "html", "json"])
def test_the_same_question_gives_the_same_answer(form: str, demo_services: Services) -> None:
    first, again = (verbs.ask(demo_services, "brief", {"form": form, "width": "80"}).text for _ in range(2))
    assert first == again


TOLD_BY_THE_MARTS = {
    "scope-creep": "select count(*) from sprint_scope where sprint = ? and kind = 'added' having count(*) >= 4",
    "carried-over": "select 1 from sprint_scope where work_item = ? and kind = 'carried_over' having count(*) = 3",
    "re-estimated": "select 1 from sprint_scope where work_item = ? and kind = 're_estimated'"
    " and points_before = 3 and points_after = 8",
    "reopened": "select 1 from work_item_cycle_times where work_item = ? and reopened = 1 and done_at is null",
    "flagged": "select 1 from work_item_blocks where work_item = ? and kind = 'flag' and to_at is null",
    "blocked-by-team": "select blocked_by from work_item_blocks where work_item = ? and to_at is null",
    "incident-caused": "select deployment from incident_causes where incident = ? and deployment is not null",
    "incident-not-caused": "select 1 from incident_causes where incident = ? and deployment is null",
    "gates-incident": "select deployment from incident_causes where incident = ? and deployment is not null",
    "gates-rolled-back": "select previous from deployment_lineage where deployment = ? and kind = 'rollback'",
    "kiosk-deployment-failed": "select 1 from counted_deployments where deployment = ? and result = 'failure'",
    "issue-reopened": "select 1 from work_item_cycle_times where work_item = ? and reopened = 1 and done_at is null",
    "on-call": "select 1 from oncall_shifts s join accounts a on a.id = s.account"
    " where a.person = ? and s.team = 'team:terminals'",
    "edge-incident": "select deployment from incident_causes where incident = ? and verdict = 'named_sha'",
    "incident-recurs": "select 1 from counted_incidents where incident = ? and resolved_at is not null",
    "incident-reopened": "select 1 from counted_incidents where incident = ? and duration_s > 9000",
}
"""Kind of a story line -> query by its record's id; a row, and what the line names besides, shows that it is seen."""


@pytest.mark.parametrize("kind", TOLD_BY_THE_MARTS)
def test_the_marts_see_what_the_story_tells(kind: str, story: DemoHistory, demo_services: Services) -> None:
    [fact] = [fact for fact in story.story_facts if fact.kind == kind]
    rows = demo_services.warehouse.rows(TOLD_BY_THE_MARTS[kind], [fact.id])
    assert rows, fact.sentence
    named = {str(value) for row in rows for value in row.values() if ":" in str(value)}
    assert named <= set(fact.others), fact.sentence


def test_no_incident_counts_twice(demo_services: Services) -> None:
    counted = demo_services.warehouse.rows("select source, count(*) as n from counted_incidents group by source")
    assert {row["source"]: row["n"] for row in counted} == {"pagerduty": 15, "cdevents": 1}

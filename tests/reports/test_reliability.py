"""Reliability: what burns is told first, classes and repeats have their rows, small teams are told nothing about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.reports.stories import NOW, Story, ago

from fairlead.metrics.warehouse import Warehouse
from fairlead.model.setup import Privacy, ServiceSetup, Setup, SloSetup, TeamSetup, Thresholds
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.brief import brief
from fairlead.reports.document import Chart, Claim, Document, Section, Table
from fairlead.reports.reliability import reliability
from fairlead.reports.slo import load_promises, slo

SETUP = Setup(
    thresholds=Thresholds(minimum_n=1),
    privacy=Privacy(minimum_group=2),
    teams={"pay": TeamSetup(members=("kim", "lee")), "ops": TeamSetup(members=("mo",))},
    services={"till": ServiceSetup(team="pay"), "mail": ServiceSetup(team="ops")},
    slos={"till": SloSetup(name="Tills answer", service="till", objective=0.999, window_days=7),
          "mail": SloSetup(service="mail", objective=0.99)},
)  # fmt: skip


def incident(story: Story, key: str, hours_ago: float, title: str, service: str = "till", **more: Any) -> None:
    """An incident that was resolved within half an hour."""
    story.add(
        "incidents", id=f"pagerduty:{key}", title=title, service=f"service:{service}", started_at=ago(hours_ago),
        resolved_at=ago(hours_ago - 0.5), status="resolved", made_from="incident", source="pagerduty", **more,
    )  # fmt: skip


def samples(story: Story, failing: float, since: timedelta, until: timedelta, slo: str = "till") -> None:
    """Steps of five minutes in which so many of a thousand events fail."""
    end = NOW - since
    while end <= NOW - until:
        story.add(
            "slo_windows", id=f"x:{slo}/{end.isoformat()}", slo=f"slo:{slo}", start_at=end - timedelta(minutes=5),
            end_at=end, good=1000 - failing, total=1000, source="x",
        )  # fmt: skip
        end += timedelta(minutes=5)


@pytest.fixture
def told(story: Story) -> Story:
    """Five incidents of which two repeat others, and pages of two teams."""
    for who in ("kim", "lee", "mo"):
        story.person(who)
    incident(story, "A", 500, "Card reader offline (7)", severity="high")
    incident(story, "B", 300, "Card reader offline (12)", severity="critical")
    incident(story, "C", 200, "Mail queue grows", "mail", severity="high", root_cause="disk full")
    incident(story, "D", 30, "No mail at all", "mail", root_cause="Disk full")
    incident(story, "E", 20, "Till prints twice", labels=("customer",))
    for number, who in enumerate(("kim", "lee", "mo")):
        story.add(
            "incident_events", id=f"pagerduty:A/notified/{number}", incident="pagerduty:A", kind="notified",
            at=ago(500 - number), actor=f"github:@{who}", source="pagerduty",
        )  # fmt: skip
    return story


def asked(story: Story, **more: Any) -> tuple[Warehouse, Document]:
    warehouse = story.told(SETUP)
    return warehouse, reliability(Asked(warehouse, SETUP, NOW, **more))


def section(document: Document, key: str) -> Section:
    return next(one for one in document.sections if one.key == key)


def claims(document: Document, key: str) -> list[str]:
    return [block.text for block in section(document, key).blocks if isinstance(block, Claim)]


def test_what_burns_comes_first_and_every_claim_has_its_rows(told: Story) -> None:
    samples(told, 0, timedelta(days=4), timedelta(hours=1))
    samples(told, 20, timedelta(minutes=55), timedelta(0))
    warehouse, document = asked(told)
    assert document.title.text == "1 error budget burns too fast"
    burns, never = claims(document, "needs")
    assert burns.startswith("burns 20 times as fast as it may over 1 h and 20 times over 5 min; from 14.4 on")
    assert never == "has never been measured; 99 % are promised over 30 days"
    (table,) = (block for block in section(document, "levels").blocks if isinstance(block, Table))
    assert [cell.text for cell in table.rows[0]][:4] == ["Tills answer", "till", "99.9 %", "99.98 %"]
    # of the other nothing is known: neither kept nor broken
    assert [cell.text for cell in table.rows[1]][3:] == ["", "", "", "", "", "0 %"]
    (chart,) = (block for block in section(document, "levels").blocks if isinstance(block, Chart))
    assert chart.table.rows[0][1].text == "" and chart.table.rows[0][1].reason
    for claim in document.claims():
        assert len(warehouse.rows(claim.evidence.query)) == claim.evidence.count, claim.key


def test_a_burning_budget_is_told_with_its_end_and_is_a_risk_of_the_brief(told: Story) -> None:
    samples(told, 0, timedelta(days=4), timedelta(hours=1))
    samples(told, 20, timedelta(minutes=55), timedelta(0))
    told.add("changes", id="x:1", state="merged", source="x", repository="x:till", created_at=ago(900))
    warehouse = told.told(SETUP)
    asked = Asked(warehouse, SETUP, NOW)
    [till, mail] = load_promises(asked.scope).objectives
    assert (till.slo, till.team, till.target) == ("slo:till", "team:pay", 0.999)
    assert till.to_json()["burn_rates"]["1h"] == pytest.approx(20) and mail.to_json()["budget_left"] is None
    # twelve steps failed 20 of 1,000: a fifth of what all of this traffic may; the rest lasts under seven hours
    failed, may = 12 * 20, 1164 * 1000 * 0.001
    left = 1 - failed / may
    [burning] = load_promises(asked.scope).burning
    assert burning.budget_left == pytest.approx(left, abs=0.02)
    assert burning.spent_at is not None
    assert burning.spent_at - NOW == pytest.approx(timedelta(days=7) * left / 20, abs=timedelta(minutes=30))
    [risk] = [one for one in section(brief(asked), "risks").blocks if isinstance(one, Claim)]
    assert risk.tone == "act" and risk.refs[0].id == "slo:till"
    assert risk.reasons[0].text.startswith("at this pace what is left of the budget, 79")
    for claim in (risk, *risk.reasons):
        assert len(warehouse.rows(claim.evidence.query)) == claim.evidence.count
    assert slo(asked).title.text == "1 error budget burns too fast"
    assert [one.slo for one in load_promises(asked.scope_of("ops")).burning] == []
    assert load_promises(asked.scope, "service:mail").objectives[0].slo == "slo:mail"


def test_of_a_budget_that_is_spent_no_end_is_told(told: Story) -> None:
    samples(told, 30, timedelta(days=4), timedelta(0))
    _, document = asked(told)
    burns = next(block for block in section(document, "needs").blocks if isinstance(block, Claim))
    assert [reason.key for reason in burns.reasons] == ["slo.spent_already"]


def test_a_spent_budget_and_one_that_fell_silent(told: Story) -> None:
    samples(told, 9, timedelta(days=6), timedelta(hours=5))
    _, document = asked(told, team="pay")
    assert document.title.text == "1 objective has spent its error budget"
    spent, silent = claims(document, "needs")
    assert spent == "kept 99.1 % of the promised 99.9 % over 7 days; budget left: -800 %"
    assert silent.startswith("has not been measured since")


def test_incidents_by_class_with_the_window_before(told: Story) -> None:
    incident(told, "Z", 24 * 100, "Long ago", severity="low")
    _, document = asked(told)
    (table, *_) = section(document, "classes").blocks
    assert isinstance(table, Table)
    rows = {(row[1].text, row[0].text): [cell.text for cell in row[2:]] for row in table.rows}
    assert rows["severity", "critical"] == ["1", "0"] and rows["severity", "low"] == ["0", "1"]
    assert rows["severity", "not told"] == ["2", "0"]
    assert rows["noticed by", "a customer"] == ["1", "0"]
    assert table.caption.text == "5 incidents in this window, 1 in the one before"


def test_of_a_time_without_records_nothing_is_told(told: Story) -> None:
    (table, *_) = section(asked(told)[1], "classes").blocks
    assert isinstance(table, Table)
    assert {row[3].text for row in table.rows} == {""}
    assert table.caption.text == "5 incidents in this window; nothing is known of the one before"


def test_repeats_stand_beside_the_one_before(told: Story) -> None:
    _, document = asked(told)
    stated, similar = claims(document, "repeats")
    assert "the same cause is stated as of C `Mail queue grows`" in stated
    assert "like A `Card reader offline (7)`" in similar and "0.9 of 1" in similar
    _, of_team = asked(told, team="ops")
    assert len(claims(of_team, "repeats")) == 1


def test_load_is_of_teams_and_a_small_one_is_left_out(told: Story) -> None:
    _, document = asked(told)
    (table,) = section(document, "oncall").blocks
    assert isinstance(table, Table)
    rows = {row[0].text: row[1:] for row in table.rows}
    assert rows["pay"][0].text == "0.2 pages a week"
    assert {cell.text for cell in rows["ops"]} == {""} and "too small" in rows["ops"][0].reason
    assert table.caption.evidence.count == 2


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_form_in_both_languages(told: Story, language: str) -> None:
    samples(told, 1, timedelta(days=2), timedelta(0))
    _, document = asked(told, language=language)
    assert render.terminal(document, width=100, colour=False)
    assert render.markdown(document) and render.html(document) and render.json(document)


def test_a_service_has_its_own(told: Story) -> None:
    samples(told, 0, timedelta(days=1), timedelta(0), "mail")
    warehouse = told.told(SETUP)
    document = reliability(Asked(warehouse, SETUP, NOW), service="service:mail")
    assert document.scope == "mail"
    sections = document.sections
    assert [one.key for one in sections] == ["levels", "classes", "recovery", "repeats"]
    (table, *_) = sections[0].blocks
    assert isinstance(table, Table) and [row[0].text for row in table.rows] == ["mail"]
    (caption,) = [block.caption.text for block in sections[1].blocks if isinstance(block, Table)]
    assert caption.startswith("2 incidents in this window")


def test_nothing_at_all_is_said_as_such(story: Story) -> None:
    warehouse = story.told(Setup())
    document = reliability(Asked(warehouse, Setup(), datetime(2026, 1, 1, tzinfo=NOW.tzinfo)))
    assert document.title.text == "No incident in this window, as far as the tools tell"
    assert [one.key for one in document.sections] == ["levels", "classes", "recovery", "repeats", "oncall"]

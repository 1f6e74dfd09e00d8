"""Open security alerts: which count, how they are told, and that brief and triage tell them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.reports.stories import Story, ago

from fairlead.model.setup import Setup, Thresholds
from fairlead.model.times import FixedClock
from fairlead.reports.asked import Asked
from fairlead.reports.brief import brief
from fairlead.reports.document import Claim, Document
from fairlead.reports.triage import triage

PAY = "github:acme/pay"


def alert(story: Story, number: int, kind: str, severity: str | None, hours: float, **more: object) -> str:
    said = {"state": "open", "title": f"Finding {number}", "repository": PAY, "number": number} | more
    return story.add(
        "alerts", id=f"{said['repository']}/alert/{kind}/{number}", kind=kind, severity=severity,
        started_at=ago(hours), **said,
    )  # fmt: skip


def told(document: Document) -> list[Claim]:
    return [claim for claim in document.claims() if claim.key == "alert.open"]


@pytest.fixture
def open_alerts(story: Story) -> Story:
    story.add("repositories", id=PAY, name="acme/pay", default_branch="main")
    story.change(1, "github:@ann", 2)
    alert(story, 1, "dependency", "high", 50)
    alert(story, 2, "code_scanning", "critical", 20)
    alert(story, 3, "code_scanning", "medium", 90)
    alert(story, 4, "dependency", "critical", 90, state="fixed", ended_at=ago(3))
    alert(story, 5, "monitoring", "critical", 9)
    alert(story, 6, "secret", None, 1, repository="github:acme/web")
    return story


@pytest.mark.parametrize("report", [brief, triage])
def test_grave_ones_are_told_by_repository(
    open_alerts: Story, clock: FixedClock, report: Callable[[Asked], Document]
) -> None:
    web, pay = told(report(Asked(open_alerts.told(), Setup(), clock.now())))
    assert web.text.startswith("1 security alert is open, a leaked secret, since ")
    assert pay.text.startswith("2 security alerts are open, the gravest critical, the oldest since ")
    assert pay.title == "Finding 2"
    assert pay.evidence.ids == (f"{PAY}/alert/code_scanning/2", f"{PAY}/alert/dependency/1")


@pytest.mark.parametrize(("severity", "count"), [("critical", 1), ("high", 2), ("medium", 3), ("low", 3)])
def test_the_team_sets_from_where_on(open_alerts: Story, clock: FixedClock, severity: str, count: int) -> None:
    setup = Setup(thresholds=Thresholds(security_alert_severity=severity))  # type: ignore[arg-type]
    warehouse = open_alerts.told(setup)
    document = brief(Asked(warehouse, setup, clock.now()))
    (claim,) = (claim for claim in told(document) if claim.refs[0].label == "acme/pay")
    assert claim.evidence.count == count
    assert len(warehouse.readonly(claim.evidence.query).rows) == count


def test_german_says_the_same(open_alerts: Story, clock: FixedClock) -> None:
    (_, claim) = told(brief(Asked(open_alerts.told(), Setup(), clock.now(), language="de")))
    assert claim.text.startswith("2 Sicherheitswarnungen sind offen, die schwerste kritisch")

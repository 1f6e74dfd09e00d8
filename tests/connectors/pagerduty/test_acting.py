"""What is written to PagerDuty, on a fake of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.connectors.pagerduty.test_pagerduty import START

from fairlead.connectors.kit.acting_suite import ActingSuite, Case, Stage
from fairlead.connectors.kit.connector import Options
from fairlead.connectors.pagerduty.act import plan
from fairlead.connectors.pagerduty.connector import CONNECTOR
from fairlead.connectors.pagerduty.fake import FakePagerDuty
from fairlead.model.acts import Assign, Comment, OpenIncident, PageSomebody, Transition
from fairlead.model.errors import Skip


def _stage() -> Stage:
    fake = FakePagerDuty(secret="s3cret", token="t0ken", requests_a_minute=1_000_000)
    mira, jonas = (fake.add_user(name, f"{name.lower()}@harbor.example") for name in ("Mira", "Jonas"))
    service = fake.add_service("Tide Tables")
    incident = fake.trigger(service, "No tides", START, page=mira)
    now = START + timedelta(hours=1)
    fake.turn(lambda: now)
    subject, place = f"pagerduty:{incident['id']}", "service:tide-tables"
    facts = {place: {"url": service["html_url"], "name": "Tide Tables"}}
    jonas_id = f"pagerduty:@{jonas['id']}"
    cases = {
        "comment": Case(Comment(subject=subject, body="The cable again."), f"note {incident['id']}"),
        "assign": Case(Assign(subject=subject, add=(jonas_id,)), "assign", "assign"),
        "acknowledge": Case(Transition(subject=subject, to="Acknowledged"), "acknowledged"),
        "resolve": Case(Transition(subject=subject, to="done"), "resolved"),
        "open_incident": Case(
            OpenIncident(place=place, title="Flood", body="In the cellar"), "incident Tide Tables", "resolved", facts
        ),
        "page": Case(PageSomebody(place=place, title="Flood", body="Now"), "page Tide Tables", facts=facts),
    }
    settings = {"user": "mira@harbor.example"}
    return Stage(fake, now, Options("pagerduty"), {"token": "t0ken"}, settings, cases)


class TestActing(ActingSuite):
    connector = CONNECTOR

    def stage(self) -> Stage:
        return _stage()


def test_a_plan_shows_no_key_and_an_event_carries_no_token() -> None:
    stage = _stage()
    case = stage.cases["page"]
    key = stage.desk.services[0]["integration_key"]
    assert key not in str(plan(stage.request(case)))
    CONNECTOR.act(stage.request(case))  # type: ignore[attr-defined]
    [sent] = [one for one in stage.desk.seen if one.path == "/v2/enqueue"]
    assert key.encode() in sent.body
    assert "authorization" not in sent.headers
    assert sent.url == "https://events.pagerduty.com"


def test_a_service_is_known_by_the_settings_or_not_at_all() -> None:
    stage = _stage()
    case = Case(OpenIncident(place="service:quay", title="Flood"), "")
    with pytest.raises(Skip, match="service:quay"):
        plan(stage.request(case))
    stage.options = Options("pagerduty", {"services": {"PQUAY77": "quay"}})
    assert plan(stage.request(case))[0].body["incident"]["service"]["id"] == "PQUAY77"

"""Dependencies of teams over the API and on their page: entered by both, promised by who owes it, dates kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.gateway.test_deciding import client
from tests.ui.sites import Site

from fairlead.config.load import load
from fairlead.gateway.app import create_apps
from fairlead.ingest.replay import replay
from fairlead.model.patch import Patch
from fairlead.model.records.people import Person
from fairlead.model.records.work import Sprint, WorkItem, WorkItemLink
from fairlead.model.times import FixedClock
from fairlead.store import ledger, records
from fairlead.wiring.services import Services
from fairlead.wiring.verbs import ask

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOML = """
[teams.pay]
members = ["noor"]
[teams.platform]
members = ["lee"]
[teams.ops]
[people.noor]
[people.lee]
[people.sam]
"""
GIVEN, WAITS = "jira:PLAT-1", "jira:PAY-1"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    (tmp_path / "fairlead.toml").write_text(TOML, encoding="utf-8")
    made = Services(load(tmp_path / "fairlead.toml"), tmp_path / "home", FixedClock(NOW), environ={})
    items = [
        WorkItem(id=GIVEN, key="PLAT-1", title="The new login", team="team:platform", source="jira",
                 status_category="todo", work_type="feature", sprint="jira:sprint/1", created_at=NOW),
        WorkItem(id=WAITS, key="PAY-1", title="Sign in to pay", team="team:pay", source="jira",
                 status_category="todo", work_type="feature", created_at=NOW),
        WorkItemLink(id="jira:link/1", from_item=GIVEN, to_item=WAITS, kind="blocks", source="jira"),
        Sprint(id="jira:sprint/1", name="Platform 1", state="active", team="team:platform", source="jira",
               start_at=NOW - timedelta(days=3), end_at=NOW + timedelta(days=11)),
        *(Person(id=f"person:{name}", name=name.title(), kind="human") for name in ("noor", "lee", "sam")),
    ]  # fmt: skip
    with made.database.begin() as tx:
        records.apply(tx, [Patch(one, NOW) for one in items])
    made.catch_up()
    yield made
    made.close()


def test_what_a_link_suggests_is_confirmed_promised_moved_and_delivered(services: Services) -> None:
    apps = create_apps(services)
    noor, lee = client(apps, "noor", team="team:pay"), client(apps, "lee", team="team:platform")
    sam = client(apps, "sam", team="team:ops")
    [suggested] = noor.get("/api/v1/dependencies").json()["suggested"]
    assert (suggested["to_team"], suggested["work_item"]) == ("team:platform", GIVEN)
    assert noor.get("/api/v1/dependencies?team=ops").json()["suggested"] == []
    said = {name: suggested[name] for name in ("from_team", "to_team", "work_item", "waiting_item")}
    assert sam.post("/api/v1/dependencies", json=said).status_code == 403
    assert noor.post("/api/v1/dependencies", json=said).json() == {"id": "dependency:1"}
    services.catch_up()
    # whoever waits does not promise for those who deliver
    agreed = {"until": "2026-03-20"}
    assert noor.post("/api/v1/dependencies/1/agree", json=agreed).status_code == 403
    assert lee.post("/api/v1/dependencies/1/agree", json={"until": "soon"}).status_code == 422
    assert lee.post("/api/v1/dependencies/1/move", json=agreed).status_code == 422
    assert lee.post("/api/v1/dependencies/1/agree", json=agreed).status_code == 202
    services.catch_up()
    told = noor.get("/api/v1/dependencies").json()
    [one] = told["dependencies"]
    assert told["suggested"] == [] and one["state"] == "agreed" and one["expected_by"] == "sprint"
    assert noor.post("/api/v1/dependencies/1/move", json={"until": "2026-03-10"}).status_code == 202
    services.catch_up()
    told = noor.get("/api/v1/dependencies").json()
    [one] = told["dependencies"]
    # its item's sprint ends after that
    assert one["state"] == "at_risk" and one["dates"] == ["2026-03-02 2026-03-20"]
    assert "1 of 1 dependencies" in told["title"]["text"]
    assert noor.post("/api/v1/dependencies/1/deliver", json={}).status_code == 202
    services.catch_up()
    [one] = noor.get("/api/v1/dependencies").json()["dependencies"]
    assert one["state"] == "kept" and lee.post("/api/v1/dependencies/1/drop", json={}).status_code == 422
    with services.database.read() as tx:
        kinds = [row.kind for row in ledger.entries(tx, 0, 100) if row.kind.startswith("dependency.")]
    assert kinds == [f"dependency.{what}" for what in ("added", "agreed", "moved", "delivered")]
    replay(services.ingest, source="fairlead")
    services.catch_up()
    assert noor.get("/api/v1/dependencies").json()["dependencies"] == [one]


def test_a_refused_suggestion_does_not_come_back(services: Services) -> None:
    apps = create_apps(services)
    lee = client(apps, "lee", team="team:platform")
    said = {"from_team": "pay", "to_team": "platform", "work_item": GIVEN, "waiting_item": WAITS}
    assert lee.post("/api/v1/dependencies/refuse", json=said).status_code == 202
    services.catch_up()
    told = lee.get("/api/v1/dependencies").json()
    assert (told["dependencies"], told["suggested"]) == ([], [])


def test_what_cannot_be_is_refused_with_what_is_wrong(services: Services) -> None:
    noor = client(create_apps(services), "noor", team="team:pay")
    for said, words in (
        ({"from_team": "pay"}, "between two teams"),
        ({"from_team": "pay", "to_team": "pay", "title": "x"}, "wait for itself"),
        ({"from_team": "pay", "to_team": "platform"}, "what is to be delivered"),
        ({"from_team": "pay", "to_team": "nowhere", "title": "x"}, "no team"),
        ({"from_team": "pay", "to_team": "platform", "work_item": "jira:NO-1"}, "no work item"),
        ({"from_team": "pay", "colour": "red"}, "no field"),
    ):
        answer = noor.post("/api/v1/dependencies", json=said)
        assert answer.status_code == 422 and words in answer.text
    # what was refused took no number, and the list says which there are
    said = {"from_team": "pay", "to_team": "platform", "title": "x"}
    assert noor.post("/api/v1/dependencies", json=said).json() == {"id": "dependency:1"}
    services.catch_up()
    lines = ask(services, "dependencies", {"form": "md"}).text.splitlines()
    assert ["pay" in one for one in lines if one.startswith("| 1")] == [True]


def test_overdue_is_told_with_earlier_dates_in_both_languages_and_as_a_graph(services: Services) -> None:
    lee = client(create_apps(services), "lee", team="team:platform")
    said = {"from_team": "pay", "to_team": "platform", "title": 'A <b>"new"</b> | login'}
    lee.post("/api/v1/dependencies", json=said)
    services.catch_up()
    for act, until in (("agree", "2026-03-03"), ("move", "2026-03-04")):
        past = lee.post(f"/api/v1/dependencies/1/{act}", json={"until": "2020-01-01"})
        assert past.status_code == 422 and "2020-01-01 is over" in past.text
        assert lee.post(f"/api/v1/dependencies/1/{act}", json={"until": until}).status_code == 202
        services.catch_up()
    services.clock = FixedClock(NOW + timedelta(days=5))
    text = ask(services, "dependencies", {"form": "md"}).text
    assert "was agreed for Wed 4 Mar" in text and "2026-03-03" in text and "overdue" in text
    assert "war zugesagt für Mi 4. März" in ask(services, "dependencies", {"form": "md", "language": "de"}).text
    graph = ask(services, "dependencies", {"form": "mermaid"}).text
    assert graph.startswith("flowchart LR") and "==>" in graph and "<b>" not in graph and '"new"' not in graph


def test_the_page_shows_the_map_and_takes_what_members_say(services: Services) -> None:
    site = Site(services)
    secret = site.apps.access.invite("person:lee", "member", "team:platform")
    browser = site.signed_in(secret or "")

    def send(button: str, act: str, **more: str) -> str:
        text = browser.get("/dependencies").text
        form = next(one for one in re.findall(r"<form.*?</form>", text, re.S) if button in one)
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        action = re.search(r'action="([^"]+)"', form)
        assert action
        return str(browser.post(action[1], data={**hidden, **({"act": act} if act else {}), **more}).text)

    assert "PAY-1 of pay waits for PLAT-1 of platform" in browser.get("/dependencies").text
    assert "no date yet" in send("They wait for it", "add")
    assert "agreed" in send("Agree<", "", until="2026-03-20")
    assert "overdue" not in send("Move it", "", until="2026-03-25")
    more = {"from_team": "team:pay", "to_team": "team:platform", "work_item": "jira:PLAT-1", "due_at": "2026-03-19"}
    assert "Thu 19 Mar" in send("Enter it", "", **more)
    assert "kept" in send("It is there", "deliver") or "agreed was" in browser.get("/dependencies").text

"""A plan in the tools: what is not so yet is proposed, approved as ever, seen at the fakes, and asked for once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.connectors.github.histories import Team
from tests.connectors.github.test_acting import stage_of
from tests.flows.servers import served

from fairlead.config.load import load
from fairlead.connectors.github.fake.api.desk import Desk
from fairlead.connectors.jira.connector import CONNECTOR
from fairlead.connectors.jira.fake import FakeJira
from fairlead.model.acts import Assign, EditIssue, MoveInto
from fairlead.model.patch import Patch
from fairlead.model.raw import RawEvent
from fairlead.model.records.code import Repository
from fairlead.model.records.people import Account, Person
from fairlead.model.records.work import Milestone, Sprint, WorkItem
from fairlead.model.times import FixedClock
from fairlead.store import records
from fairlead.wiring import governing, planviews, planwriting
from fairlead.wiring.services import Services

START = datetime(2026, 9, 7, 7, tzinfo=UTC)
NOW = START + timedelta(days=14, hours=2)
"""A Monday morning, on which the last sprint is over and the next one, Autumn, begins."""
GITHUB = "github:harbor-co/tides#2"
SETTINGS = """
[sources.jira]
url = "{jira}"
token = {{ env = "TOKEN" }}
[sources.github]
url = "{github}"
token = {{ env = "TOKEN" }}
[actions]
sources = ["jira", "github"]
networks = ["127.0.0.0/8"]
[planning]
review_share = 0.0
[people.kim]
accounts = ["{kim}", "github:@jonas"]
[people.noor]
accounts = ["{noor}", "github:@sahar"]
[teams.pay]
repositories = ["github:harbor-co/tides"]
members = ["kim", "noor"]
[capacity.kim]
skills = {{ api = 4 }}
[capacity.noor]
skills = {{ ui = 4 }}
"""


LOGINS = {"kim": "jonas", "noor": "sahar"}


@dataclass
class Home:
    services: Services
    jira: FakeJira
    github: Desk
    told: int = 0

    def hear(self) -> None:
        """What Jira has sent since."""
        for sent in self.jira.sent[self.told :]:
            headers = {name.lower(): value for name, value in sent.headers.items()}
            kind, delivery = CONNECTOR.envelope(headers, sent.body)
            self.services.log.append([RawEvent("jira", "jira", kind, delivery, sent.body, NOW, headers, "verified")])
        self.told = len(self.jira.sent)
        self.services.catch_up()

    def effects(self) -> list[str]:
        return [*self.jira.effects, *self.github.effects]

    def wishes(self, **words: str) -> planwriting.Wishes:
        return planviews.wishes(self.services, {"sprint": "NEXT", "team": "pay", **words})

    def approve(self, row: dict[str, Any]) -> None:
        """A manager's word, and the act."""
        governing.decide(
            self.services, row["id"], person="person:noor", roles={"team:pay": "manager"}, digest=row["digest"],
            verdict="approved", how="cli",
        )  # fmt: skip
        governing.perform_due(self.services, [row["id"]])


@pytest.fixture
def home(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Home]:
    jira = FakeJira(secret="s3cret", user="bot@acme.example", token="t0ken", cloud=False)
    kim, noor = jira.add_user("Kim Adler", "kim@acme.example"), jira.add_user("Noor Haddad", "noor@acme.example")
    jira.add_project("ACME")
    jira.add_sprint("ACME", "Autumn", NOW, NOW + timedelta(days=11), START)
    for number, label in enumerate(("api", "ui", "ui")):
        issue = jira.create("ACME", f"Part {number}", kim, START)
        jira.change(issue, kim, START, labels=[label], **({"assignee": kim} if label == "api" else {}))
    stage, seconds = stage_of(Team()), count()
    for fake in (jira, stage.desk):
        # two changes of a moment could be told in any order
        fake.turn(lambda: NOW + timedelta(seconds=next(seconds)))  # type: ignore[attr-defined]
    with served(jira) as at_jira, served(stage.desk) as at_github:  # type: ignore[arg-type]
        jira.base = at_jira
        accounts = {name: f"jira:@{one['key']}" for name, one in (("kim", kim), ("noor", noor))}
        settings = SETTINGS.format(jira=at_jira, github=at_github, **accounts)
        if only := getattr(request, "param", ""):
            settings = settings.replace('sources = ["jira", "github"]', f'sources = ["{only}"]')
        (tmp_path / "fairlead.toml").write_text(settings)
        loaded = load(tmp_path / "fairlead.toml", {})
        with Services(loaded, tmp_path / "home", FixedClock(NOW), {"TOKEN": "t0ken"}) as services:
            made = Home(services, jira, stage.desk)
            made.hear()
            [sprint] = [row["id"] for row in services.warehouse.rows("select id from sprints")]
            with services.database.begin() as tx:
                known = [
                    Sprint(id=sprint, team="team:pay"),
                    Sprint(id="jira:sprint/6", name="Spring", state="active", source="jira", team="team:pay",
                           project="ACME", start_at=START, end_at=NOW - timedelta(days=3)),
                    *(WorkItem(id=f"jira:ACME-{number}", team="team:pay") for number in (1, 2, 3)),
                    Repository(id="github:harbor-co/tides", name="tides", source="github"),
                    Milestone(id="github:harbor-co/tides/milestone/1", title="Autumn", state="open",
                              repository="github:harbor-co/tides", number=1, source="github"),
                    WorkItem(id=GITHUB, key="harbor-co/tides#2", repository="github:harbor-co/tides", source="github",
                             title="The lamp is dark", status_category="todo", work_type="bug", labels=("ui",),
                             created_at=START),
                    *(Account(id=account, handle=handle, kind="human", source=account.partition(":")[0],
                              person=f"person:{name}")
                      for name in ("kim", "noor")
                      for account, handle in ((accounts[name], name), (f"github:@{LOGINS[name]}", LOGINS[name]))),
                    *(Person(id=f"person:{one}", name=one.title(), kind="human", active=True)
                      for one in ("kim", "noor")),
                ]  # fmt: skip
                records.apply(tx, [Patch(one, at=START) for one in known])
            services.catch_up()
            yield made


def test_a_plan_is_proposed_approved_and_then_so_in_both_tools(home: Home) -> None:
    [sprint] = [row["id"] for row in home.services.warehouse.rows("select id from sprints where name = 'Autumn'")]
    found = home.wishes()
    asked = {(type(one.act), one.act.subject) for one in found.acts}  # type: ignore[union-attr]
    assert asked == {
        *((kind, f"jira:ACME-{number}") for kind in (EditIssue, MoveInto) for number in (1, 2, 3)),
        # who has the first one already has it by the plan as well
        *((Assign, f"jira:ACME-{number}") for number in (2, 3)),
        (Assign, GITHUB), (MoveInto, GITHUB),
    }  # fmt: skip
    assert {one.act.into for one in found.acts if isinstance(one.act, MoveInto)} == {
        sprint, "github:harbor-co/tides/milestone/1"
    }  # fmt: skip
    assert not found.refused and not any("score" in one.why or "%" in one.why for one in found.acts)

    rows = planwriting.propose(home.services, found.acts, by="operator")
    assert {row["state"] for row in rows} == {"waiting"} and not home.effects()
    assert home.wishes().acts == ()
    for row in rows:
        home.approve(row)
    assert sorted(one.rpartition(" ")[0].partition(" ")[0] for one in home.jira.effects) == sorted(
        ["assign"] * 2 + ["edit"] * 3 + ["sprint"] * 3
    )
    assert set(home.github.effects) == {"milestone Autumn harbor-co/tides#2", "assign sahar harbor-co/tides#2"}
    # before the tools are read again, and after
    assert home.wishes().acts == ()
    home.hear()
    with home.services.database.read() as tx:
        held = {row["id"]: row for row in records.rows(tx, "work_items") if row["source"] == "jira"}
    assert {row["sprint"] for row in held.values()} == {sprint} and all(row["due_at"] for row in held.values())
    assert home.wishes().acts == ()


@pytest.mark.parametrize("home", ["jira"], indirect=True)
def test_a_day_that_somebody_has_set_stays_and_a_tool_that_is_read_alone_is_named(home: Home) -> None:
    issue = home.jira.issues[0]
    home.jira.change(issue, home.jira.users[0], NOW, duedate="2026-09-30")
    home.hear()
    assert ("jira:ACME-1", EditIssue) not in {(one.act.subject, type(one.act)) for one in home.wishes().acts}  # type: ignore[union-attr]
    found = home.wishes()
    assert {one.tool for one in found.acts} == {"jira"}
    [(reason, count)] = found.refused.items()
    assert "github is not written to" in reason and count == 2


def test_moves_of_a_running_sprint_are_proposed_without_telling_who_has_too_much(home: Home) -> None:
    sprint = Sprint(id="jira:sprint/7", name="Summer", state="active", source="jira", team="team:pay",
                    start_at=NOW - timedelta(days=7), end_at=NOW + timedelta(days=2, hours=6))  # fmt: skip
    kim = home.services.warehouse.rows("select account from dim_accounts where person = 'person:kim'")
    [account] = [row["account"] for row in kim if row["account"].startswith("jira:")]
    items = [
        WorkItem(id=f"jira:ACME-9{number}", key=f"ACME-9{number}", project="ACME", source="jira", points=1.0,
                 title="More", status_category="todo", work_type="task", sprint="jira:sprint/7", assignee=account,
                 team="team:pay", created_at=START)
        for number in range(7)
    ]  # fmt: skip
    with home.services.database.begin() as tx:
        records.apply(tx, [Patch(one, at=NOW) for one in (sprint, *items)])
    home.services.catch_up()
    found = home.wishes(sprint="Summer", rebalance="1")
    acts = [one.act for one in found.acts]
    assert acts and all(isinstance(act, Assign) and act.remove == (account,) for act in acts)
    assert {one.why for one in found.acts} == {"so that the work of Summer fits into everybody's hours"}
    told = planviews.answer_rebalance(home.services, {"sprint": "Summer", "form": "json", "load": "kim"}).text
    assert '"kim"' in told and "noor" not in told.lower() and '"moves"' not in told

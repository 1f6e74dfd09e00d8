"""Forecasts that were given: kept once a day, judged when their day has come, told with what came."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.clocks import SteppedClock

from fairlead.config.load import load
from fairlead.model.patch import Patch
from fairlead.model.schema import TABLES
from fairlead.store import records
from fairlead.wiring.forecasts import follow
from fairlead.wiring.services import Services
from fairlead.wiring.verbs import ask

START = datetime(2026, 11, 18, 9, tzinfo=UTC)
"""A Wednesday."""


class Home:
    """A home whose team does two items a working day, and whose clock a test moves on."""

    def __init__(self, folder: Path, now: datetime = START) -> None:
        (folder / "fairlead.toml").write_text('[teams.pay]\nname = "Payments"\n', encoding="utf-8")
        self.clock = SteppedClock(now)
        self.services = Services(load(folder / "fairlead.toml"), folder / "home", self.clock, environ={})
        self.number = 0
        self.put([one for back in range(1, 100) for one in self.day(now - timedelta(days=back))])

    def day(self, at: datetime, items: int = 2, **fields: Any) -> list[tuple[str, dict[str, Any]]]:
        """What a day brings; nothing on a weekend."""
        found = []
        for _ in range(items if at.weekday() < 5 else 0):
            self.number += 1
            found.append(item(f"jira:P-{self.number}", at - timedelta(days=3), at, **fields))
        return found

    def put(self, said: list[tuple[str, dict[str, Any]]]) -> None:
        """Records, said now."""
        with self.services.database.begin() as tx:
            records.apply(tx, [Patch(TABLES[table](**fields), self.clock.now()) for table, fields in said])
        self.services.warehouse.refresh()

    def later(self, days: int, items: int = 2) -> None:
        """Days go by, each with so many items."""
        for _ in range(days):
            self.put(self.day(self.clock.now() + timedelta(hours=1), items))
            self.clock.pass_by(days=1)

    def ask(self, verb: str = "forecast", **words: str) -> dict[str, Any]:
        """An answer as JSON."""
        self.services.warehouse.refresh()
        found: dict[str, Any] = json.loads(ask(self.services, verb, {**words, "form": "json"}).text)
        return found

    def kept(self) -> list[dict[str, Any]]:
        """Forecasts in the store."""
        with self.services.database.read() as tx:
            return list(records.rows(tx, "forecasts"))


def item(key: str, born: datetime, at: datetime | None, **fields: Any) -> tuple[str, dict[str, Any]]:
    state = "done" if at else "todo"
    return "work_items", {
        "id": key, "source": "jira", "created_at": born, "closed_at": at, "status": state, "status_category": state,
        "team": "team:pay", **fields,
    }  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    found = Home(tmp_path)
    with found.services:
        yield found


def test_what_is_asked_is_kept_once_a_day(home: Home) -> None:
    said = home.ask(items="20")["forecast"]
    home.ask(items="20")
    home.ask(items="20", team="pay")
    home.ask(by="2026-12-01")
    assert [one["id"] for one in home.kept()] == [
        "fairlead:forecast/2026-11-18/all/days/2026-12-01",
        "fairlead:forecast/2026-11-18/all/items/20",
        "fairlead:forecast/2026-11-18/pay/items/20",
    ]
    kept = home.kept()[1]
    assert kept["ends_85"].date() - timedelta(days=1) == date.fromisoformat(said["ends"]["85"])
    assert (kept["items"], kept["method"], kept["source"]) == (20, said["method"], "fairlead")
    home.later(1)
    home.ask(items="20")
    assert len(home.kept()) == 4


def test_of_a_past_day_nothing_is_kept(home: Home) -> None:
    said = home.ask(items="20", as_of="2026-10-20")["forecast"]
    assert said["as_of"].startswith("2026-10-20T00:00:00")
    assert home.kept() == []


def test_an_answer_is_given_where_nothing_can_be_written(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = home.ask(items="20")["forecast"]["ends"]

    def full(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(records, "apply", full)
    assert home.ask(items="20", team="pay")["forecast"]["ends"] == before
    assert len(home.kept()) == 1


def test_a_promise_that_was_kept_is_told_as_kept(home: Home) -> None:
    home.ask(items="20")
    home.ask(by="2026-11-24")
    assert follow(home.services) == 0, "nothing has come yet"
    assert home.ask("forecasts")["scores"]["waiting"] == 2
    home.later(15)
    assert follow(home.services) == 2
    days, items = home.kept()
    assert days["came_items"] == 10, "of two a day, from Wednesday to Tuesday"
    assert (items["came_items"], items["came_at"]) == (20, datetime(2026, 12, 1, 10, tzinfo=UTC))
    told = home.ask("forecasts")
    assert told["scores"]["levels"]["95"] == {"held": 2, "judged": 2}
    assert told["scores"]["given"][0]["held"]["95"] is True
    assert follow(home.services) == 0, "it is judged once"


def test_a_promise_that_was_not_kept_is_told_as_such(home: Home) -> None:
    home.ask(items="20")
    home.ask(by="2026-11-24")
    home.later(40, items=0)
    follow(home.services)
    days, items = home.kept()
    assert days["came_items"] == 0
    assert (items["came_at"], items["came_items"], items["scored_at"] is not None) == (None, 0, True)
    told = home.ask("forecasts", language="de")
    assert told["scores"]["levels"]["50"] == {"held": 0, "judged": 2}
    assert told["title"]["text"] == ("Von 2 Prognosen, die sich beurteilen ließen, hielten Antworten zu 85 % in 0 %")


def test_what_has_a_date_is_forecast_each_day_and_judged(home: Home) -> None:
    at, due = START, START + timedelta(days=9)
    for back in range(1, 4):
        start = at - timedelta(days=2 + 14 * back)
        home.put([
            ("sprints", {
                "id": f"jira:sprint/0{back}", "name": f"Pay 0{back}", "team": "team:pay", "state": "closed",
                "source": "jira", "start_at": start, "end_at": start + timedelta(days=14),
                "completed_at": start + timedelta(days=14),
            }),
            *(
                item(
                    f"jira:O-{back}-{number}", start - timedelta(days=3), start + timedelta(days=number),
                    sprint=f"jira:sprint/0{back}",
                )
                for number in range(12)
            ),
        ])  # fmt: skip
    home.put([
        ("sprints", {
            "id": "jira:sprint/1", "name": "Pay 1", "team": "team:pay", "state": "active", "source": "jira",
            "start_at": at - timedelta(days=2), "end_at": due,
        }),
        ("milestones", {"id": "x:m1", "title": "Spring", "state": "open", "due_at": due, "source": "x"}),
        ("milestones", {"id": "x:m2", "title": "Spring", "state": "open", "due_at": due, "source": "x"}),
        ("work_items", {
            "id": "jira:E-1", "key": "E-1", "work_type": "epic", "status_category": "todo", "source": "jira",
            "created_at": at - timedelta(days=30), "due_at": due,
        }),
        *(
            item(
                f"jira:S-{number}", at - timedelta(days=5), None, sprint="jira:sprint/1", epic="jira:E-1",
                milestone=f"x:m{1 + number % 2}",
            )
            for number in range(4)
        ),
    ])  # fmt: skip
    follow(home.services)
    found = {one["kind"]: one for one in home.kept()}
    assert found.keys() == {"sprint", "epic", "milestone"}
    assert [found[kind]["items"] for kind in ("sprint", "epic", "milestone")] == [4, 4, 4]
    home.clock.pass_by(days=3)
    done = home.clock.now() - timedelta(hours=1)
    home.put([
        ("work_items", {"id": f"jira:S-{number}", "closed_at": done, "status": "done", "status_category": "done"})
        for number in range(4)
    ])  # fmt: skip
    home.clock.pass_by(days=8)
    follow(home.services)
    judged = {one["kind"]: one for one in home.kept() if one["given_at"] == START}
    assert (judged["epic"]["came_at"], judged["milestone"]["came_at"]) == (done, done)
    assert judged["sprint"]["came_items"] == 4
    shown = home.ask("forecasts")["sections"]
    assert {section["key"] for section in shown} == {"scores", "given"}
    assert "Spring" in json.dumps(shown)


def test_what_is_gone_cannot_be_judged(home: Home) -> None:
    home.put([
        ("work_items", {
            "id": "jira:E-1", "key": "E-1", "work_type": "epic", "status_category": "todo", "source": "jira",
            "created_at": START - timedelta(days=30),
        }),
        item("jira:S-1", START - timedelta(days=5), None, epic="jira:E-1"),
    ])  # fmt: skip
    home.ask(epic="E-1")
    home.put([("work_items", {"id": "jira:S-1", "deleted_at": START})])
    home.later(1)
    follow(home.services)
    assert home.kept()[0]["reason"] == "it has no items any more"
    assert "1 forecast cannot be judged: what it was about is gone" in json.dumps(home.ask("forecasts"))


def test_without_any_forecast_a_page_says_how_they_come(home: Home) -> None:
    told = home.ask("forecasts")
    assert told["title"]["text"] == "No forecast could be judged yet"
    assert told["scores"]["given"] == []

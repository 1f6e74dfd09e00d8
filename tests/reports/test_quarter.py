"""The plan of a quarter: every line from records, dates by their outcome, hours of a team and of nobody alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.goals.working import NOW, Work, march

from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import Abort
from fairlead.model.setup import Privacy, Setup, TeamSetup
from fairlead.model.times import FixedClock
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.document import Document, Table
from fairlead.reports.quarter import quarter

SETUP = Setup(
    teams={"pay": TeamSetup(members=("github:@kim", "github:@lee")), "web": TeamSetup()},
    privacy=Privacy(minimum_group=2),
)


def asked(work: Work, team: str | None = None, language: str = "en", setup: Setup = SETUP) -> Asked:
    warehouse = Warehouse(None, work.source, setup, FixedClock(NOW))
    warehouse.refresh()
    return Asked(warehouse, setup, NOW, team, language)


def milestone(work: Work, name: str, due: datetime, **said: Any) -> None:
    state = "closed" if said.get("closed_at") else "open"
    work.source.put("milestones", {
        "id": f"m:{name}", "title": name, "created_at": march(1), "due_at": due, "state": state, **said,
    })  # fmt: skip


@pytest.fixture
def work() -> Work:
    made = Work()
    made.goal("fast", "Customers pay without waiting", team="team:pay", labels=["speed"])
    made.source.put("key_results", {
        "id": "key_result:fast/time", "objective": "objective:fast", "title": "Seconds at the till",
        "value_from": "manual", "baseline": 40.0, "target": 10.0,
    })  # fmt: skip
    made.source.put("check_ins", {"id": "c:1", "key_result": "key_result:fast/time", "at": march(20), "value": 30.0})
    for name in ("kim", "lee"):
        made.source.put("people", {"id": f"person:{name}", "name": name.title()})
        made.source.put("accounts", {"id": f"github:@{name}", "person": f"person:{name}", "kind": "human"})
    made.item("P-1", labels=["speed"], team="team:pay", milestone="m:Spring", began=march(16), done=march(18, 17))
    made.item("P-2", team="team:pay", milestone="m:Spring", began=march(19))
    milestone(made, "Winter", march(6), closed_at=march(5))
    milestone(made, "Spring", march(20))
    milestone(made, "Easter", march(30))
    milestone(made, "Summer", datetime(2026, 7, 1, tzinfo=UTC))
    for nth, (title, due, given) in enumerate((("A feed", march(10), march(9)), ("A door", march(12), None))):
        made.source.put("team_dependencies", {
            "id": f"due:{nth}", "from_team": "team:pay", "to_team": "team:web", "title": title, "due_at": due,
            "delivered_at": given,
        })  # fmt: skip
    made.source.put("risks", {
        "id": "risk:1", "title": "The supplier stops", "state": "open", "likelihood": 4, "impact": 4, "score": 16.0,
        "mitigation": "A second one is asked",
    })  # fmt: skip
    made.source.put("risks", {"id": "risk:2", "title": "Long over", "state": "closed", "score": 20.0})
    return made


def rows(document: Document, key: str) -> list[list[str]]:
    section = next(one for one in document.sections if one.key == key)
    found = next(block for block in section.blocks if isinstance(block, Table))
    return [[cell.text for cell in row] for row in found.rows]


def test_a_quarter_tells_of_scope_dates_promises_risks_and_hours(work: Work) -> None:
    document = quarter(asked(work))
    assert document.title.text == (
        "2026-Q1: 1 objective, 3 dates of milestones, 1 missed, 1 promise to a team late, 1 high risk"
    )
    assert rows(document, "milestones") == [
        ["Winter", "Fri 6 Mar", "met", "0", "0"],
        ["Spring", "Fri 20 Mar", "missed", "1", "1"],
        ["Easter", "Mon 30 Mar", "to come", "0", "0"],
    ]
    text = render.markdown(document)
    for said in (
        "Seconds at the till",
        "A feed",
        "A door",
        "The supplier stops",
        "A second one is asked",
        "2 people",
    ):
        assert said in text
    assert "Long over" not in text
    assert all(claim.evidence.query for claim in document.claims())


def test_of_a_team_its_own_milestones_by_the_items_in_them(work: Work) -> None:
    assert [row[0] for row in rows(quarter(asked(work, "pay")), "milestones")] == ["Spring"]


def test_moves_of_a_date_are_told(work: Work) -> None:
    for at, due in ((march(2), march(9)), (march(8), march(30))):
        work.source.put("milestone_dates", {
            "id": f"m:Easter/{at:%d}", "milestone": "m:Easter", "at": at, "due_at": due, "state": "open",
        })  # fmt: skip
    told = [row[:3] for row in rows(quarter(asked(work)), "milestones") if row[0] == "Easter"]
    assert told == [
        ["Easter", "Mon 9 Mar", "re-scoped in time: moved to Mon 30 Mar"], ["Easter", "Mon 30 Mar", "to come"],
    ]  # fmt: skip


def test_hours_of_a_few_are_not_told(work: Work) -> None:
    few = Setup(teams=SETUP.teams, privacy=Privacy(minimum_group=3))
    text = render.markdown(quarter(asked(work, setup=few)))
    assert "hours of so few" in text


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_quarter_without_anything_says_so_line_by_line(language: str) -> None:
    document = quarter(asked(Work(), language=language), quarter="2027-q1")
    assert document.title.text.startswith("2027-Q1:")
    assert all(claim.evidence.query for claim in document.claims())


def test_no_such_quarter() -> None:
    with pytest.raises(Abort, match="2026-Q5"):
        quarter(asked(Work()), quarter="2026-Q5")


def test_dates_of_one_title_in_several_repositories_and_members_nobody_knows(work: Work) -> None:
    for repository in ("shop", "till"):
        work.source.put("milestones", {
            "id": f"m:{repository}", "title": "Timetable", "created_at": march(1), "due_at": march(30),
            "state": "open", "repository": f"github:acme/{repository}",
        })  # fmt: skip
    setup = Setup(teams={"pay": TeamSetup(members=("kim@acme.example",))})
    document = quarter(asked(work, setup=setup))
    assert [row[0] for row in rows(document, "milestones") if row[0].startswith("Timetable")] == [
        "Timetable (acme/shop)", "Timetable (acme/till)"
    ]  # fmt: skip
    nobody = Work()
    nobody.goal("fast", team="team:pay")
    keys = {claim.key for claim in quarter(asked(nobody, setup=setup)).claims()}
    assert "quarter.members_unknown" in keys

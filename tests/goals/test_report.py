"""The report of objectives: every sentence opens, in both languages, and what is missing is said with what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.goals.homes import GOALS, Home

from fairlead.governance import aiming
from fairlead.model.errors import Fault
from fairlead.reports.asked import Asked
from fairlead.reports.document import Claim, Document
from fairlead.reports.goals import goals
from fairlead.reports.weekly import update, weekly
from fairlead.wiring.verbs import ask

MORE = """
  - name: odd
    title: "What cannot be <b>told</b>"
    starts: 2026-09-01
    due: 2026-11-10
    key_results:
      - {name: broken, title: Broken, query: select nothing from nowhere, baseline: 0, target: 1}
      - {name: none, title: None, query: select 1 as value where false, baseline: 0, target: 1}
  - {name: bare, title: Bare, quarter: 2026-Q4}
"""


def report(home: Home, language: str = "en", **said: str) -> Document:
    services = home.services
    return goals(Asked(services.warehouse, services.setup, services.clock.now(), None, language), **said)


def texts(document: Document) -> list[str]:
    return [claim.text for claim in document.claims()]


@pytest.fixture
def told(home: Home) -> Home:
    home.write(GOALS + MORE)
    home.catch_up()
    home.do(aiming.add, {"title": "By hand", "team": "web"}, "operator")
    home.do(aiming.measure, "1", {"title": "Rest", "target": "85%", "unit": "share"}, "person:noor")
    home.do(aiming.check_in, "1/1", "20%", "person:noor", on="2026-10-05", note="a start")
    home.do(aiming.check_in, "1/1", "40%", "person:noor", on="2026-11-01", confidence=0.5)
    home.do(aiming.check_in, "calm/voice", 5, "person:noor")
    return home


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("objective", ["", "calm", "odd", "bare", "1"])
def test_every_sentence_opens_to_what_it_rests_on(told: Home, language: str, objective: str) -> None:
    document = report(told, language, objective=objective)
    claims = [*document.claims()]
    assert len(claims) > 1
    for claim in claims:
        found = told.services.warehouse.readonly(claim.evidence.query)
        assert len(found.rows) == claim.evidence.count or claim.evidence.count > 50, claim.text
        assert "{" not in claim.text


def test_how_each_stands_is_said_with_what_is_expected_and_what_to_do(told: Home) -> None:
    document = report(told)
    said = texts(document)
    # three do not know how far they are, one has not been heard of
    assert said[0].startswith("4 objectives: ")
    voice = next(text for text in said if text.startswith("Teams that trust "))
    assert "Friday: 5 teams on the way from 2 teams to 8 teams; 50 % of it where " in voice
    rest = next(text for text in said if text.startswith("Rest: "))
    assert rest.startswith("Rest: 40 % on the way from 20 % to 85 %; 31 % of it where ")
    assert rest.endswith("without news")
    assert "Nothing measures it yet" in said
    assert "Broken: its query fails: " in "\n".join(said)
    assert "None: its query gives no row" in said
    acts = {claim.act.command for claim in document.claims() if claim.act}
    assert acts >= {"fairlead goals check-in key_result:1/1 VALUE", "fairlead goals end objective:odd reached"}
    # markup of others stays text
    assert "<b>" not in ask(told.services, "goals", {"form": "html"}).text
    values = json.loads(ask(told.services, "goals", {"form": "json"}).text)["goals"]
    assert {one["id"]: one["unjudged"] for one in values} == {
        "objective:odd": True, "objective:1": False, "objective:bare": False, "objective:calm": False
    }  # fmt: skip


def test_one_in_full_shows_how_its_values_went_and_nobody_beside_them(told: Home) -> None:
    shown = ask(told.services, "goals", {"objective": "1", "form": "md"}).text
    assert "a start" in shown
    assert "20 %" in shown
    assert "noor" not in shown.lower()
    assert "noor answers for it" in ask(told.services, "goals", {"objective": "calm"}).text.lower()


def test_what_is_asked_for_and_not_there_is_said(told: Home) -> None:
    assert texts(report(told, quarter="2026-Q3"))[0].startswith("1 objective: ")
    assert texts(report(told, quarter="2027-Q3"))[0] == "No objective runs in 2027-Q3"
    for said in ({"quarter": "2026-Q7"}, {"objective": "nothing"}):
        with pytest.raises(Fault):
            report(told, **said)
    told.do(aiming.end, "odd", "dropped", "operator")
    # what was ended in this quarter is still told of
    assert "1 dropped" in texts(report(told))[0]


def test_a_week_tells_of_them_and_a_team_without_any_has_no_such_chapter(told: Home) -> None:
    def chapters(call: Any, team: str, **more: str) -> Document:
        services = told.services
        return call(Asked(services.warehouse, services.setup, services.clock.now(), team), **more)  # type: ignore[no-any-return]

    def lines(document: Document) -> list[str]:
        [section] = [one for one in document.sections if one.key == "goals"]
        return [block.refs[0].label for block in section.blocks if isinstance(block, Claim) and block.refs]

    # its own and everybody's, those that ask for most first
    assert lines(chapters(weekly, "payments")) == ["What cannot be <b>told</b>", "Bare", *CALM]
    assert set(lines(chapters(update, "web", audience="executive"))) == {
        "By hand",
        "Bare",
        "What cannot be <b>told</b>",
    }
    told.write("goals: []\n")
    told.catch_up()
    assert "goals" not in [one.key for one in chapters(weekly, "payments").sections]


CALM = ["Releases go out calmly, every day"]

"""`forecast`: a date for a number of items, a count for a date, and the chance of both."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.reports.stories import Story

from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import Fault
from fairlead.model.setup import Setup, TeamSetup
from fairlead.reports.asked import Asked
from fairlead.reports.document import Chart, Claim, Document, Empty, Notice
from fairlead.reports.forecast import Question, forecast, forecast_report
from fairlead.reports.forecast_answer import Answer

SETUP = Setup(teams={"pay": TeamSetup(name="Payments"), "ops": TeamSetup(name="Operations")})
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
"""A Wednesday."""


def done(story: Story, days: int, team: str = "team:pay", each: int = 2, until: int = 1) -> None:
    """So many items on each of the last weekdays, and one on every Sunday."""
    number = 0
    for back in range(until, days + 1):
        at = NOW - timedelta(days=back)
        for _ in range({5: 0, 6: 1}.get(at.weekday(), each)):
            number += 1
            item = f"jira:{team}-{number}"
            story.add(
                "work_items", id=item, created_at=at - timedelta(days=1), closed_at=at, status="Done",
                status_category="done", project="P", team=team, source="jira",
            )  # fmt: skip
            story.add(
                "work_item_transitions", id=f"{item}/1", work_item=item, at=at, from_status="To Do", to_status="Done",
                from_category="todo", to_category="done",
            )  # fmt: skip


def told(
    story: Story, team: str | None = None, language: str = "en", **asked: Any
) -> tuple[Warehouse, Document, Answer]:
    warehouse = story.told(SETUP, NOW)
    return warehouse, *forecast(Asked(warehouse, SETUP, NOW, team, language), Question(**asked))


def texts(document: Document, section: str = "outlook") -> list[str]:
    blocks = next(one.blocks for one in document.sections if one.key == section)
    return [
        block.text if isinstance(block, Claim) else block.claim.text
        for block in blocks
        if isinstance(block, Claim | Empty | Notice)
    ]


def test_a_date_for_a_number_of_items(story: Story) -> None:
    done(story, 70)
    warehouse, document, answer = told(story, team="pay", items=20)
    # two a day, three on Fridays with Sunday's: eleven a week; the first item was there a day before its end
    assert answer.outlook.basis.days == 51
    assert document.title.text == (
        "20 items are done by Tue 1 Dec with 85 % certainty, by Mon 30 Nov as likely as not"
    )
    assert texts(document)[0].startswith("The past supports it little: only 4 past forecasts")
    assert texts(document)[1] == "50 % sure: done by Mon 30 Nov"
    assert texts(document, "basis")[0] == "Drawn from 51 working days, which brought 2.16 items a day"
    for claim in document.claims():
        assert len(warehouse.readonly(claim.evidence.query, owner=False).rows) == claim.evidence.count == 110


def test_a_count_for_a_date_and_the_chance_of_both(story: Story) -> None:
    done(story, 70)
    _, document, answer = told(story, by=date(2026, 11, 24))
    assert answer.working_days == 5, "today counts from nine in the morning on"
    assert document.title.text == "By Tue 24 Nov 10 items or more are done with 85 % certainty, as likely as not 11"
    _, both, chance = told(story, by=date(2026, 11, 24), items=10)
    assert chance.chance is not None
    assert 0.8 < chance.chance < 1
    assert both.title.text == f"The chance that 10 items are done by Tue 24 Nov: {chance.chance:.0%}".replace(
        "%", " %"
    )


def test_a_team_is_forecast_from_its_own_past(story: Story) -> None:
    done(story, 70)
    done(story, 70, "team:ops", each=1)
    rates = [told(story, team=team, items=5)[2].outlook.basis.done for team in ("pay", "ops")]
    assert rates == [110, 60]


def test_too_little_past_is_told(story: Story) -> None:
    done(story, 9)
    _, document, answer = told(story, items=5)
    assert document.title.text == "There is too little past for a forecast"
    assert texts(document)[0].startswith("No forecast: 7 working days with ")
    said = answer.to_json("")
    assert (said["ends"], said["counts"], said["warnings"]) == (None, None, ["too_little"])


def test_an_empty_home_has_nothing_to_draw_from(story: Story) -> None:
    _, document, _ = told(story, items=5)
    assert document.title.text == "There is too little past for a forecast"


def test_what_stopped_a_year_ago_is_not_forecast(story: Story) -> None:
    done(story, 460, until=400)
    _, document, answer = told(story, items=5)
    assert document.title.text == "No forecast: nothing has been done on the last 260 working days"
    assert texts(document)[0].startswith("Nothing has been done on the last 260 working days: when work goes on")
    assert answer.to_json("")["basis"]["gap"]["lasts"]


def test_after_a_gap_only_what_came_since_counts(story: Story) -> None:
    done(story, 460, until=400)
    done(story, 40, "team:ops")
    _, document, answer = told(story, items=5)
    assert answer.outlook.basis.days == 28
    assert any(text.startswith("Nothing was done on 232 working days from") for text in texts(document))


def test_of_a_past_day_only_what_was_known_is_told(story: Story) -> None:
    done(story, 90)
    warehouse = story.told(SETUP, NOW)
    asked = Asked(warehouse, SETUP, NOW)
    then = forecast_report(asked, items="20", as_of="2026-10-20")
    assert then.as_of == datetime(2026, 10, 20, tzinfo=UTC)
    # nothing of that day or later has been drawn from, and the answer lies after it
    assert "20 items are done by " in then.title.text
    assert then.title.text.endswith("Oct as likely as not")
    ends = warehouse.readonly(then.title.evidence.query, owner=False).rows
    assert max(row["done_at"] for row in ends) < "2026-10-20"
    with pytest.raises(Fault, match="2026-12-01 is still to come"):
        forecast_report(asked, items="20", as_of="2026-12-01")


def test_what_names_only_when_it_was_closed_is_forecast(story: Story) -> None:
    for number in range(80):
        at = NOW - timedelta(days=80 - number)
        story.add("work_items", id=f"x:{number}", source="x", created_at=at - timedelta(days=2), closed_at=at)
    _, document, answer = told(story, items=10)
    assert answer.outlook.basis.done == 80
    assert "10 items are done by " in document.title.text


def test_with_nothing_asked_a_report_tells_of_two_weeks(story: Story) -> None:
    done(story, 70)
    said = forecast_report(Asked(story.told(SETUP, NOW), SETUP, NOW)).title.text
    assert said.startswith("By Wed 2 Dec ")


def epics(story: Story) -> None:
    """Four epics that grew from four to six items, and one that runs: two done, two open, one of them begun."""
    done(story, 70)
    for epic in range(4):
        began = NOW - timedelta(days=60 - epic * 10)
        for number in range(6):
            # two of the six were found on the way
            born = began - timedelta(days=1) if number < 4 else began + timedelta(days=4)
            part(story, f"P-{epic}-{number}", f"jira:E-{epic}", born, began + timedelta(days=1 + number), began)
        top(story, f"jira:E-{epic}", NOW - timedelta(days=70))
    top(story, "jira:E-9", NOW - timedelta(days=20), due_at=NOW + timedelta(days=60))
    for number in range(4):
        at = NOW - timedelta(days=8 - number) if number < 2 else None
        began = NOW - timedelta(days=10) if number < 3 else None
        part(story, f"P-9-{number}", "jira:E-9", NOW - timedelta(days=20), at, began)


def top(story: Story, item: str, at: datetime, **fields: Any) -> None:
    story.add(
        "work_items", id=item, key=item.removeprefix("jira:"), title="Refunds", work_type="epic", created_at=at,
        source="jira", status="To Do", status_category="todo", **fields,
    )  # fmt: skip


def part(story: Story, key: str, epic: str, born: datetime, at: datetime | None, began: datetime | None) -> None:
    state = "done" if at else "in_progress" if began else "todo"
    story.add(
        "work_items", id=f"jira:{key}", created_at=born, closed_at=at, status=state, status_category=state,
        project="P", team="team:pay", source="jira", epic=epic, milestone="jira:M" if epic == "jira:E-9" else None,
    )  # fmt: skip
    moves = [(began, "todo", "in_progress"), (at, "in_progress", "done")]
    for number, (moment, before, after) in enumerate(moves):
        if moment:
            story.add(
                "work_item_transitions", id=f"jira:{key}/{number}", work_item=f"jira:{key}", at=moment,
                from_status=before, to_status=after, from_category=before, to_category=after,
            )  # fmt: skip


def test_an_epic_takes_its_share_of_the_team_and_grows_as_others_did(story: Story) -> None:
    epics(story)
    warehouse, document, answer = told(story, epic="E-9")
    assert answer.items == 2
    assert document.title.text.startswith("E-9 Refunds: 2 items that are left are done by ")
    basis = answer.to_json("")["basis"]
    assert basis["scope"] == 4
    assert basis["share"]["own"] == 2
    # six of four each time: two more on four
    assert basis["growth"] == {"like_it": 4, "median": 2}
    said = " ".join(texts(document, "basis"))
    assert "Growth is drawn from 4 finished ones like it: as likely as not 2 more items" in said
    assert "1 item of it was begun" in said
    assert answer.by == date(2027, 1, 17), "its own date, where none is asked for"
    assert answer.chance is not None
    for claim in document.claims():
        assert len(warehouse.readonly(claim.evidence.query, owner=False).rows) == claim.evidence.count
    # with all of the team it would take days
    assert (answer.ends[0.5] or NOW.date()) > told(story, team="pay", items=4)[2].ends[0.5]  # type: ignore[operator]


def test_a_milestone_of_several_repositories_is_one(story: Story) -> None:
    epics(story)
    story.add("milestones", id="jira:M", title="Spring", state="open", due_at=NOW + timedelta(days=30), source="jira")
    _, document, answer = told(story, milestone="spring", language="de")
    assert (answer.kind, answer.items, answer.ground.subject) == ("milestone", 2, "jira:M")
    assert document.title.text.startswith("Spring: Die 2 offenen Vorgänge sind mit 85 % Sicherheit bis ")
    assert "steckt nicht in den Terminen" in " ".join(texts(document)), "no other one is finished"


def test_what_nobody_has_begun_gets_the_share_that_others_usually_got_and_says_so(story: Story) -> None:
    epics(story)
    for number in range(3):
        part(story, f"P-8-{number}", "jira:E-8", NOW - timedelta(days=5), None, None)
    top(story, "jira:E-8", NOW - timedelta(days=5))
    warehouse, document, answer = told(story, epic="E-8")
    said = answer.to_json("")
    # six of each other epic in the days that it took, two of the one that runs
    assert said["basis"]["share"]["others"] == 5
    assert said["warnings"][0] == "usual_share"
    assert "Nothing of it has been done yet: it is taken to get the share of the pace" in texts(document)[0]
    assert (answer.ends[0.85] or NOW.date()) > told(story, team="pay", items=3)[2].ends[0.85]  # type: ignore[operator]
    for claim in document.claims():
        assert len(warehouse.readonly(claim.evidence.query, owner=False).rows) == claim.evidence.count
    # a milestone of the same items takes what epics got, where no other milestone tells
    story.add("milestones", id="jira:N", title="Summer", state="open", source="jira")
    for number in range(3):
        story.add("work_items", id=f"jira:P-7-{number}", created_at=NOW, status="todo", status_category="todo",
                  project="P", team="team:pay", source="jira", milestone="jira:N")  # fmt: skip
    other = told(story, milestone="Summer")[2]
    assert other.to_json("")["basis"]["share"]["others"] == 5


def test_with_nothing_to_compare_the_headline_says_on_what_the_dates_depend(story: Story) -> None:
    done(story, 70)
    top(story, "jira:E-8", NOW - timedelta(days=5))
    for number in range(3):
        part(story, f"P-8-{number}", "jira:E-8", NOW - timedelta(days=5), None, None)
    _, document, answer = told(story, epic="E-8")
    assert answer.to_json("")["basis"]["share"] is None
    assert answer.warnings[0] == "no_share"
    assert document.title.text.startswith("E-8 Refunds: if the team does nothing else, 3 items that are left are ")


def test_what_is_done_needs_no_date(story: Story) -> None:
    epics(story)
    _, document, answer = told(story, epic="E-0")
    assert document.title.text == "E-0 Refunds: nothing is left to do"
    assert answer.items == 0


def test_absences_to_come_make_an_answer_later(story: Story) -> None:
    done(story, 70)
    for number in range(2):
        account = f"jira:{number}"
        story.add("people", id=f"person:{number}", name=f"P{number}", source="x")
        story.add("accounts", id=account, person=f"person:{number}", kind="human", source="jira")
        story.add("memberships", id=f"m{number}", account=account, team="team:pay", source="x")
    before = told(story, team="pay", items=20)[2]
    story.add(
        "absences", id="a1", person="person:1", start_at=NOW - timedelta(hours=1), end_at=NOW + timedelta(days=40),
        source="x",
    )  # fmt: skip
    _, document, answer = told(story, team="pay", items=20)
    assert answer.ends[0.5] > before.ends[0.5] + timedelta(days=7)  # type: ignore[operator]
    assert "Absences count: 50 % of the team are there on the next 10 working days, 100 % were" in " ".join(
        texts(document, "basis")
    )


def test_the_fan_opens_from_what_is_done(story: Story) -> None:
    done(story, 70)
    _, document, answer = told(story, team="pay", items=20)
    chart = next(block for section in document.sections for block in section.blocks if isinstance(block, Chart))
    assert chart.table.caption.text.startswith("66 were done on the last 30 working days; by ")
    assert "20 more come with 85 % certainty" in chart.table.caption.text
    assert [cell.text for cell in chart.table.rows[-1][1:]] == ["20", "20", "20"]
    rows = chart.spec["data"]["values"]
    scope = {row["value"] for row in rows if row.get("line") == "in it"}
    assert len(scope) == 1, "there is as much to do all along"
    bands = {name: [row for row in rows if row.get("band") == name] for name in ("50 %", "85 %", "95 %")}
    assert all(band[0]["value"] == band[0]["high"] for band in bands.values()), "what is known has no width"
    assert all(row["high"] - row["value"] >= 0 for band in bands.values() for row in band)
    assert max(row["high"] for row in bands["95 %"]) == scope.pop()
    assert len(bands["95 %"]) == len(answer.outlook.fan) + 1


@pytest.mark.parametrize(("asked", "said"), [
    ({"items": 0}, "no number of items: 0"),
    ({"items": 100_001}, "no number of items: 100001"),
    ({"by": date(2026, 11, 17)}, "2026-11-17 is over"),
    ({"items": 3, "epic": "E-1"}, "one forecast is of one thing"),
    ({"epic": "E-1"}, "no epic `E-1`"),
    ({"milestone": "Spring"}, "no milestone `Spring`"),
    ({"sprint": "42"}, "no sprint `42`"),
])  # fmt: skip
def test_what_cannot_be_answered_is_refused(story: Story, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(Fault, match=said):
        told(story, **asked)

"""The standup asked for in Slack: at their own hour, never of the absent, one question at a time, theirs alone."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.chat.conftest import Harbor
from tests.chat.test_chat import shown

from fairlead.chat import questions
from fairlead.model.patch import Patch
from fairlead.model.records.people import Absence
from fairlead.store import records
from fairlead.wiring.chatting import ChatHands

FRIDAY = datetime(2026, 11, 20, 8, 40, tzinfo=UTC)
"""09:40 in Amsterdam, ten minutes after they are asked there."""


def ask(harbor: Harbor, now: datetime) -> list[str]:
    return sorted(questions.ask_due(questions.Desk(harbor.services, ChatHands(harbor.services)), now))


def test_people_are_asked_once_at_their_hour_on_their_days_and_never_while_away(harbor: Harbor) -> None:
    early, weekend, late = FRIDAY.replace(hour=8, minute=10), FRIDAY.replace(day=21), FRIDAY.replace(hour=11)
    assert ask(harbor, early) == ask(harbor, weekend) == ask(harbor, late) == []
    away = Absence(
        id="absence:1",
        source="rota",
        person="person:jon",
        start_at=FRIDAY.replace(hour=0),
        end_at=FRIDAY.replace(hour=23),
    )
    with harbor.services.database.begin() as tx:
        records.apply(tx, [Patch(away, FRIDAY)])
    harbor.services.warehouse.refresh()
    # Sahar has no role here, Ole is in no team
    assert ask(harbor, FRIDAY) == ["person:mira"]
    assert ask(harbor, FRIDAY) == []


def test_one_question_after_the_other_and_nothing_stands_anywhere_before_it_is_posted(harbor: Harbor) -> None:
    jon = harbor.users["jon"]
    assert "person:jon" in ask(harbor, FRIDAY)
    harbor.fake.say(jon, jon, "Gauge 4 reads & <again>\nPier lights")
    assert "What is under way" in shown(harbor.last(jon))
    harbor.fake.click(jon, _place(harbor, jon), harbor.last(jon).ts, "standup.nothing", "planned")
    assert "in your way" in shown(harbor.last(jon))
    harbor.fake.click(jon, _place(harbor, jon), harbor.last(jon).ts, "standup.nothing", "blockers")
    # one answer is changed, twice over; the others stay as they were and are not asked again
    for part, word in (("done", "Pier lights"), ("blockers", "in your way")):
        harbor.fake.click(jon, _place(harbor, jon), harbor.last(jon).ts, f"standup.change.{part}", part)
        assert word in shown(harbor.last(jon))
        if part == "done":
            harbor.fake.click(jon, _place(harbor, jon), harbor.last(jon).ts, "standup.draft", part)
    harbor.fake.say(jon, jon, "Waiting for the crane")
    preview = shown(harbor.last(jon))
    assert "Gauge 4 reads & <again>" in preview and "Waiting for the crane" in preview
    assert not _posted(harbor)
    harbor.fake.click(jon, _place(harbor, jon), harbor.last(jon).ts, "standup.post")
    assert "stand in the standup of tides" in shown(harbor.last(jon))
    harbor.services.apply()
    assert sorted(_posted(harbor)) == ["Gauge 4 reads & <again>\nPier lights", "Waiting for the crane"]
    # what is said afterwards answers nothing
    harbor.fake.say(jon, jon, "and one more thing")
    assert "I answer commands" in shown(harbor.last(jon))


def test_not_today_is_taken_for_an_answer(harbor: Harbor) -> None:
    ask(harbor, FRIDAY)
    jon = harbor.users["jon"]
    harbor.fake.click(jon, _place(harbor, jon), harbor.last(jon).ts, "standup.drop")
    assert "not today" in shown(harbor.last(jon))
    assert ask(harbor, FRIDAY) == []
    # what somebody says to us alone is kept in no log
    harbor.fake.say(jon, jon, "my secret plan")
    harbor.last(jon)
    with harbor.services.database.read() as tx:
        assert not [row for row in records.rows(tx, "messages") if "secret" in (row["body"] or "")]
    bodies = [stored.event.body for stored in harbor.services.log.read(0, 1000)]
    assert bodies and not [body for body in bodies if b"secret plan" in body]


def _place(harbor: Harbor, user: str) -> str:
    with harbor.fake.held.open() as space:
        return next(one.id for one in space.conversations.values() if one.user == user)


def _posted(harbor: Harbor) -> list[str]:
    with harbor.services.database.read() as tx:
        return [row["body"] for row in records.rows(tx, "messages") if row["channel"] == "standup/team:tides"]

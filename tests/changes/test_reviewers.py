"""Suggested reviewers: who never is one, which parts count, and how knowledge spreads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fairlead.changes.reviewers import Candidate, Question, Suggestions, Touch, suggest
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.setup import Reviewers

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
PATHS = ("pay/retry.py", "pay/queue.py")


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def asked(change: str = "c1", **owners: tuple[str, ...]) -> Question:
    return Question(
        change=change, author="ann", paths=PATHS, owners={path: owners.get("owners", ()) for path in PATHS}
    )


def of(*people: str) -> list[Candidate]:
    return [Candidate(person=person) for person in people]


def names(found: Suggestions) -> list[str]:
    return [suggestion.person for suggestion in found.best]


TOUCHES = [
    Touch("ann", PATHS[0], days_ago(1)),
    Touch("kim", PATHS[0], days_ago(5), "a1"),
    Touch("kim", PATHS[1], days_ago(5), "a2"),
    Touch("lee", PATHS[0], days_ago(400), "b1"),
    Touch("mo", PATHS[1], days_ago(30), "c1"),
    Touch("robo", PATHS[1], days_ago(2)),
]


def test_recent_work_counts_and_never_the_author_or_a_bot() -> None:
    everybody = [*of("ann", "kim", "lee", "mo", "stranger"), Candidate(person="robo", kind="coding_agent")]
    assert names(suggest(asked(), everybody, TOUCHES, Reviewers(), NOW)) == ["kim", "mo"]
    assert names(suggest(asked(), everybody, TOUCHES, Reviewers(at_most=9), NOW)) == ["kim", "mo", "lee"]


def test_owners_come_before_those_who_touched_it_once() -> None:
    found = suggest(asked(owners=("zoe",)), of("zoe", "lee"), TOUCHES, Reviewers(), NOW)
    assert names(found) == ["zoe", "lee"]
    assert next((part.key, part.value) for part in found.best[0].parts) == ("ownership", 1.0)
    assert found.best[0].parts[0].numbers == (2, 2)


def test_load_turns_the_choice_and_is_told() -> None:
    busy = [Candidate(person="kim", open_reviews=9), Candidate(person="mo")]
    assert names(suggest(asked(), busy, TOUCHES, Reviewers(load=0.9), NOW)) == ["mo", "kim"]


def test_who_is_away_is_named_and_not_suggested() -> None:
    back = NOW + timedelta(days=2)
    found = suggest(asked(), [Candidate(person="kim", away_until=back), *of("mo")], TOUCHES, Reviewers(), NOW)
    assert names(found) == ["mo"]
    assert found.away == (("kim", back),)


def test_who_is_at_work_now_is_preferred_among_equals() -> None:
    here = WorkingCalendar("e", zone="Europe/Berlin")
    asleep = WorkingCalendar("a", zone="America/Los_Angeles")
    people = [Candidate(person="a", calendar=asleep), Candidate(person="b", calendar=here)]
    assert names(suggest(asked(owners=("a", "b")), people, [], Reviewers(), NOW)) == ["b", "a"]


def test_reformatting_commits_are_no_knowledge() -> None:
    assert names(suggest(asked(), of("kim", "mo"), TOUCHES, Reviewers(), NOW, ignored={"a1", "a2"})) == ["mo"]


def test_work_beside_a_new_file_counts_less_than_work_on_it() -> None:
    touches = [Touch("kim", "pay/old.py", days_ago(3)), Touch("lee", PATHS[0], days_ago(300))]
    found = suggest(asked(), of("kim", "lee", "mo"), touches, Reviewers(), NOW)
    knows = {suggestion.person: suggestion.parts[1].value for suggestion in found.best}
    assert set(knows) == {"kim", "lee"}
    assert knows["lee"] > knows["kim"] > 0


def test_spreading_gives_the_last_place_to_middling_knowledge_for_its_share_of_changes() -> None:
    touches = [Touch("kim", PATHS[0], days_ago(n)) for n in range(8)] + [Touch("lee", PATHS[0], days_ago(3))] * 7
    touches += [Touch("mo", PATHS[0], days_ago(3))] * 3
    rules = Reviewers(spread=1.0)
    found = suggest(asked(), of("kim", "lee", "mo"), touches, rules, NOW)
    assert names(found) == ["kim", "mo"]
    assert [suggestion.to_spread for suggestion in found.best] == [False, True]
    share = sum(
        "mo" in names(suggest(asked(f"c{n}"), of("kim", "lee", "mo"), touches, Reviewers(spread=0.3), NOW))
        for n in range(400)
    )
    assert 80 <= share <= 160

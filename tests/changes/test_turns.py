"""Whose turn it is: the rules one by one, then what must hold for every history."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.changes.turn_rows import EVENT_COLUMNS, TURN_COLUMNS, turn_rows, turn_tuples

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
CHANGE = "github:acme/pay#7"
KINDS = {"bot": "bot", "copilot": "review_agent", "coder": "coding_agent"}


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def event(hours: float, kind: str, actor: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "change": CHANGE,
        "at": at(hours),
        "id": f"{kind}@{hours}{actor}{more}",
        "kind": kind,
        "actor": actor,
    } | more


def check(started: float, finished: float | None, result: str | None, sha: str = "s1", **more: Any) -> dict[str, Any]:
    return {
        "change": CHANGE, "id": f"c{started}{sha}{more}", "kind": "check", "name": "unit", "sha": sha,
        "started_at": at(started), "finished_at": None if finished is None else at(finished), "result": result,
    } | more  # fmt: skip


def change(**more: Any) -> dict[str, Any]:
    return {"id": CHANGE, "author": "ann", "state": "open", "created_at": START, "head_sha": "s1"} | more


OPENED = event(0, "opened", "ann")


def told(events: list[dict[str, Any]], checks: list[dict[str, Any]] | None = None, **more: Any) -> list[str]:
    """The turns as `word who why from-hour`, one for each stretch."""
    rows = turn_rows([change(**more)], events, checks or [], KINDS)
    return [
        f"{row['turn']} {row['account'] or row['team'] or '-'} {row['why']} {hours:g}"
        for row in rows
        for hours in [(row["since"] - START) / timedelta(hours=1)]
    ]


def test_review_goes_back_and_forth() -> None:
    assert told(
        [
            OPENED,
            event(1, "review_requested", "ann", subject="kim"),
            event(5, "changes_requested", "kim", review="r1"),
            event(7, "pushed", "ann", sha="s2"),
            event(9, "approved", "kim", review="r2"),
        ]
    ) == [
        "any_reviewer - nobody_asked 0",
        "reviewer kim review_requested 1",
        "author ann changes_requested 5",
        "reviewer kim answered 7",
        "author ann approved 9",
    ]


@pytest.mark.parametrize("answer", ["commented", "pushed", "force_pushed", "reviewed"])
def test_any_answer_of_the_author_hands_the_turn_back(answer: str) -> None:
    events = [OPENED, event(1, "reviewed", "kim", review="r1"), event(2, answer, "ann", sha="s1")]
    assert told(events)[1:] == ["author ann comments 1", "reviewer kim answered 2"]


def test_who_was_asked_and_only_commented_is_awaited_once() -> None:
    events = [OPENED, event(1, "review_requested", "ann", subject="kim"), event(2, "commented", "kim")]
    assert told([*events, event(3, "pushed", "ann", sha="s2")])[1:] == [
        "reviewer kim review_requested 1", "author ann comments 2", "reviewer kim answered 3",
    ]  # fmt: skip


def test_asking_again_hands_the_turn_back() -> None:
    events = [OPENED, event(1, "changes_requested", "kim"), event(2, "review_requested", "ann", subject="kim")]
    assert told(events)[-1] == "reviewer kim review_requested 2"


def test_a_draft_is_the_authors_until_it_is_ready() -> None:
    assert told([OPENED, event(3, "ready", "ann")], draft=False) == [
        "author ann draft 0", "any_reviewer - nobody_asked 3",
    ]  # fmt: skip
    assert told([OPENED, event(3, "drafted", "ann")], draft=True)[0] == "any_reviewer - nobody_asked 0"
    assert told([OPENED], draft=True) == ["author ann draft 0"]


@pytest.mark.parametrize("nobody", ["bot", "copilot", "coder", None])
@pytest.mark.parametrize("kind", ["commented", "approved", "changes_requested", "reviewed", "labeled", "renamed"])
def test_bots_and_agents_move_nothing(nobody: str | None, kind: str) -> None:
    asked = [OPENED, event(1, "review_requested", "ann", subject="kim")]
    assert told([*asked, event(2, kind, nobody, review="x")]) == told(asked)


def test_asking_an_agent_asks_nobody_and_a_team_asks_any_of_it() -> None:
    agent = event(1, "review_requested", "ann", subject="copilot")
    team = event(2, "review_requested", "ann", subject_team="github:@acme/pay")
    assert told([OPENED, agent, team]) == [
        "any_reviewer - nobody_asked 0", "reviewer github:@acme/pay review_requested 2",
    ]  # fmt: skip
    assert told([OPENED, team, event(3, "approved", "lee")])[-1] == "author ann approved 3"


def test_a_known_team_waits_for_its_own_members() -> None:
    team = event(1, "review_requested", "ann", subject_team="t")
    stranger, member = event(2, "reviewed", "zoe"), event(3, "commented", "ann")
    rows = turn_rows([change()], [OPENED, team, stranger, member], [], KINDS, {"t": frozenset({"kim"})})
    assert [(row["account"], row["team"]) for row in rows if row["since"] == at(3)] == [("zoe", None), (None, "t")]


def test_red_checks_on_the_head_are_the_authors_until_they_pass_or_a_push_comes() -> None:
    asked = event(1, "review_requested", "ann", subject="kim")
    assert told([OPENED, asked], [check(0.5, 2, "failure"), check(3, 4, "success")]) == [
        "any_reviewer - nobody_asked 0",
        "reviewer kim review_requested 1",
        "author ann checks_failed 2",
        "reviewer kim review_requested 3",
    ]
    pushed = event(5, "pushed", "ann", sha="s2")
    assert told([OPENED, asked, pushed], [check(0.5, 2, "failure"), check(6, 7, "failure", "old")], head_sha="s2")[
        1:
    ] == ["reviewer kim review_requested 1", "author ann checks_failed 2", "reviewer kim review_requested 5"]


def test_a_pipeline_speaks_for_its_jobs_and_optional_checks_for_nobody() -> None:
    pipeline = check(1, 3, "success", kind="pipeline", id="p1")
    job = check(1, 2, "failure", kind="job", parent="p1")
    assert told([OPENED], [pipeline, job]) == ["any_reviewer - nobody_asked 0"]
    assert told([OPENED], [job]) == ["any_reviewer - nobody_asked 0", "author ann checks_failed 2"]
    assert told([OPENED], [check(1, 2, "failure", required=False)]) == ["any_reviewer - nobody_asked 0"]


def test_approved_waits_for_checks_then_the_author_or_the_queue() -> None:
    approved = event(2, "approved", "kim")
    assert told([OPENED, approved], [check(1, 4, "success")]) == [
        "any_reviewer - nobody_asked 0", "ci - checks_running 2", "author ann approved 4",
    ]  # fmt: skip
    auto = event(1, "auto_merge_enabled", "ann")
    assert told([OPENED, auto, approved])[-1] == "merge_queue - auto_merge 2"
    queued, dequeued = event(5, "queued", "ann"), event(6, "dequeued", "bot")
    assert told([OPENED, approved, queued, dequeued])[-2:] == ["merge_queue - queued 5", "author ann approved 6"]


def test_conflicts_are_the_authors() -> None:
    events = [OPENED, event(2, "conflicting"), event(4, "mergeable")]
    assert told(events)[1:] == ["author ann conflict 2", "any_reviewer - nobody_asked 4"]
    assert told([OPENED, event(9, "commented", "bot")], mergeable="conflicting") == ["author ann conflict 0"]


def test_the_host_may_insist_on_the_others() -> None:
    events = [OPENED, *(event(1, "review_requested", "ann", subject=who) for who in ("kim", "lee"))]
    events.append(event(2, "approved", "kim"))
    assert told(events)[-1] == "author ann approved 2"
    assert told(events, mergeable="blocked")[-1] == "reviewer lee review_requested 2"


def test_dismissed_approval_is_wanted_again() -> None:
    events = [OPENED, event(1, "approved", "kim", review="r1"), event(2, "review_dismissed", "bot", review="r1")]
    assert told(events)[-1] == "reviewer kim answered 2"


def test_comments_of_a_review_are_spoken_for_by_the_review() -> None:
    events = [OPENED, event(1, "commented", "kim", review="r1"), event(3, "approved", "kim", review="r1")]
    assert told(events) == ["any_reviewer - nobody_asked 0", "author ann approved 3"]


def test_a_passer_by_does_not_take_the_turn_from_the_reviewer() -> None:
    events = [OPENED, event(1, "review_requested", "ann", subject="kim"), event(2, "commented", "zoe")]
    assert told(events)[-1] == "reviewer kim review_requested 1"


def test_a_bots_push_is_no_answer() -> None:
    events = [OPENED, event(1, "changes_requested", "kim"), event(2, "pushed", "bot", sha="s2")]
    assert told(events)[-1] == "author ann changes_requested 1"


def test_the_push_of_an_agent_that_is_the_author_is_an_answer() -> None:
    events = [OPENED, event(1, "changes_requested", "kim"), event(2, "pushed", "coder", sha="s2")]
    assert told(events, author="coder")[-1] == "reviewer kim answered 2"


def test_nothing_known_is_said_to_be_unknown() -> None:
    merged = at(30)
    assert told([], merged_at=merged, state="merged") == ["nobody_knows - no_events 0"]
    assert told([event(30, "merged", "ann")], merged_at=merged, state="merged") == ["nobody_knows - no_events 0"]
    assert told([], requested_reviewers=("kim",)) == ["reviewer kim review_requested 0"]
    assert told([], created_at=None) == []


def test_closed_and_reopened_leaves_a_gap() -> None:
    rows = turn_rows([change()], [OPENED, event(2, "closed", "ann"), event(6, "reopened", "ann")], [], KINDS)
    assert [(row["since"], row["until"]) for row in rows] == [(START, at(2)), (at(6), None)]


def test_each_reviewer_waits_since_the_own_request() -> None:
    events = [OPENED, event(1, "review_requested", "ann", subject="kim")]
    events.append(event(8, "review_requested", "ann", subject="lee"))
    rows = turn_rows([change()], events, [], KINDS)[2:]
    assert [(row["account"], row["party"], row["since"], row["waiting_since"]) for row in rows] == [
        ("kim", 0, at(8), at(1)), ("lee", 1, at(8), at(8)),
    ]  # fmt: skip


def test_unordered_streams_are_refused() -> None:
    rows = [("b", *[None] * 11), ("a", *[None] * 11)]
    with pytest.raises(ValueError, match="ordered"):
        list(turn_tuples(rows, []))


def test_a_push_of_unknown_commit_takes_the_record_s_head() -> None:
    events = [OPENED, event(2, "pushed", "ann")]
    assert told(events, [check(3, 4, "failure", "s9")], head_sha="s9")[-1] == "author ann checks_failed 4"


# --- what must hold for every history ---

ACCOUNTS = ["ann", "kim", "lee", "bot", "copilot", None]
KINDS_OF_EVENTS = [
    "opened", "closed", "reopened", "ready", "drafted", "review_requested", "review_request_removed", "reviewed",
    "approved", "changes_requested", "review_dismissed", "commented", "pushed", "force_pushed", "labeled", "queued",
    "dequeued", "auto_merge_enabled", "auto_merge_disabled", "checks_passed", "checks_failed", "conflicting",
    "mergeable", "renamed",
]  # fmt: skip


@st.composite
def events_of(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for number in range(draw(st.integers(0, 14))):
        found.append(
            {
                "change": CHANGE,
                "at": at(draw(st.integers(0, 8))),
                "id": f"e{number}",
                "kind": draw(st.sampled_from(KINDS_OF_EVENTS)),
                "actor": draw(st.sampled_from(ACCOUNTS)),
                "subject": draw(st.sampled_from(ACCOUNTS)),
                "subject_team": draw(st.sampled_from([None, None, "t"])),
                "sha": draw(st.sampled_from([None, "s1", "s2"])),
                "review": draw(st.sampled_from([None, "r1", "r2"])),
            }
        )
    return found


records = st.fixed_dictionaries(
    {
        "draft": st.sampled_from([None, True, False]),
        "mergeable": st.sampled_from([None, "clean", "conflicting", "blocked"]),
        "state": st.sampled_from(["open", "merged", None]),
        "merged_at": st.sampled_from([None, at(4), at(9)]),
        "requested_reviewers": st.sampled_from([None, (), ("kim",)]),
    }
)
some_checks = st.lists(
    st.builds(
        lambda a, b, result, sha: check(a, a + b, result, sha),
        st.integers(0, 8),
        st.integers(0, 3),
        st.sampled_from(["success", "failure", None]),
        st.sampled_from(["s1", "s2"]),
    ),
    max_size=4,
    unique_by=lambda found: found["id"],
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(events_of(), some_checks, records)
def test_turns_tile_the_time_in_which_a_change_is_open(
    events: list[dict[str, Any]], checks: list[dict[str, Any]], record: dict[str, Any]
) -> None:
    rows = [row for row in turn_rows([change(**record)], events, checks, KINDS) if row["party"] == 0]
    for row, following in itertools.pairwise(rows):
        assert row["until"] is not None
        assert row["until"] <= following["since"]
        shut = any(e["kind"] == "closed" and e["at"] == row["until"] for e in events)
        assert row["until"] == following["since"] or shut
    for row in rows:
        assert row["until"] is None or row["since"] < row["until"]
        assert row["waiting_since"] <= row["since"]
    if not any(e["kind"] in ("closed", "merged") for e in events) and rows:
        assert rows[0]["since"] == START
        if record["merged_at"] is not None or record["state"] != "merged":
            assert rows[-1]["until"] == record["merged_at"]


@settings(max_examples=200, deadline=None)
@given(events_of(), some_checks, records, st.integers())
def test_order_and_number_of_deliveries_do_not_matter(
    events: list[dict[str, Any]], checks: list[dict[str, Any]], record: dict[str, Any], seed: int
) -> None:
    shuffled = events + events[::2]
    random.Random(seed).shuffle(shuffled)
    assert turn_rows([change(**record)], shuffled, checks[::-1], KINDS) == turn_rows(
        [change(**record)], events, checks, KINDS
    )


@settings(max_examples=200, deadline=None)
@given(events_of(), records, st.data())
def test_words_of_bots_never_move_a_turn(
    events: list[dict[str, Any]], record: dict[str, Any], data: st.DataObject
) -> None:
    noise = [
        event(
            data.draw(st.integers(0, 8)),
            data.draw(st.sampled_from(["commented", "reviewed", "approved", "labeled"])),
            data.draw(st.sampled_from(["bot", "copilot", "coder"])), id=f"n{number}",
        )
        for number in range(data.draw(st.integers(1, 4)))
    ]  # fmt: skip
    quiet = turn_rows([change(**record)], [OPENED, *events], [], KINDS)
    assert turn_rows([change(**record)], [OPENED, *events, *noise], [], KINDS) == quiet


def test_tuples_and_mappings_are_the_same() -> None:
    events = [OPENED, event(1, "review_requested", "ann", subject="kim")]
    tuples = [tuple(e.get(name) for name in EVENT_COLUMNS) for e in events]
    by_name = turn_rows([change()], events, [], KINDS)
    assert turn_rows([change()], tuples, [], KINDS) == by_name
    assert list(by_name[0]) == list(TURN_COLUMNS)

"""Whose turn it is: the rules one by one, then what must hold for every history."""

from __future__ import annotations

import itertools
import math
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.metrics.turn_oracle import turns
from tests.metrics.turning import turn_rows

START = datetime(2026, 11, 2, 9)  # noqa: DTZ001 - the warehouse holds clock readings of UTC
CHANGE = "github:acme/pay#7"
KINDS = {"bot": "bot", "copilot": "review_agent", "coder": "coding_agent"}


WHOSE = {"ann.old": "Ann", "ann": "Ann", "kim": "Kim", "kim@pay": "Kim"}


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
    rows = turn_rows([change(**more)], events, checks or [], KINDS, people=WHOSE)
    return [
        f"{row['turn']} {row['account'] or row['team'] or '-'} {row['why']} {hours:g}"
        for row in rows
        for hours in [(row["since"] - START) / timedelta(hours=1) if row["since"] else math.nan]
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
    # of whoever is deleted the approval alone is kept
    moved = ["author ann approved 2"] if (nobody, kind) == (None, "approved") else []
    assert told([*asked, event(2, kind, nobody, review="x")]) == told(asked) + moved


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
    rows = turn_rows([change()], [OPENED, team, stranger, member], [], KINDS, {"t": {"kim"}})
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
    # Without any date it is open all the same, and waits since nobody knows when.
    assert told([], created_at=None) == ["nobody_knows - no_events nan"]
    assert told([], created_at=None, state="merged") == []


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


def test_a_push_of_unknown_commit_takes_the_record_s_head() -> None:
    events = [OPENED, event(2, "pushed", "ann")]
    assert told(events, [check(3, 4, "failure", "s9")], head_sha="s9")[-1] == "author ann checks_failed 4"


def test_a_person_s_accounts_are_one_party() -> None:
    asked = event(1, "review_requested", "ann.old", subject="kim@pay")
    assert told([OPENED, asked, event(2, "approved", "kim", review="r1")])[1:] == [
        "reviewer kim@pay review_requested 1", "author ann approved 2",
    ]  # fmt: skip
    # the author's other account answers, and approves nothing of its own
    own = [OPENED, event(1, "reviewed", "kim", review="r1"), event(2, "commented", "ann.old")]
    assert told(own)[1:] == ["author ann comments 1", "reviewer kim answered 2"]
    assert told([OPENED, event(1, "approved", "ann.old", review="r1")]) == ["any_reviewer - nobody_asked 0"]
    assert told([OPENED], requested_reviewers=("ann.old", "kim", "kim@pay")) == ["reviewer kim review_requested 0"]


def test_the_approval_of_a_deleted_user_was_one() -> None:
    given = [OPENED, event(1, "approved", None, review="r1")]
    assert told(given)[1:] == ["author ann approved 1"]
    assert told([*given, event(2, "review_dismissed", "ann", review="r1")])[2:] == ["any_reviewer - nobody_asked 2"]
    # what is wanted changed by nobody who is there would wait for ever
    assert told([OPENED, event(1, "changes_requested", None, review="r1")]) == ["any_reviewer - nobody_asked 0"]


# --- what must hold for every history ---

PEOPLE = ["ann", "kim", "lee", "bot", "copilot", "coder", None]
MEMBERS = {"known": {"kim", "lee"}, "empty": {"zoe"}}
KINDS_OF_EVENTS = [
    *("opened", "closed", "reopened", "merged", "ready", "drafted", "queued", "dequeued", "labeled", "renamed"),
    *("auto_merge_enabled", "auto_merge_disabled", "checks_passed", "checks_failed", "conflicting", "mergeable"),
    *("pushed", "force_pushed", "base_changed", "reviewed", "review_request_removed", "review_dismissed"),
    *("review_requested", "approved", "changes_requested", "commented", "pushed") * 2,
]
some_events = st.lists(
    st.builds(
        lambda hours, kind, actor, **said: {"at": at(hours), "kind": kind, "actor": actor} | said,
        st.integers(-1, 9),
        st.sampled_from(KINDS_OF_EVENTS),
        st.sampled_from(PEOPLE),
        subject=st.sampled_from(PEOPLE),
        subject_team=st.sampled_from([None, None, None, "known", "empty", "open"]),
        sha=st.sampled_from([None, "s1", "s2"]),
        review=st.sampled_from([None, "r1", "r2"]),
    ),
    max_size=16,
)
some_checks = st.lists(
    st.builds(
        lambda start, length, result, sha, name, **said: (
            check(start, None if length is None else start + length, result, sha, **said) | {"name": name}
        ),
        st.integers(0, 8),
        st.sampled_from([None, 0, 1, 3]),
        st.sampled_from(["success", "failure", "error", None]),
        st.sampled_from(["s1", "s2", None]),
        st.sampled_from(["unit", "lint"]),
        kind=st.sampled_from(["check", "job", "pipeline"]),
        parent=st.sampled_from([None, "b0"]),
        required=st.sampled_from([None, True, False]),
    ),
    max_size=5,
)
records = st.fixed_dictionaries(
    {
        "author": st.sampled_from(["ann", "ann", "coder", None]),
        "created_at": st.sampled_from([START, START, None]),
        "draft": st.sampled_from([None, True, False]),
        "auto_merge": st.sampled_from([None, True, False]),
        "mergeable": st.sampled_from([None, "clean", "conflicting", "blocked"]),
        "state": st.sampled_from(["open", "merged", None]),
        "merged_at": st.sampled_from([None, None, at(4), at(9)]),
        "requested_reviewers": st.sampled_from([None, [], ["kim"], ["lee", "copilot", "kim"]]),
        "requested_teams": st.sampled_from([None, ["known", "open"]]),
    }
)
History = tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]


def numbered(histories: list[History]) -> list[History]:
    """The same histories as those of different changes."""
    return [
        (
            change(id=f"c{number}") | record,
            [event | {"id": f"c{number}e{place:02}", "change": f"c{number}"} for place, event in enumerate(events)],
            [check | {"id": f"c{number}b{place}", "change": f"c{number}"}
             | ({"parent": f"c{number}b0"} if check["parent"] else {}) for place, check in enumerate(checks)],
        )
        for number, (record, events, checks) in enumerate(histories)
    ]  # fmt: skip


def by_sql(histories: list[History]) -> dict[str, list[dict[str, Any]]]:
    """Turns of each change; all are worked out at once, as in the warehouse."""
    changes, events, checks = zip(*histories, strict=True)
    rows = turn_rows(list(changes), list(itertools.chain(*events)), list(itertools.chain(*checks)), KINDS, MEMBERS)
    found: dict[str, list[dict[str, Any]]] = {said["id"]: [] for said in changes}
    for row in rows:
        found[row["change"]].append(row)
    return found


some_histories = st.lists(st.tuples(records, some_events, some_checks), min_size=1, max_size=20).map(numbered)


@settings(max_examples=examples(25), deadline=None)
@given(some_histories)
def test_all_at_once_and_one_by_one_are_the_same(histories: list[History]) -> None:
    found = by_sql(histories)
    for record, events, checks in histories:
        assert found[record["id"]] == turns(record, events, checks, KINDS, MEMBERS)


@settings(max_examples=examples(15), deadline=None)
@given(some_histories)
def test_two_accounts_of_a_person_are_as_good_as_one(histories: list[History]) -> None:
    """Everybody says every second thing by another account: but for the name, the turns are the same."""
    whose = {**{person: person for person in PEOPLE[:3]}, **{f"{person}+": person for person in PEOPLE[:3]}}

    def other(place: int, who: str | None) -> str | None:
        return f"{who}+" if place % 2 and f"{who}+" in whose else who

    changes, events, checks = (list(part) for part in zip(*histories, strict=True))
    told_by_one = list(itertools.chain(*events))
    told_by_two = [
        said | {"actor": other(place, said["actor"]), "subject": other(place + 1, said["subject"])}
        for place, said in enumerate(told_by_one)
    ]
    built = list(itertools.chain(*checks))
    members = {team: {who for one in accounts for who in (one, f"{one}+")} for team, accounts in MEMBERS.items()}
    one = turn_rows(changes, told_by_one, built, KINDS, MEMBERS)
    two = turn_rows(changes, told_by_two, built, KINDS, members, whose)
    assert [row | {"account": row["account"] and row["account"].rstrip("+")} for row in two] == one


@settings(max_examples=examples(10), deadline=None)
@given(some_histories)
def test_turns_tile_the_time_in_which_a_change_is_open(histories: list[History]) -> None:
    found = by_sql(histories)
    for record, events, _ in histories:
        rows = [row for row in found[record["id"]] if row["party"] == 0]
        for row, following in itertools.pairwise(rows):
            assert row["until"] is not None
            assert row["until"] <= following["since"]
            shut = any(e["kind"] in ("closed", "merged") and e["at"] == row["until"] for e in events)
            assert row["until"] == following["since"] or shut
        for row in rows:
            assert row["until"] is None or row["since"] < row["until"]
            assert row["since"] is None or row["waiting_since"] <= row["since"]
        if record["created_at"] and rows and not any(e["kind"] in ("closed", "merged") for e in events):
            assert rows[0]["since"] == START
            if record["merged_at"] is not None or record["state"] != "merged":
                assert rows[-1]["until"] == record["merged_at"]


@settings(max_examples=examples(10), deadline=None)
@given(some_histories, st.randoms(use_true_random=False))
def test_order_of_rows_and_company_of_other_changes_do_not_matter(histories: list[History], chance: Any) -> None:
    shuffled = [(record, chance.sample(events, len(events)), checks[::-1]) for record, events, checks in histories]
    alone = by_sql(shuffled[:1])
    together = by_sql(histories)
    assert by_sql(shuffled[::-1]) == together
    assert alone[histories[0][0]["id"]] == together[histories[0][0]["id"]]


noise = st.lists(
    st.builds(
        lambda hours, kind, actor: event(hours, kind, actor, subject=None, subject_team=None, sha=None, review=None),
        st.integers(0, 8),
        st.sampled_from(["commented", "reviewed", "approved", "changes_requested", "labeled"]),
        st.sampled_from(["bot", "copilot"]),
    ),
    max_size=4,
)


@settings(max_examples=examples(10), deadline=None)
@given(st.lists(st.tuples(records, some_events, some_checks, noise), min_size=1, max_size=20))
def test_words_of_bots_never_move_a_turn(histories: list[Any]) -> None:
    opened = {"at": START, "kind": "opened", "actor": "ann"}
    quiet = numbered([(record, [opened, *events], checks) for record, events, checks, _ in histories])
    noisy = numbered([(record, [opened, *events, *more], checks) for record, events, checks, more in histories])
    assert by_sql(noisy) == by_sql(quiet)

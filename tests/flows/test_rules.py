"""Rules over the demo: what they find is what the brief's views say, and each finding can be explained."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fairlead.model.errors import Abort
from fairlead.signals.judging import judge
from fairlead.signals.rules import read
from fairlead.wiring import verbs
from fairlead.wiring.backtests import past_of
from fairlead.wiring.services import Services


def ask(services: Services, **words: str) -> Any:
    return json.loads(verbs.ask(services, "rules", {"form": "json", **words}).text)


def test_rules_find_what_the_views_of_the_brief_hold(demo_services: Services) -> None:
    told = ask(demo_services)
    assert told["broken"] == []
    counts = {rule["rule"]: rule["open"] for rule in told["rules"]}
    rows = demo_services.warehouse.rows
    now = demo_services.clock.now().replace(tzinfo=None)
    for rule, sql in {
        "change-too-large": "select count(*) as n from attention_large_changes",
        "change-waits-for-review": "select count(*) as n from attention_waiting_review where due_at <= $now",
        "change-approved-unmerged": "select count(*) as n from attention_approved_unmerged where due_at <= $now",
        "change-in-conflict": "select count(*) as n from attention_conflicts where due_at <= $now",
        "change-stale": "select count(*) as n from attention_stale_changes where due_at <= $now",
        "main-red": "select count(*) as n from attention_red_main where due_at <= $now",
        "alert-open": "select count(*) as n from attention_security_alerts",
        "deployment-failed": "select count(*) as n from attention_failed_deployments",
        "incident-recurs": "select count(*) as n from attention_recurring_incidents",
        "budget-burns": "select count(*) as n from attention_burning_budgets where until > $now",
        "budget-spent": "select count(*) as n from attention_spent_budgets",
        "objective-unmeasured": "select count(*) as n from attention_unmeasured_slos where due_at <= $now",
        "source-silent": "select count(*) as n from attention_silent_sources where due_at <= $now",
        "item-blocked": "select count(distinct work_item) as n from work_item_blocks b join work_item_cycle_times c "
        "using (work_item) where to_at is null and category in ('todo', 'in_progress')",
    }.items():
        wanted = rows(sql, {"now": now} if "$now" in sql else {})[0]["n"]
        assert counts[rule] == wanted, rule
    assert sum(counts[rule] > 0 for rule in counts) >= 10
    # figures about people are those of teams that are large enough, and the same as in the view that only owners read
    heavy = rows("select max(waiting) as n from attention_review_load")[0]["n"]
    found = ask(demo_services, rule="reviews-pile-up")["found"]
    assert [one["values"]["most_waiting"] for one in found] == [heavy]
    assert {one["subject"] for one in found} < {row["team"] for row in rows("select team from team_sizes")}


def test_a_finding_is_explained_part_by_part(demo_services: Services) -> None:
    found = ask(demo_services, rule="change-waits-for-review")["found"]
    assert found
    assert all(one["state"] == "open" and one["values"]["turn"] in ("reviewer", "any_reviewer") for one in found)
    told = ask(demo_services, rule="change-waits-for-review", subject=found[0]["subject"])
    assert told["values"]["turn_since"].endswith("Z")
    steps = {step["said"]: step["holds"] for step in told["steps"]}
    assert steps["all of"] == "yes"
    assert steps["biztime_since(turn_since) > thresholds.first_review_hours"] == "yes"
    assert told["values"]["thresholds.first_review_hours"] == "1bd"
    assert steps["not (has(labels, 'on-hold', 'on hold'))"] == "yes"
    text = verbs.ask(demo_services, "rules", {"rule": "main-red"}).text
    assert "high" in text
    for words in ({"rule": "main-rd"}, {"rule": "main-red", "subject": "github:nowhere/run/1/1"}):
        with pytest.raises(Abort):
            verbs.ask(demo_services, "rules", words)


def test_the_present_is_the_last_moment_of_the_past(demo_services: Services) -> None:
    """What a rule holds of now it also holds of at the end of its back-test, whatever its subject is made of."""
    refused = {"risk", "source"}
    seen: set[str] = set()
    for rule in read()[0].values():
        # one question of set-based subjects; windowed ones ask the very rows of the present, day by day
        if not rule.subject.past or rule.id in ("item-in-blocked-chain", "main-red"):
            assert rule.subject.windowed or rule.subject.no_past or rule.subject.past, rule.id
            continue
        told = past_of(demo_services, rule, "90" if rule.subject.name in ("deployment", "objective") else "30")
        now = {
            one.subject
            for one in judge(demo_services.warehouse, rule, demo_services.clock.now())
            if one.state == "open"
        }
        assert {one["subject"] for one in told["found"] if one["until"] is None} == now, rule.id
        assert {day: sum(teams.values()) for day, teams in told["by_team"].items()} == {
            day: count for day, count in told["fired"].items() if count
        }
        seen |= {rule.subject.name} if told["stretches"] else set()
    assert seen >= {"change", "work_item", "sprint", "slo", "deployment", "incident", "alert", "objective"}
    assert {one.subject.name for one in read()[0].values() if one.subject.no_past} == refused


def test_the_past_of_a_rule_is_what_the_history_of_turns_says(demo_services: Services) -> None:
    told = ask(demo_services, rule="change-waits-for-review", days="60")
    now = demo_services.clock.now()
    held = {one["subject"] for one in told["found"] if one["until"] is None}
    assert held == {one["subject"] for one in ask(demo_services, rule="change-waits-for-review")["found"]}
    # each was the reviewers' turn through all of it, by the history of turns
    for one in told["found"]:
        turns = demo_services.warehouse.rows(
            "select distinct turn from change_turns where change = $change and party = 0 and since <= $until "
            "and coalesce(until >= $since, true) and turn in ('reviewer', 'any_reviewer')",
            {"change": one["subject"], "since": one["since"], "until": one["since"]},
        )
        assert turns, one
    assert sum(told["fired"].values()) <= told["stretches"] == told["healed"] + len(held)
    assert len(told["fired"]) == 61 and max(told["fired"]) == now.date().isoformat()
    less = ask(demo_services, rule="change-waits-for-review", days="60", **{"with": "turn_since=3bd"})
    assert 0 < less["stretches"] < told["stretches"]
    assert told["as_now"] == ["labels", "hotfix"]
    text = verbs.ask(demo_services, "rules", {"rule": "main-red", "days": "30"}).text
    assert text.startswith("main-red: fired ")
    for words, said in (
        (
            {"rule": "source-silent"},
            "nothing tells how each source was .*: of what a source has sent only the newest",
        ),
        ({"rule": "item-in-blocked-chain"}, "nobody knows how `links` was"),
        ({"rule": "main-red", "with": "lines=8"}, "changes nothing in main-red"),
        ({"rule": "change-too-large", "with": "lines=8bh"}, "is not what `lines` is held against"),
        ({"rule": "main-red", "days": "0"}, "is no number of days"),
    ):
        with pytest.raises(Abort, match=said):
            ask(demo_services, **{"days": "30", **words})

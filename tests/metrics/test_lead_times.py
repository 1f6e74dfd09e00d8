"""Lead time and its phases at the edges where incumbents err."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fairlead.metrics import executor
from fairlead.metrics.figures import figure
from fairlead.metrics.quality import findings
from fairlead.model.figures import Window
from fairlead.model.setup import CalendarSetup, TeamSetup

HOUR = 3600.0


def row(company: Any, number: int) -> dict[str, Any]:
    warehouse = company.warehouse()
    (found,) = warehouse.rows("select * from change_lead_times where change = ?", [f"{company.pay}#{number}"])
    return dict(found)


def deploy_daily(company: Any, *days: int) -> None:
    for day in days:
        company.deployment(day, company.merge(day), company.at(day, 20))


def test_phases_add_up_to_the_total(company: Any) -> None:
    company.change(2)
    deploy_daily(company, 1, 2)
    found = row(company, 2)
    assert (found["coding_s"], found["pickup_s"], found["review_s"], found["deploy_s"]) == (
        HOUR,
        3 * HOUR,
        5 * HOUR,
        2 * HOUR,
    )
    assert found["total_s"] == 11 * HOUR and found["total_missing"] is None


def test_working_time_leaves_out_nights_and_weekends(company: Any) -> None:
    # Opened on Friday at 10:00, reviewed on Monday at 10:00: a working day of eight hours lies between.
    company.change(4, review_at=company.at(7, 10), merged_at=company.at(7, 11))
    found = row(company, 4)
    assert found["pickup_s"] == 72 * HOUR and found["pickup_work_s"] == 8 * HOUR


def test_first_known_deployment_brings_only_what_it_can_prove(company: Any) -> None:
    company.change(1)
    company.change(2)
    deploy_daily(company, 2)
    assert row(company, 2)["deploy_s"] == 2 * HOUR
    older = row(company, 1)
    assert older["deploy_s"] is None and older["total_s"] is None
    assert older["deploy_missing"] == "first_known_deployment" and older["deployment"]


def test_rollback_and_redeployment_give_no_new_date(company: Any) -> None:
    company.change(3)
    for number, sha_of, day in ((1, 1, 1), (2, 3, 3), (3, 1, 4), (4, 3, 5)):
        company.deployment(number, company.merge(sha_of), company.at(day, 20))
    found = row(company, 3)
    assert found["deployment"].endswith("/2") and found["deploy_s"] == 2 * HOUR


def test_only_production_successes_deploy(company: Any) -> None:
    company.change(3)
    deploy_daily(company, 1)
    company.deployment(2, company.merge(3), company.at(3, 19), environment="staging")
    company.deployment(3, company.merge(3), company.at(3, 20), result="failure")
    company.deployment(4, company.merge(4), company.at(4, 20))
    assert row(company, 3)["deployment"].endswith("/4")


def test_a_deployment_of_parts_finishes_with_its_last(company: Any) -> None:
    company.change(2)
    deploy_daily(company, 1)
    deployment = company.deployment(2, None, company.at(2, 19), repository=None)
    for part, hour in ((company.pay, 20), ("github:acme/web", 22)):
        company.source.put("deployment_commits", {
            "id": f"{deployment}@{part}", "deployment": deployment, "repository": part, "sha": company.merge(2),
            "result": "success", "finished_at": company.at(2, hour),
        })  # fmt: skip
    assert row(company, 2)["deploy_s"] == 4 * HOUR


def test_deployed_before_the_merge_is_unknown_with_its_date_kept(company: Any) -> None:
    company.change(2, merged_at=company.at(3, 18))
    deploy_daily(company, 1, 2)
    found = row(company, 2)
    assert found["deploy_s"] is None and found["deploy_missing"] == "deployed_before_merge" and found["deployed_at"]


def test_not_deployed_is_shown_with_its_reason(company: Any) -> None:
    company.change(5)
    deploy_daily(company, 1)
    assert row(company, 5)["deploy_missing"] == "not_deployed"


def test_reviews_by_author_bots_and_agents_do_not_count(company: Any) -> None:
    company.change(2, review_at=None)
    for hour, actor in (
        (10.5, "github:@kim"),
        (10.6, "github:@kim-home"),
        (10.7, "github:@ci[bot]"),
        (11, "github:@lens"),
    ):
        company.event(2, "reviewed", company.at(2, hour), actor)
    found = row(company, 2)
    assert found["pickup_s"] is None and found["pickup_missing"] == "no_review"
    assert found["first_agent_review_at"] == company.at(2, 11)
    company.event(2, "changes_requested", company.at(2, 12), "github:@lee")
    assert row(company, 2)["pickup_s"] == 2 * HOUR


def test_pickup_begins_when_the_draft_is_ready(company: Any) -> None:
    company.change(2, review_at=company.at(2, 11))
    company.event(2, "ready", company.at(2, 12), "github:@kim")
    early = row(company, 2)
    assert early["pickup_s"] is None and early["pickup_missing"] == "review_before_ready"
    company.event(2, "approved", company.at(2, 14), "github:@lee")
    assert row(company, 2)["pickup_s"] == 2 * HOUR


def test_a_review_of_a_change_taken_back_to_draft_is_not_its_first(company: Any) -> None:
    # Thursday: ready from 9:00 to 10:00, looked at as a draft at 11:00, ready again at 12:00.
    company.change(3, opened_at=company.at(3, 9), first_commit_at=company.at(3, 8), review_at=company.at(3, 11))
    company.event(3, "drafted", company.at(3, 10), "github:@kim")
    unread = row(company, 3)
    assert (unread["pickup_s"], unread["pickup_missing"]) == (None, "review_before_ready")
    company.event(3, "ready", company.at(3, 12), "github:@kim")
    company.event(3, "commented", company.at(3, 15), "github:@lee", review="r2")
    found = row(company, 3)
    assert (found["first_review_at"], found["approved_at"]) == (company.at(3, 15), company.at(3, 11))
    assert (found["draft_s"], found["pickup_s"], found["review_s"]) == (2 * HOUR, 4 * HOUR, 3 * HOUR)


def test_a_review_in_the_second_of_the_mark_is_of_the_ready_change(company: Any) -> None:
    company.change(3, opened_at=company.at(3, 9), review_at=company.at(3, 10))
    company.event(3, "drafted", company.at(3, 10), "github:@kim")
    assert row(company, 3)["pickup_s"] == HOUR


def test_a_change_taken_back_to_draft_is_not_awaited(company: Any) -> None:
    # Thursday: ready from 9:00 to 10:00 and from 10:00 on Friday, reviewed at 12:00.
    company.change(3, opened_at=company.at(3, 9), first_commit_at=company.at(3, 8), review_at=company.at(4, 12),
                   merged_at=company.at(4, 14))  # fmt: skip
    company.event(3, "drafted", company.at(3, 10), "github:@kim")
    company.event(3, "ready", company.at(4, 10), "github:@kim")
    company.deployment(1, company.merge(1), company.at(1, 20))
    company.deployment(3, company.merge(3), company.at(4, 20))
    found = row(company, 3)
    assert (found["draft_s"], found["pickup_s"]) == (24 * HOUR, 3 * HOUR)
    assert (found["draft_work_s"], found["pickup_work_s"]) == (8 * HOUR, 3 * HOUR)
    phases = ("coding", "draft", "pickup", "review", "deploy")
    assert sum(found[f"{phase}_s"] for phase in phases) == found["total_s"] == 36 * HOUR
    assert sum(found[f"{phase}_work_s"] for phase in phases) == found["total_work_s"]


def test_every_stretch_as_a_draft_counts_once_and_only_before_the_first_review(company: Any) -> None:
    company.change(2, review_at=company.at(2, 17.5))
    for hour in (11.0, 13.0, 17.0):
        company.event(2, "ready", company.at(2, hour), "github:@kim")
    for hour in (12.0, 12.5, 15.0, 17.8):
        company.event(2, "drafted", company.at(2, hour), "github:@kim")
    found = row(company, 2)
    # A draft from 10 to 11, 12 to 13 and 15 to 17, and marked again after somebody looked.
    assert (found["draft_s"], found["pickup_s"], found["review_s"]) == (4 * HOUR, 3.5 * HOUR, 0.5 * HOUR)


def test_review_after_the_merge_is_no_review_time(company: Any) -> None:
    company.change(2, review_at=company.at(2, 19))
    found = row(company, 2)
    assert found["review_s"] is None and found["review_missing"] == "review_after_merge"


def test_first_commit_after_opening_is_unknown(company: Any) -> None:
    company.change(2, first_commit_at=company.at(2, 11))
    found = row(company, 2)
    assert found["coding_s"] is None and found["coding_missing"] == "first_commit_after_opening"


def test_squash_rebase_and_head_deployments_are_found(company: Any) -> None:
    deploy_daily(company, 1)
    # The tool never told the merge commit, and what was deployed is the head itself.
    company.change(3, merge_sha=None, head_sha="d" * 40)
    company.commit("d" * 40, [company.merge(2)], company.at(3, 9))
    company.deployment(9, "d" * 40, company.at(3, 20))
    assert row(company, 3)["deployment"].endswith("/9")


def test_promotion_branches_lead_to_production(company: Any) -> None:
    deploy_daily(company, 1)
    company.change(3, base_branch="dev", merge_sha="e" * 40, head_sha="f" * 40)
    company.change(4, base_branch="stage", head_branch="dev", merge_sha="5" * 40, head_sha="6" * 40)
    company.change(6, base_branch="main", head_branch="stage")
    company.deployment(6, company.merge(6), company.at(6, 20))
    found = row(company, 3)
    assert found["deployment"].endswith("/6") and found["deploy_s"] == 74 * HOUR


def test_commits_given_by_the_tool_stand_in_for_the_graph(company: Any) -> None:
    for number in (1, 2):
        deployment = company.deployment(number, None, company.at(number, 20))
        sha = f"{number}".rjust(40, "9")
        company.change(number, merge_sha=sha)
        company.source.put("deployment_commits", {
            "id": f"{deployment}@{sha}", "deployment": deployment, "repository": company.pay, "sha": sha,
            "result": "success",
        })  # fmt: skip
    assert row(company, 1)["deploy_s"] == row(company, 2)["deploy_s"] == 2 * HOUR


def test_who_made_it(company: Any) -> None:
    for number, author in ((2, "github:@kim"), (3, "github:@coder"), (4, "github:@ci[bot]"), (5, "github:@kim")):
        company.change(number, author=author)
    company.commit(f"{5:x}".rjust(40, "b"), [], company.at(5), co_authors=["Coder <agent@coder.example>"])
    company.source.put("accounts", {"id": "email:agent@coder.example", "kind": "coding_agent"})
    rows = company.warehouse().rows("select author_kind from change_lead_times order by change")
    assert [found["author_kind"] for found in rows] == ["human", "agent", "bot", "mixed"]


def test_merges_count_where_nothing_else_does(company: Any) -> None:
    company.change(2)
    warehouse = company.warehouse()
    (chosen,) = warehouse.rows("select kind from what_counts where chosen")
    assert chosen["kind"] == "merge"
    company.source.put("releases", {
        "id": f"{company.pay}/release/1", "repository": company.pay, "kind": "release", "tag": "v1",
        "sha": company.merge(3), "published_at": company.at(3, 19), "source": "github",
    })  # fmt: skip
    warehouse.refresh()
    (chosen,) = warehouse.rows("select kind from what_counts where chosen")
    assert chosen["kind"] == "release"


def test_time_of_a_change_that_spans_a_summer_time_switch_is_elapsed_time(company: Any) -> None:
    company.change(2, opened_at=company.at(2, 10), merged_at=company.at(2, 10) + timedelta(days=60))
    assert row(company, 2)["review_s"] == 60 * 24 * HOUR - 3 * HOUR


def test_a_full_run_in_parts_makes_the_same_rows(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 9):
        company.change(number)
    deploy_daily(company, 1, 3, 5)
    whole = company.warehouse().rows("from change_lead_times order by change")
    monkeypatch.setattr(executor, "_PART_ROWS_PER_MB", 0.01)
    warehouse = company.warehouse()
    assert len(whole) == 8 and warehouse.rows("from change_lead_times order by change") == whole
    # What is new is made by its keys, whatever parts the rest was made in.
    company.change(9)
    warehouse.refresh()
    assert len(warehouse.rows("from change_lead_times")) == 9


def test_commits_stand_for_themselves_where_nothing_was_ever_proposed(company: Any) -> None:
    for day in (2, 4):
        company.deployment(day, company.merge(day), company.at(day, 20))
    warehouse = company.warehouse()
    found = {
        row["commit"]: (row["total_s"], row["total_missing"]) for row in warehouse.rows("from commit_lead_times")
    }
    # Main grows at 18:00: the third commit waits a day and two hours, the fourth two hours.
    assert found[f"{company.pay}@{company.merge(3)}"] == (26 * 3600, None)
    assert found[f"{company.pay}@{company.merge(4)}"] == (2 * 3600, None)
    assert found[f"{company.pay}@{company.merge(1)}"] == (None, "first_known_deployment")
    assert found[f"{company.pay}@{company.merge(5)}"] == (None, "not_deployed")
    window = Window(start=company.at(0).replace(tzinfo=UTC), end=company.at(21).replace(tzinfo=UTC))
    for segment in ({}, {"team": "pay"}, {"service": "pay"}, {"author_kind": "human"}):
        lead = figure(warehouse, "lead_time", window, segment)
        assert (lead.value, lead.n) == (2 * 3600, 3), segment
        assert lead.excluded == {"not_deployed": 6, "first_known_deployment": 1}
        worked = figure(warehouse, "lead_time_working", window, segment)
        assert (worked.n, worked.excluded) == (lead.n, lead.excluded), segment
    assert [finding.subject for finding in findings(warehouse) if finding.kind == "lead-time-by-commits"] == [
        company.pay
    ]


@pytest.mark.parametrize(
    ("team", "hours", "worked"),
    [
        # Written on Thursday at 18:00, deployed on Friday at 20:00.
        ({}, "Mon-Fri 09:00-17:00", 8 * HOUR),
        ({"calendar": "late"}, "Mon-Fri 17:00-22:00", 7 * HOUR),
        ({"calendar": "late"}, "Sat-Sun 09:00-17:00", 0.0),
    ],
)
def test_a_commit_waits_in_the_hours_of_the_team_that_owns_it(
    company: Any, team: dict[str, str], hours: str, worked: float
) -> None:
    for day in (2, 4):
        company.deployment(day, company.merge(day), company.at(day, 20))
    warehouse = company.warehouse(
        replace(
            company.setup,
            calendars={"late": CalendarSetup(hours=hours, time_zone="UTC")},
            teams={"pay": TeamSetup(repositories=("github:acme/*",), **team)},
        )
    )
    found = {row["commit"]: row["total_work_s"] for row in warehouse.rows("from commit_lead_times")}
    assert found[f"{company.pay}@{company.merge(3)}"] == worked
    assert found[f"{company.pay}@{company.merge(5)}"] is None


def test_one_change_is_enough_that_commits_do_not_count_beside_it(company: Any) -> None:
    company.deployment(2, company.merge(2), company.at(2, 20))
    company.change(2)
    warehouse = company.warehouse()
    assert not warehouse.rows("from commit_lead_times")
    assert len(warehouse.rows("from change_lead_times")) == 1

"""A small DevLake: one repository, four pull requests, four deployments, one incident, worked out by hand.

First commits at 08:00 of 1, 2, 3 and 4 May, merged at 09:00 of the day after, deployed: the first three at noon of
that day (the third 30 s later), the fourth on 20 May. So lead times are 28 h, 28 h, 28 h 0 min 30 s and 388 h.
"""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

REPO = "github:GithubRepo:1:100"
URL = "https://github.com/acme/payments"
HASHES = ("c0", "m1", "m2", "m3", "m4")

Rows = list[tuple[object, ...]]


def pull(number: int) -> str:
    """DevLake's id of a pull request."""
    return f"github:GithubPullRequest:1:{500 + number}"


def deployed(number: int) -> str:
    """DevLake's id of a deployment."""
    return f"github:GithubDeployment:1:D{number}"


def tables() -> dict[str, tuple[str, Rows]]:
    """Table -> its columns and rows; empty texts are empty cells."""
    days = range(1, 5)
    finished = ("2026-05-02 12:00:00", "2026-05-03 12:00:00", "2026-05-04 12:00:30", "2026-05-20 12:00:00")
    return {
        "project_mapping": (
            "project_name table row_id",
            [("pay", "repos", REPO), ("pay", "cicd_scopes", REPO)],
        ),
        "repos": ("id name url language _raw_data_id", [(REPO, "acme/payments", URL, "Go", 7)]),
        "accounts": (
            "id user_name full_name email",
            [
                ("github:GithubAccount:1:1", "kim", "Kim Park", "kim@acme.example"),
                ("github:GithubAccount:1:2", "noor", "Noor Haddad", ""),
                ("jira:JiraAccount:1:557058:ab", "", "Noor H.", ""),
            ],
        ),
        "users": ("id name email", [("u1", "Noor", "")]),
        "user_accounts": (
            "user_id account_id",
            [("u1", "github:GithubAccount:1:2"), ("u1", "jira:JiraAccount:1:557058:ab")],
        ),
        "teams": ("id name parent_id", [("7", "Payments", "")]),
        "team_users": ("team_id user_id", [("7", "u1")]),
        "commits": (
            "sha message author_name author_email authored_date committed_date",
            [
                (sha, f"Step {at}", "Kim", "Kim@acme.example", f"2026-05-0{at} 09:00:00", f"2026-05-0{at} 09:00:00")
                for at, sha in enumerate(HASHES, start=1)
            ],
        ),
        "commit_parents": (
            "commit_sha parent_commit_sha",
            [(new, old) for old, new in itertools.pairwise(HASHES)],
        ),
        "repo_commits": ("repo_id commit_sha", [(REPO, sha) for sha in HASHES]),
        "pull_requests": (
            ("id base_repo_id head_repo_id status title url author_id pull_request_key created_date merged_date "
            "closed_date merge_commit_sha head_commit_sha additions is_draft"),
            [
                (
                    pull(day), REPO, REPO, "MERGED", f"Change {day}", f"{URL}/pull/{day}", "github:GithubAccount:1:1",
                    day, f"2026-05-0{day} 10:00:00", f"2026-05-0{day + 1} 09:00:00", f"2026-05-0{day + 1} 09:00:00",
                    f"m{day}", f"h{day}", 10, 0,
                )
                for day in days
            ],
        ),
        "pull_request_commits": (
            "commit_sha pull_request_id commit_author_name commit_author_email commit_authored_date",
            [(f"h{day}", pull(day), "Kim", "kim@acme.example", f"2026-05-0{day} 08:00:00") for day in days],
        ),
        "pull_request_comments": (
            "id pull_request_id body account_id created_date type status",
            [
                ("github:GithubPrReview:1:900", pull(2), "ok", "github:GithubAccount:1:2", "2026-05-02 12:00:00",
                 "REVIEW", "APPROVED"),
                ("github:GithubPrComment:1:901", pull(2), "hm", "github:GithubAccount:1:2", "2026-05-02 13:00:00",
                 "NORMAL", ""),
            ],
        ),
        "cicd_deployment_commits": (
            ("id cicd_scope_id cicd_deployment_id name result status environment created_date started_date "
            "finished_date commit_sha repo_id repo_url"),
            [
                (
                    f"{deployed(at)}:{URL}", REPO, deployed(at), f"deploy {at}", "SUCCESS", "DONE", "PRODUCTION",
                    end, end, end, f"m{at}", REPO, URL,
                )
                for at, end in enumerate(finished, start=1)
            ],
        ),
        "project_pr_metrics": (
            "id project_name pr_cycle_time deployment_commit_id",
            [
                (pull(1), "pay", 1500, ""),
                (pull(2), "pay", 1680, f"{deployed(2)}:{URL}"),
                (pull(3), "pay", 1681, f"{deployed(3)}:{URL}"),
                (pull(4), "pay", 23280, f"{deployed(4)}:{URL}"),
            ],
        ),
        "issues": (
            ("id url issue_key title type original_type status original_status story_point created_date "
            "updated_date resolution_date epic_key"),
            [
                ("jira:JiraIssues:1:10017", "https://acme.example/browse/PAY-17", "PAY-17", "Retry", "REQUIREMENT",
                 "Story", "DONE", "Released", 3, "2026-05-01 08:00:00", "2026-05-06 08:00:00", "2026-05-06 08:00:00",
                 "PAY-1"),
            ],
        ),
        "issue_changelogs": (
            "id issue_id author_id field_name original_from_value original_to_value from_value to_value created_date",
            [
                ("jira:JiraIssueChangelogItems:1:70:status", "jira:JiraIssues:1:10017", "", "status", "Open",
                 "Released", "TODO", "DONE", "2026-05-06 08:00:00"),
                ("jira:JiraIssueChangelogItems:1:69:Sprint", "jira:JiraIssues:1:10017", "", "Sprint", "",
                 "12", "", "jira:JiraSprint:1:12", "2026-05-02 08:00:00"),
            ],
        ),
        "sprints": (
            "id name status started_date ended_date completed_date",
            [("jira:JiraSprint:1:12", "May", "CLOSED", "2026-05-02 07:00:00", "2026-05-15 07:00:00",
              "2026-05-15 09:00:00")],
        ),
        "sprint_issues": ("sprint_id issue_id", [("jira:JiraSprint:1:12", "jira:JiraIssues:1:10017")]),
        "incidents": (
            "id url incident_key title status resolution_date created_date",
            [("pagerduty:Incident:1:4", "https://acme.pagerduty.com/incidents/Q4", "4", "Checkout down", "DONE",
              "2026-05-19 10:00:00", "2026-05-19 09:00:00")],
        ),
        "project_incident_deployment_relationships": (
            "id project_name deployment_id",
            [("pagerduty:Incident:1:4", "pay", deployed(3))],
        ),
    }  # fmt: skip


def write(folder: Path, **changed: tuple[str, Rows] | None) -> Path:
    """The tables as CSV, some of them replaced or left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in {**tables(), **changed}.items():
        if table is not None:
            head, rows = table
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(head.split())
                writer.writerows(rows)
    return folder

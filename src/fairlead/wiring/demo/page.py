"""`docs/demo.md`: the story as a page, made from the facts that it was played with."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from fairlead.wiring.demo.away import AWAY
from fairlead.wiring.demo.calendars import HOLIDAY
from fairlead.wiring.demo.cast import (
    CODING_AGENTS,
    COMPANY,
    CREWS,
    LEAVER,
    OLD_NAME,
    ORG,
    REVIEW_AGENT,
    SHIPS,
    YARDS,
    Ship,
    player,
    yard,
)
from fairlead.wiring.demo.facts import StoryFact
from fairlead.wiring.demo.sprints import FIRST_SPRINT, LENGTH
from fairlead.wiring.demo.story import DemoHistory, build
from fairlead.wiring.demo.tracker import KEYS, planned

ANY_MOMENT = datetime(2026, 6, 17, 9, tzinfo=UTC)
"""Numbers and ids of the story are the same for every date; the page is made with this one."""

_HEAD = f"""# The demo team

`fairlead demo` plays ninety days of {COMPANY}, a company that does not exist, through fakes of GitHub,
GitLab, Jira, PagerDuty and Prometheus (signed webhooks, and pages of their APIs for what no webhook tells), through
CDEvents, reports of CI jobs and `.ics` calendars, into a home of its own. The story ends at the last working day,
09:00 in Berlin; `--as-of` moves that, `--seed` changes the everyday work. Numbers and ids below hold for the default
seed and every date. Day 0 is the last working day, day -1 the one before.

This page is made from the story's own facts by `python -m fairlead.wiring.demo.page docs/demo.md`; a test compares
the brief with them.
"""


def demo_page() -> str:
    """The whole page for the default seed."""
    history = build(ANY_MOMENT)
    parts = [_HEAD, _people(), _repositories(), _services(), _sprints(history), _calendars()]
    return "\n".join([*parts, _volume(history), _story(history)])


def _people() -> str:
    named = {team.key: ", ".join(player(one).name for one in team.people) for team in CREWS}
    agents = ", ".join(f"`{name}[bot]`" for name in CODING_AGENTS)
    return "\n".join(
        [
            "## Who\n",
            "| team | zone | people, the lead first |",
            "|---|---|---|",
            *(f"| {team.name} | {team.zone} | {named[team.key]} |" for team in CREWS),
            "",
            f"Coding agents {agents}, review agent `{REVIEW_AGENT}[bot]`.",
            f"{LEAVER.name} has left and the account is gone.",
            "Platform has four people: figures about people are suppressed, figures about its systems are not.",
            "Daniel Osei and Nisha Pillai sometimes commit with private addresses that GitHub does not know, which",
            "gives identity suggestions to confirm.\n",
        ]
    )


def _repositories() -> str:
    hosts = {"github": "GitHub", "gitlab": "GitLab"}
    rows = [
        f"| `{one.path}` | {hosts[one.host]} | {one.team} | {one.language} | {one.how} into `{one.base}` |"
        for one in YARDS
    ]
    return "\n".join(
        [
            "## Where\n",
            "| repository | at | team | language | merged by |",
            "|---|---|---|---|---|",
            *rows,
            "",
            f"`{ORG}/gateway` promotes `dev` to `stage` to `main`.",
            f"`{ORG}/fare-engine` was called `{OLD_NAME}` until day -35.",
            "The workflow `e2e` of `storefront` is flaky: one run in five fails and is good when it is run again.",
            "Terminals came to the company with a terminal that was bought, and has stayed at GitLab.\n",
        ]
    )


def _services() -> str:
    rows = [
        f"| `{ship.key}` | `{yard(ship.repository).path}` | {_paths(ship)} | {_known_by(ship)} |" for ship in SHIPS
    ]
    head = ["| service | repository | paths | deployments known by |", "|---|---|---|---|"]
    pages = [
        "",
        "PagerDuty tells the incidents of all services but the edge, whose deployments tell their own. What a team",
        "writes down afterwards is an issue (at GitHub labelled `afterwards`) and no incident. Each team has one of",
        "its people on call, by weeks; those at GitHub have the next one behind.\n",
        "Prometheus measures three objectives over two weeks: requests fail while an incident of the service is",
        "open, so that the bank's outage of day -1 has spent Ledger's budget. On day -3 the web shop was measured by",
        "nobody for six hours: that time is unknown, and neither good nor bad.\n",
    ]
    return "\n".join(["## What runs\n", *head, *rows, *pages])


def _paths(ship: Ship) -> str:
    return ", ".join(f"`{path}`" for path in ship.paths) or "all"


def _known_by(ship: Ship) -> str:
    if ship.repository == "gateway":
        return "CDEvents"
    return "deployments of GitLab" if yard(ship.repository).host == "gitlab" else "deployments of GitHub"


def _sprints(history: DemoHistory) -> str:
    rows = []
    for team in planned():
        board = next(one for one in history.jira.boards if one["location"]["projectKey"] == KEYS[team.key])
        names = [one["name"] for one in history.jira.sprints if one["originBoardId"] == board["id"]]
        rows.append(f"| `{KEYS[team.key]}` | {team.name} | {names[0]} to {names[-1]} | {FIRST_SPRINT[team.key]} |")
    return "\n".join(
        [
            "## What is planned\n",
            f"Three teams plan sprints of {LENGTH} working days in Jira; the last ones are under way. Some of the",
            "everyday changes are made for an issue: branch and title name its key, and it goes into review and is",
            "done with its change. Terminals has no sprints: it works from issues at GitLab, and its merge requests",
            "close them.\n",
            "| project | team | sprints | first day |",
            "|---|---|---|--:|",
            *rows,
            "",
        ]
    )


def _calendars() -> str:
    away = ", ".join(player(login).name for login, first, last, _ in AWAY if first <= 0 <= last)
    return "\n".join(
        [
            "## Calendars\n",
            "| file | what it holds |",
            "|---|---|",
            f"| `absences.ics` | who is away; on day 0 {away}, of whom nothing is asked |",
            f"| `holidays.ics` | the day off of Terminals, {HOLIDAY}; Platform's stands in the settings |",
            "| `rota.ics` | who of Terminals is on call; the other teams' rotas are PagerDuty's |",
            "",
        ]
    )


def _volume(history: DemoHistory) -> str:
    repos, tools = history.fake.repositories.values(), Counter(event.tool for event in history.deliveries)
    docked = Counter(path.rpartition("/")[2] for path, found in history.dock.lists.items() for _ in found)
    in_projects = sum(len(found) for path, found in history.dock.lists.items() if path.endswith("repository/commits"))
    counts = {
        "webhooks and events": sum(not event.kind.startswith("api:") for event in history.deliveries),
        "pull requests": sum(len(repo.pulls) for repo in repos),
        "commits": sum(len(repo.order) for repo in repos) + in_projects,
        "workflow runs": sum(len(repo.runs) for repo in repos),
        "jobs": sum(len(repo.checks) for repo in repos),
        "deployments of GitHub": sum(len(repo.deployments) for repo in repos),
        "merge requests": docked["merge_requests"],
        "pipelines of GitLab": docked["pipelines"],
        "deployments of GitLab": docked["deployments"],
        "issues of GitLab": docked["issues"],
        "issues of Jira": len(history.jira.issues),
        "incidents of PagerDuty": len(history.duty.incidents),
        "ranges of Prometheus": tools["prometheus"],
        "CDEvents": tools["cdevents"],
        "reports of tests and coverage": tools["results"],
    }
    rows = [f"| {name} | {count:,} |" for name, count in counts.items()]
    return "\n".join(["## How much\n", "| | |", "|---|--:|", *rows, ""])


def _story(history: DemoHistory) -> str:
    facts = sorted(history.story_facts, key=lambda fact: (-fact.day, fact.kind, fact.id))
    rows = [f"| {fact.day} | {fact.sentence} | `{fact.kind}` | {_ids(fact)} |" for fact in facts]
    lines = [
        "## The story\n",
        "Booking's time to the first review grows week by week, since nearly everything is asked of Maya Torres;",
        "Payments' stays short. On top of that:\n",
        "| day | what | key | records |",
        "|--:|---|---|---|",
        *rows,
        "",
    ]
    return "\n".join(lines)


def _ids(fact: StoryFact) -> str:
    return ", ".join(f"`{found}`" for found in (fact.id, *fact.others))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(demo_page(), encoding="utf-8")

"""Random weeks of a team on GitLab."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from fairlead.connectors.gitlab.fake.gitlab import FakeGitLab
from fairlead.connectors.gitlab.fake.state import Json

START = datetime(2026, 9, 7, 8, 0, 0, 417_000, tzinfo=UTC)
SECRET = "whsec_aGFyYm9yIGxpZ2h0cyBhdCBmaXZlIGluIHRoZSBtb3JuaW5n"
TITLES = ("Tide tables by port", "Berth map", "Doubly booked berths", "Log in by badge")


def history(dice: random.Random, steps: int = 45) -> tuple[FakeGitLab, datetime]:
    fake = FakeGitLab(secret=SECRET, token="glpat-harbor", requests_a_minute=1_000_000)
    names = (("Mira Sand", "mira"), ("Jonas Kai", "jonas"), ("Sahar Noor", "sahar"))
    people = [fake.add_user(name, handle, f"{handle}@harbor.example") for name, handle in names]
    projects = [fake.add_project(path, START) for path in ("harbor/tides", "harbor/web/berths")]
    milestones = [fake.milestone(project, "v2", START) for project in projects]
    changes, issues, runs = list[Json](), list[Json](), list[Json]()
    at = START
    for project in projects:
        fake.push(project, people[0], at, "First light")
    for _ in range(steps):
        at += timedelta(seconds=dice.randint(240, 9000))
        who, place = dice.choice(people), dice.randrange(2)
        step, project = dice.random(), projects[place]
        if step < 0.15 or not changes:
            sha = fake.push(project, who, at, "Work on it\n\nSee the board.", "topic")
            body = "Closes #1" if issues else ""
            changes.append(fake.open_change(project, who, at + timedelta(seconds=30), dice.choice(TITLES), body, sha))
        elif step < 0.25 or not issues:
            milestone = dice.choice((None, milestones[place]))
            issues.append(fake.open_issue(project, who, at, dice.choice(TITLES), milestone))
        elif step < 0.6:
            _change(fake, dice, dice.choice(changes), who, dice.choice(people), at)
        elif step < 0.8:
            _issue(fake, dice, dice.choice(issues), who, dice.choice(people), at)
        else:
            _runs(fake, dice, project, who, at, runs, changes)
    return fake, at + timedelta(hours=1)


def _change(fake: FakeGitLab, dice: random.Random, change: Json, who: Json, other: Json, at: datetime) -> None:
    if change["state"] == "merged":
        fake.comment(change, "Thanks!", who, at)
    elif change["state"] == "closed":
        fake.reopen(change, who, at)
    else:
        acts = (
            lambda: fake.ask(change, other, who, at),
            lambda: fake.assign(change, other, who, at),
            lambda: fake.approve(change, who, at),
            lambda: fake.unapprove(change, who, at),
            lambda: fake.turn_draft(change, who, at),
            lambda: fake.label(change, dice.choice(("bug", "pier::4")), who, at),
            lambda: fake.push_to(change, who, at),
            lambda: fake.comment(change, "What if it is low water?", who, at),
            lambda: fake.retitle(change, dice.choice(TITLES), who, at),
            lambda: fake.close(change, who, at),
            lambda: fake.merge(change, who, at),
        )
        dice.choice(acts)()


def _issue(fake: FakeGitLab, dice: random.Random, issue: Json, who: Json, other: Json, at: datetime) -> None:
    if issue["state"] == "closed":
        fake.reopen(issue, who, at)
    else:
        acts = (
            lambda: fake.assign(issue, other, who, at),
            lambda: fake.label(issue, dice.choice(("bug", "type::feature")), who, at),
            lambda: fake.comment(issue, "Seen at pier 4 as well", who, at),
            lambda: fake.retitle(issue, dice.choice(TITLES), who, at),
            lambda: fake.close(issue, who, at),
        )
        dice.choice(acts)()


def _runs(
    fake: FakeGitLab,
    dice: random.Random,
    project: Json,
    who: Json,
    at: datetime,
    runs: list[Json],
    changes: list[Json],
) -> None:
    own = [one for one in changes if one["project_id"] == project["id"]]
    sha = fake.push(project, who, at, "A fix")
    step = dice.random()
    if step < 0.5:
        change = dice.choice((None, *own))
        ref = change["source_branch"] if change else "main"
        runs.append(fake.pipeline(project, sha, ref, who, at, change))
        if dice.random() < 0.8:
            fake.finish(runs[-1], dice.choice(("success", "failed", "canceled")), at + timedelta(seconds=90))
    elif step < 0.8:
        fake.deploy(project, "production", sha, who, at, dice.choice(("success", "failed")))
    else:
        name = f"v{fake.number()}"
        fake.tag(project, name, sha, who, at)
        fake.release(project, name, sha, who, at + timedelta(seconds=10))

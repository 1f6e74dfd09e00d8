"""Founds the company on the fake: accounts, teams, repositories with their first commits and CODEOWNERS."""

from __future__ import annotations

from datetime import datetime, timedelta

from fairlead.connectors.github.fake.code import FileChange
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.repositories import NewCommit
from fairlead.wiring.demo.cast import (
    BOTS,
    CODING_AGENTS,
    CREWS,
    LEAVER,
    OLD_NAME,
    ORG,
    PLAYERS,
    REVIEW_AGENT,
    YARDS,
    Yard,
    crew,
    crew_of,
)

_HERE = tuple(yard for yard in YARDS if yard.host == "github")
"""Repositories that lie at GitHub."""

CODEOWNERS = {
    "payments": f"*            @{ORG}/payments\n/src/fraud/  @pzielinski @aylin-k\n/docs/       @lenahoff\n",
    "storefront": f"*              @{ORG}/booking\n/apps/search/  @graceliu @mayatorres\n/packages/ui/  @emnovak\n",
    "gateway": f"*               @{ORG}/platform\n/internal/tls/  @ravimenon @nishapillai\n",
}


def found_company(fake: FakeGitHub, start: datetime) -> None:
    """Everything that is there on the first morning."""
    long_ago = start - timedelta(days=900)
    _enter_people(fake, long_ago)
    _open_repositories(fake, long_ago + timedelta(days=2))
    _form_teams(fake, long_ago + timedelta(days=3))
    _earlier_work(fake, start)


def _enter_people(fake: FakeGitHub, at: datetime) -> None:
    for who in [one for one in (*PLAYERS, LEAVER) if crew_of(one.login).host == "github"]:
        fake.add_user(who.login, name=who.name, at=at, emails=who.emails)
    for slug in (*CODING_AGENTS, REVIEW_AGENT, *BOTS):
        fake.add_bot(slug, name=slug.replace("-", " ").title(), at=at)


def _open_repositories(fake: FakeGitHub, at: datetime) -> None:
    for yard in _HERE:
        name = OLD_NAME if yard.name == "fare-engine" else yard.name
        files = {"README.md": f"# {name}\n"}
        if yard.name in CODEOWNERS:
            files[".github/CODEOWNERS"] = CODEOWNERS[yard.name]
        lead = crew(yard.team).people[0]
        repo = fake.create_repository(name, by=lead, at=at, files=files, language=yard.language)
        for branch in ("stage", "dev") if yard.base == "dev" else ():
            fake.move_branch(repo, branch, repo.branches["main"], by=lead, at=at)
        if yard.base != "main":
            fake.set_default_branch(repo, yard.base, by=lead, at=at)


def _form_teams(fake: FakeGitHub, at: datetime) -> None:
    for team in [one for one in CREWS if one.host == "github"]:
        lead = team.people[0]
        fake.create_team(team.key, name=team.name, by=lead, at=at)
        for login in team.people:
            fake.add_member(team.key, login, by=lead, at=at, role="maintainer" if login == lead else "member")
        for name in team.repositories:
            fake.give_team(team.key, OLD_NAME if name == "fare-engine" else name, by=lead, at=at)


def _earlier_work(fake: FakeGitHub, start: datetime) -> None:
    """A few pushed commits per repository from before the story, so that the first deployment has a past."""
    for yard in _HERE:
        repo = fake.repository(OLD_NAME if yard.name == "fare-engine" else yard.name)
        people = crew(yard.team).people
        for place in range(8):
            at = start - timedelta(days=20 - 2 * place)
            login = people[place % len(people)]
            new = NewCommit(
                f"Prepare {yard.things[place % len(yard.things)]}", (_file(yard, place),), fake.signature(login, at)
            )
            fake.push(repo, yard.base, [new], by=login, at=at)
        if yard.base == "dev":
            for branch in ("stage", "main"):
                fake.move_branch(repo, branch, repo.branches["dev"], by=people[0], at=start - timedelta(days=4))


def _file(yard: Yard, place: int) -> FileChange:
    part = yard.parts[place % len(yard.parts)]
    return FileChange(f"{part}/start{place}.{SUFFIX[yard.language]}", 40 + 12 * place, 0, "added")


SUFFIX = {"Python": "py", "Java": "java", "TypeScript": "ts", "Go": "go", "HCL": "tf", "Rust": "rs"}
